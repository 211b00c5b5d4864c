"""The whole road with boot programs as they are on real boards: optiboot, ATmegaBOOT and stk500boot, run by simavr.

With `MEDIALAB_FLASH_FAULTS` the boards whose memory takes minutes are reset, too."""

import asyncio
import os
from pathlib import Path

import pytest

from medialab_agent.practice_lab.bench import open_bench
from medialab_agent.sdk.testing.suite import is_ready
from medialab_wire.progress import ExecutionStatus, Outcome, StepState
from tests.fixtures.driver_session import Memory
from tests.lab.flashing.avr_board import AvrBoard
from tests.peers.avr.rig import MEGA, NANO, UNO, Kind

pytestmark = pytest.mark.peers
IS_LONG = bool(int(os.environ.get("MEDIALAB_FLASH_FAULTS", "0")))
WHOLE = [(UNO, "arduino-uno-r3")] + ([(NANO, "arduino-nano"), (MEGA, "arduino-mega-2560")] if IS_LONG else [])


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("kind", "device_class"), WHOLE, ids=lambda value: str(getattr(value, "boot", value)))
async def test_pulled_in_the_middle_it_is_brought_back_and_proven_by_what_lies_in_the_chip(
    tmp_path: Path, kind: Kind, device_class: str
) -> None:
    board = AvrBoard("avr-1", home=tmp_path / "board", kind=kind, device_class=device_class)
    board.soil()
    async with open_bench(tmp_path / "agent", "arduino", board, {}) as bench:
        found = await bench.until(lambda report: is_ready(report) and bool(report.traces))
        assert found.traces == {"foreign_program": 1}
        baseline = (await bench.order("record-baseline")).snapshot
        assert baseline is not None
        running = await bench.order(
            "reset",
            "clean",
            baseline=baseline,
            exec="x-pulled",
            until=lambda r: (
                r.status.is_terminal
                or any(s.id == "write" and s.state is StepState.RUNNING and (s.progress or 0) > 0.1 for s in r.steps)
            ),
        )
        assert not running.status.is_terminal, running.trouble
        await bench.unplug()
        pulled = await bench.last("x-pulled")
        assert pulled.status is ExecutionStatus.FAILED
        assert pulled.outcome is not Outcome.CLEAN
        assert any(board.residue().values())
        await bench.plug()
        await bench.until(is_ready)
        report = await bench.order("reset", "clean", baseline=baseline, step_deadline_s=300, deadline_s=500)
        assert report.outcome is Outcome.CLEAN, (report.trouble, report.checks)
        await asyncio.sleep(0.3)  # the simulated chip writes its EEPROM out ten times a second
        assert board.residue() == {"flash": 0, "eeprom": 0}


@pytest.mark.parametrize(
    ("kind", "name", "boot"),
    [(NANO, "Arduino Nano (ATmega328P)", "1.16"), (MEGA, "Arduino Mega 2560", "2.10")],
    ids=["nano", "mega"],
)
async def test_other_boot_programs_are_told_and_their_flash_is_read(
    tmp_path: Path, kind: Kind, name: str, boot: str
) -> None:
    from medialab_agent.drivers.arduino.driver import ArduinoDriver
    from medialab_agent.sdk.driver import DeviceLink

    board = AvrBoard("avr-2", home=tmp_path, kind=kind)
    board.soil()
    await board.start()
    try:
        driver = ArduinoDriver(DeviceLink("avr-2", (board.sighting(),), Memory()))
        probe = await driver.probe()
        assert (probe.name, probe.facts["bootloader"], probe.facts["program"]) == (name, boot, None)
        assert (await driver.report()).traces == {"foreign_program": 1}
    finally:
        await board.stop()
