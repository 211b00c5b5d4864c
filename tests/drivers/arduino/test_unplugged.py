"""A plug pulled while avrdude writes: avrdude would wait for ever, so it is ended and the board brought back."""

import psutil
import pytest

from medialab_agent.drivers.arduino.simulator import MEGA, UNO, ArduinoSimulator, Model
from medialab_agent.sdk.trouble import DeviceTrouble
from medialab_wire.progress import CheckResult
from tests.drivers.arduino.session import driver_of, order, reset, results


@pytest.mark.parametrize("model", [UNO, MEGA], ids=["arduino", "wiring"])
async def test_the_tool_is_ended_and_a_second_run_brings_the_board_back(model: Model) -> None:
    before = set(psutil.pids())
    board = ArduinoSimulator("b-1", model=model)
    board.soil()
    board.strike(20, board.pull)
    await board.start()
    try:
        with pytest.raises(DeviceTrouble, match="device-unplugged"):
            await reset(driver_of(board), order())
        assert not [child.name() for child in psutil.Process().children(recursive=True) if child.pid not in before]
        await board.start()
        assert set(results(await reset(driver_of(board), order())).values()) == {CheckResult.PASSED}
    finally:
        await board.stop()


async def test_a_port_that_is_gone_before_it_begins_is_said_at_once() -> None:
    board = ArduinoSimulator("b-1", model=MEGA)
    await board.start()
    driver = driver_of(board)
    await board.stop()
    with pytest.raises(DeviceTrouble, match="device-unplugged"):
        await driver.plan(order())
