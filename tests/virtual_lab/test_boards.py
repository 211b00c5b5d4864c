"""Boards over the guest's own USB drivers, udev and avrdude: an Arduino and a micro:bit, flashed and proven."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from medialab_agent.drivers.daplink.boards import MICROBIT_V1
from medialab_agent.drivers.daplink.simulator import PRODUCT, DapLinkSimulator
from medialab_wire.progress import Outcome
from tests.peers.avr.rig import SimulatedAvr
from tests.virtual_lab.ordering import hub_of, seen, work
from tests.virtual_lab.usb.board import UsbBoard
from tests.virtual_lab.vm import Vm

UNO_SERIAL = "85734323430351F0B1D1"


@pytest.fixture
async def uno(usb_bench: Vm, tmp_path: Path) -> AsyncIterator[tuple[SimulatedAvr, UsbBoard]]:
    """A learner's Uno: the real optiboot on a simulated chip, behind a USB port."""
    chip = SimulatedAvr(tmp_path / "uno")
    chip.soil()
    chip.plug()
    ids = (0x2341, 0x0043, UNO_SERIAL, "Arduino (www.arduino.cc)", "Arduino Uno")
    board = UsbBoard(usb_bench, ids, lambda: str(chip.tty))
    await board.plug()
    yield chip, board
    board.unplug()
    chip.unplug()


async def test_an_uno_is_flashed_by_the_guests_avrdude(
    usb_bench: Vm, uno: tuple[SimulatedAvr, UsbBoard], tell: Callable[[str], None]
) -> None:
    chip, _board = uno
    clock = asyncio.get_running_loop().time
    async with hub_of(usb_bench) as hub:
        report = await seen(hub, lambda report: report.driver == "arduino")
        assert UNO_SERIAL in usb_bench.shell("ls /dev/serial/by-id")
        hub.own(report.dev)
        begun, before = clock(), chip.application
        good = await work(hub, report.dev, "record-baseline")
        ended = await work(hub, report.dev, "reset", level="clean", baseline=good.snapshot)
        tell(f"Uno reset and proven in {clock() - begun:.1f} s")
        assert ended.outcome is Outcome.CLEAN, ended
        assert chip.application != before
        assert b"Anna" not in chip.application


async def test_a_microbit_is_flashed_through_hidraw(usb_bench: Vm, tell: Callable[[str], None]) -> None:
    clock = asyncio.get_running_loop().time
    model = DapLinkSimulator("lab-1", board=MICROBIT_V1)
    await model.start()
    told = model.sighting().facts
    ids = (0x0D28, 0x0204, told["serial"], "Arm", PRODUCT[MICROBIT_V1.id])
    board = UsbBoard(usb_bench, ids, lambda: told["tty"], told["hidraw"])
    await board.plug()
    async with hub_of(usb_bench) as hub:
        report = await seen(hub, lambda report: report.driver == "daplink")
        hub.own(report.dev)
        good = await work(hub, report.dev, "record-baseline")
        model.soil()
        assert model.residue()["program"]
        begun = clock()
        ended = await work(hub, report.dev, "reset", level="clean", baseline=good.snapshot)
        tell(f"micro:bit reset and proven in {clock() - begun:.1f} s")
        assert ended.outcome is Outcome.CLEAN, ended
        assert not model.residue()["program"]
    board.unplug()
    await model.stop()
