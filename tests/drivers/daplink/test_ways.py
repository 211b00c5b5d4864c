"""The road around the command channel: drive, doubts, missing ports, faked words, a data log that stays."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from medialab_agent.drivers.daplink.boards import CALLIOPE_3, MICROBIT_V1, MICROBIT_V2, Board
from medialab_agent.drivers.daplink.driver import DapLinkDriver
from medialab_agent.drivers.daplink.refusals import refusal_on_drive
from medialab_agent.drivers.daplink.simulator import DapLinkSimulator
from medialab_agent.sdk.microbit.simulated.chip import learners_program
from medialab_agent.sdk.simulator import Fault
from medialab_agent.sdk.testing.bench import Bench, OpenBench
from medialab_agent.sdk.testing.suite import is_ready
from medialab_wire.progress import CheckResult, ExecutionReport, ExecutionStatus, Outcome
from medialab_wire.reports import Access
from medialab_wire.sightings import Sighting


@asynccontextmanager
async def ready(open_bench: OpenBench, simulator: DapLinkSimulator) -> AsyncIterator[Bench]:
    async with open_bench("daplink", simulator, {}) as bench:
        await bench.until(is_ready)
        yield bench


async def reset(bench: Bench) -> ExecutionReport:
    return await bench.order("reset", "clean", baseline={}, step_deadline_s=30.0)


def results(report: ExecutionReport) -> dict[str, CheckResult]:
    return {check.id: check.result for check in report.checks}


@pytest.mark.parametrize("board", [MICROBIT_V1, CALLIOPE_3])
async def test_without_a_command_channel_the_drive_is_the_way(open_bench: OpenBench, board: Board) -> None:
    simulator = DapLinkSimulator("drive", board=board, has_hid=False)
    async with ready(open_bench, simulator) as bench:
        simulator.soil()
        report = await reset(bench)
        assert report.outcome is Outcome.CLEAN, (report.trouble, report.checks)
        assert not any(simulator.residue().values())


@pytest.mark.parametrize("fault", [Fault.REFUSE, Fault.LOCKED])
async def test_what_the_drive_says_is_said_in_plain_words(open_bench: OpenBench, fault: Fault) -> None:
    simulator = DapLinkSimulator("drive", board=MICROBIT_V1, has_hid=False)
    async with ready(open_bench, simulator) as bench:
        simulator.soil()
        simulator.faults.add(fault)
        report = await reset(bench)
        assert report.status is ExecutionStatus.FAILED
        assert report.trouble is not None
        assert report.trouble.code == "board-refused"
        assert report.outcome is not Outcome.CLEAN


def test_nothing_a_drive_says_is_repeated() -> None:
    told = refusal_on_drive("error: <script>The transfer timed out.</script>\ntype: user\n").trouble
    assert "script" not in told.encode().decode()
    assert told.detail == "DAPLink 4"
    assert refusal_on_drive("\xff\xfe nonsense").trouble.detail == "DAPLink 1"


async def test_without_a_serial_port_nothing_is_proven(open_bench: OpenBench) -> None:
    simulator = DapLinkSimulator("mute", board=MICROBIT_V2, has_tty=False)
    async with ready(open_bench, simulator) as bench:
        simulator.soil()
        report = await reset(bench)
        assert report.outcome is Outcome.UNVERIFIED
        assert results(report) == {"program": CheckResult.UNKNOWN, "data-log": CheckResult.UNKNOWN}
        assert not any(simulator.residue().values()), "and yet it was done"


async def test_a_log_that_cannot_be_erased_is_a_failure(open_bench: OpenBench) -> None:
    simulator = DapLinkSimulator("log", {Fault.RESIDUE}, board=MICROBIT_V2)
    async with ready(open_bench, simulator) as bench:
        simulator.soil()
        report = await reset(bench)
        assert report.outcome is Outcome.QUARANTINED
        assert results(report) == {"program": CheckResult.PASSED, "data-log": CheckResult.FAILED}


async def test_a_program_that_copies_the_greeting_is_found_out(open_bench: OpenBench) -> None:
    """It greets like the default program, and so the board looks clean; its memory does not."""
    simulator = DapLinkSimulator("faker", board=MICROBIT_V1)
    async with ready(open_bench, simulator) as bench:
        greeting = b"MEDIALAB default 2026.11.1 bbc-microbit-v1 \0"
        simulator.chip.load(0, learners_program(MICROBIT_V1.room, "secret") + greeting)
        assert simulator.chip.beat().startswith("MEDIALAB default")
        report = await reset(bench)
        assert report.outcome is Outcome.CLEAN
        assert [effect.verb for effect in simulator.log] == ["flash"], "it was not taken for clean"
        assert not any(simulator.residue().values())


async def test_the_proof_is_asked_anew_each_time(open_bench: OpenBench) -> None:
    """A recorded proof does not help: the question is another one."""
    simulator = DapLinkSimulator("recorder", board=MICROBIT_V1)
    async with ready(open_bench, simulator) as bench:
        old = simulator.chip.hear("MEDIALAB? 01234567")
        simulator.chip.load(0, learners_program(MICROBIT_V1.room, old[:60]))
        simulator.chip._says = old
        simulator.faults.add(Fault.REFUSE)
        report = await reset(bench)
        assert report.outcome is not Outcome.CLEAN


class Doubtful(DapLinkSimulator):
    """Shows what the test wants."""

    shown: dict[str, str] = {}

    def sighting(self) -> Sighting:
        seen = super().sighting()
        return seen.model_copy(update={"facts": {**seen.facts, **self.shown}})


@pytest.mark.parametrize(
    "shown",
    [
        {"labels": ":MAINTENANCE:"},
        {"labels": ":RPI-RP2:"},
        {"labels": "", "product": "DAPLink CMSIS-DAP"},
        {"product": "Calliope mini CMSIS-DAP"},
    ],
)
async def test_in_doubt_a_person_is_asked_and_nothing_is_written(open_bench: OpenBench, shown: dict[str, str]) -> None:
    simulator = Doubtful("doubt", board=MICROBIT_V2)
    simulator.shown = shown
    async with open_bench("daplink", simulator, {}) as bench:
        simulator.soil()
        before = bytes(simulator.chip.flash)
        seen = await bench.until(lambda report: report.access is Access.NEEDS_PERSON)
        assert seen.help is not None
        report = await reset(bench)
        assert report.status is ExecutionStatus.FAILED
        assert report.trouble is not None
        assert report.trouble.code.startswith("board-")
        assert bytes(simulator.chip.flash) == before
        assert list(simulator.drive.folder.glob("*.HEX")) == []


async def test_what_a_group_leaves_is_counted_and_never_named(open_bench: OpenBench) -> None:
    simulator = DapLinkSimulator("traces", board=MICROBIT_V2)
    async with ready(open_bench, simulator) as bench:
        clean = await bench.until(lambda report: report.traces == {"foreign_program": 0, "data_log": 0})
        assert clean.facts["robot_name"] == simulator.chip.name
        assert clean.facts["interface_version"] == "0257"
    simulator.soil()
    async with ready(open_bench, simulator) as bench:
        soiled = await bench.until(lambda report: report.traces == {"foreign_program": 1, "data_log": 1})
        assert b"Emil" not in soiled.encode()


async def test_a_board_unplugged_while_it_is_written_recovers(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a program is on it, its stream hangs, nothing runs; the next reset makes it clean."""
    monkeypatch.setattr(DapLinkDriver, "listen_s", 0.5)
    simulator = DapLinkSimulator("half", board=MICROBIT_V2)
    async with ready(open_bench, simulator) as bench:
        simulator.soil()
        simulator.faults.add(Fault.SLOW)
        await bench.order("reset", "clean", baseline={}, exec="x-half", until=lambda _report: simulator._stream.is_open)
        while simulator.chip.flash.find(b"Emil") >= 0:
            await asyncio.sleep(0.01)
        await bench.unplug()
        assert (await bench.last("x-half")).outcome is not Outcome.CLEAN
        assert any(simulator.residue().values())
        simulator.faults.clear()
        await bench.plug()
        await bench.until(is_ready)
        report = await reset(bench)
        assert report.outcome is Outcome.CLEAN, (report.trouble, report.checks)
        assert not any(simulator.residue().values())
