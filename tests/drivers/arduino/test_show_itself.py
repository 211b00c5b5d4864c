"""Boards that show themselves by their boot program start their own program again, whatever comes in between."""

import asyncio
from collections.abc import Callable

import pytest

from medialab_agent.drivers.arduino import emptying
from medialab_agent.drivers.arduino.simulated.own_usb_simulator import (
    LEONARDO,
    NANO_33_IOT,
    QUICK_R4,
    OwnUsbModel,
    OwnUsbSimulator,
)
from medialab_agent.runtime.deadline import DeadlinePassed, bounded
from medialab_agent.sdk.trouble import DeviceTrouble
from tests.drivers.arduino.own_usb_board import plugged

MODELS = pytest.mark.parametrize("model", [LEONARDO, NANO_33_IOT, QUICK_R4], ids=lambda model: model.device_class)


def soiled(model: OwnUsbModel) -> OwnUsbSimulator:
    """With a learner's program, and a boot program that starts nothing by itself."""
    simulator = OwnUsbSimulator("b-1", model=model)
    simulator.soil()
    simulator.board.boot_s = None
    return simulator


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not is_so():
            await asyncio.sleep(0.01)


@MODELS
async def test_a_board_that_showed_itself_runs_its_program_again(
    model: OwnUsbModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emptying, "SHOW_S", 0.05)
    simulator = soiled(model)
    async with plugged(simulator) as driver:
        await driver.find_me()
        assert simulator.board.is_running


@MODELS
async def test_cut_off_while_it_shows_itself_its_program_runs_again(model: OwnUsbModel) -> None:
    simulator = soiled(model)
    async with plugged(simulator) as driver:
        showing = asyncio.create_task(bounded(driver.find_me(), 60))
        await until(lambda: not simulator.board.is_running)
        await asyncio.sleep(0.2)
        showing.cancel()
        await asyncio.gather(showing, return_exceptions=True)
        await until(lambda: simulator.board.is_running)


@MODELS
async def test_cut_off_while_its_boot_program_is_coming_its_program_runs_again(model: OwnUsbModel) -> None:
    simulator = soiled(model)
    simulator.board.away_s = 0.3
    came: list[bool] = []
    async with plugged(simulator) as driver:
        show = simulator.show
        simulator.show = lambda sighting: (came.append(sighting.present), show(sighting))[1]
        with pytest.raises(DeadlinePassed) as passed:
            await bounded(driver.find_me(), 0.15)
        assert not passed.value.is_stuck
        await until(lambda: came == [False, True, False, True])
        assert simulator.board.is_running


async def test_a_program_that_does_not_come_back_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emptying, "SHOW_S", 0.05)
    simulator = soiled(NANO_33_IOT)
    simulator.board.leaves_s = 10
    async with plugged(simulator, appears_s="0.4") as driver:
        with pytest.raises(DeviceTrouble, match="not-started-again"):
            await driver.find_me()
