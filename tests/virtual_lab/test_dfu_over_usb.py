"""An UNO R4 Minima over real USB: Debian's dfu-util proves the boot program, and our agent empties it with that."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from medialab_wire.progress import CheckResult, ExecutionReport, Outcome
from tests.contract.link.hub import TinyHub
from tests.virtual_lab.ordering import hub_of, latest, seen, work
from tests.virtual_lab.usb.dfu import UsbR4
from tests.virtual_lab.vm import Vm

SERIAL = "2E1A0C1D59353739A5F14E4B8B0C3C3A"
LEARNER = bytes.fromhex("00800020b9410000") + b"Anna's blinking lamp " * 400


@pytest.fixture
async def board(usb_bench: Vm) -> AsyncIterator[UsbR4]:
    board = UsbR4(usb_bench, SERIAL)
    yield board
    board.unplug()


async def ours(hub: TinyHub, boot: bool) -> str:
    """The one device that the board is."""
    name = "DFU" if boot else ""
    report = await seen(
        hub, lambda r: r.driver == "arduino" and ("DFU" in str(r.facts.get("bootloader"))) is bool(name)
    )
    assert len({one for one, r in latest(hub).items() if SERIAL in r.encode().decode()}) == 1
    return report.dev


def is_proven_but_for_values(report: ExecutionReport) -> bool:
    """Its memory for values is out of the boot program's reach; all else was read back."""
    unknown = [check.id for check in report.checks if check.result is not CheckResult.PASSED]
    return report.outcome is Outcome.UNVERIFIED and unknown == ["eeprom"]


async def test_dfu_util_writes_a_program_and_the_agent_empties_the_board(
    usb_bench: Vm, board: UsbR4, tmp_path: Path, tell: Callable[[str], None]
) -> None:
    clock = asyncio.get_running_loop().time
    async with hub_of(usb_bench) as hub:
        await board.plug()
        dev = await ours(hub, boot=True)
        (tmp_path / "learner.bin").write_bytes(LEARNER)
        usb_bench.push([(tmp_path / "learner.bin", "learner.bin")], "/tmp")
        begun = clock()
        said = await asyncio.to_thread(usb_bench.shell, "dfu-util -d 2341:0369 -a 0 -D /tmp/learner.bin 2>&1")
        tell(f"dfu-util writes {len(LEARNER)} bytes to the UNO R4 in {clock() - begun:.1f} s")
        assert "Done!" in said
        is_there = board.chip.program.startswith(LEARNER)
        assert is_there
        board.unplug()
        board.transfer = 1024
        await board.plug()
        assert await ours(hub, boot=False) == dev
        hub.own(dev)
        good = await work(hub, dev, "record-baseline")
        begun = clock()
        ended = await work(hub, dev, "reset", level="clean", baseline=good.snapshot)
        tell(f"UNO R4 touched, emptied and read back in {clock() - begun:.1f} s")
        assert is_proven_but_for_values(ended), ended
        assert board.touches == 1
        left = len(board.chip.program) - board.chip.program.count(0xFF)
        assert left == 0
        assert await ours(hub, boot=True) == dev


async def test_pulled_while_dfu_util_writes_it_is_brought_back(usb_bench: Vm, board: UsbR4) -> None:
    async with hub_of(usb_bench) as hub:
        board.chip.load(LEARNER)
        board.transfer = 1024
        await board.plug()
        dev = await ours(hub, boot=False)
        hub.own(dev)
        good = await work(hub, dev, "record-baseline")
        board.strike(3, board.unplug)
        ended = await work(hub, dev, "reset", level="clean", baseline=good.snapshot)
        assert ended.trouble is not None
        assert ended.outcome is not Outcome.CLEAN
        await board.plug()
        assert await ours(hub, boot=True) == dev
        again = await work(hub, dev, "reset", level="clean", baseline=good.snapshot)
        assert is_proven_but_for_values(again), again
