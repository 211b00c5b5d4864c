"""What was never checked is never remembered as proven."""

from medialab_agent.drivers.arduino.device import Device
from medialab_agent.drivers.arduino.driver import MANIFEST
from medialab_agent.drivers.arduino.reset import Reset
from medialab_agent.drivers.arduino.simulator import ArduinoSimulator
from medialab_agent.sdk.driver import DeviceLink
from medialab_agent.sdk.firmware_history import proven
from tests.drivers.arduino.session import Memory, order


async def test_only_a_level_that_reads_the_program_back_proves_it() -> None:
    board, memory = ArduinoSimulator("remembered"), Memory()
    await board.start()
    try:
        reset = Reset(Device(DeviceLink("board", (board.sighting(),), memory)), order(), memory)
        state = await reset.read()
        level = MANIFEST.level("clean")
        assert level is not None
        script = state.wanted.firmware.script
        others = tuple(spec for spec in level.checks if spec.id not in {"program", "rest"})
        reset.judge(level.model_copy(update={"checks": others}), state)
        assert proven(memory, script) is None
        reset.judge(level, state)
        assert proven(memory, script) == script.version
    finally:
        await board.stop()
