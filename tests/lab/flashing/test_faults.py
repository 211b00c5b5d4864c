"""Whatever goes wrong while a board is flashed: no success without proof, a second run repairs, no process stays.

`MEDIALAB_FLASH_FAULTS` is how many faults are tried; by default one of each kind. avrdude is the real one."""

import asyncio
import os
import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from medialab_agent.drivers.arduino.simulator import ArduinoSimulator
from medialab_agent.practice_lab.bench import RuntimeBench, open_bench
from medialab_agent.sdk.testing.suite import is_ready
from medialab_wire.progress import ExecutionReport, Outcome
from tests.lab.flashing.mishaps import KINDS, Case

FAULTS = int(os.environ.get("MEDIALAB_FLASH_FAULTS", "0")) or len(KINDS)
SEED = int(os.environ.get("MEDIALAB_CHAOS_SEED", "1"))
AT_ONCE = 8
RECOVERY_S = 60.0


@dataclass
class Tally:
    """What came of it."""

    kinds: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    unproven: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


@pytest.mark.slow
@pytest.mark.timeout(7200)
async def test_no_success_without_proof_and_nothing_lost(tmp_path: Path) -> None:
    tally, room = Tally(), asyncio.Semaphore(AT_ONCE)
    names = [list(KINDS)[number % len(KINDS)] for number in range(FAULTS)]
    before = set(psutil.pids())
    async with asyncio.TaskGroup() as cases:
        for number, name in enumerate(names):
            cases.create_task(_one(tmp_path / f"case-{number}", number, name, tally, room))
    print(f"\n{FAULTS} faults of {len(tally.kinds)} kinds, seed {SEED}:")
    print(f"  {len(tally.unproven)} successes without proof, {len(tally.written)} writings that had to be refused,")
    print(f"  {len(tally.lost)} boards a second run did not bring back, {len(tally.left)} processes left behind")
    for end, count in sorted(tally.ends.items()):
        print(f"  {count:4} ended as {end}")
    assert sum(tally.kinds.values()) == FAULTS
    assert (tally.unproven, tally.written, tally.lost, tally.left) == ([], [], [], [])
    assert not [child.name() for child in psutil.Process().children(recursive=True) if child.pid not in before]


async def _one(home: Path, number: int, name: str, tally: Tally, room: asyncio.Semaphore) -> None:
    async with room:
        home.mkdir()
        board = ArduinoSimulator(f"uno-{number}")
        board.soil()
        case = Case(home, random.Random(f"{SEED}-{number}"), board)
        KINDS[name](case)
        tally.kinds[name] += 1
        case_name = f"{number} {name}"
        report = await _first(case)
        tally.ends[_words(report)] += 1
        is_as_new = not any(board.residue().values())
        if report.outcome is Outcome.CLEAN and not (case.may_be_clean and is_as_new):
            tally.unproven.append(case_name)
        if case.must_not_write and board.chip.writes:
            tally.written.append(case_name)
        tally.left += [case_name for process in _using(board) if process.is_running()]
        case.heal()
        await _second(case, case_name, tally)
        tally.left += [case_name for process in _using(board) if process.is_running()]


async def _first(case: Case) -> ExecutionReport:
    async with open_bench(case.home / "agent-1", "arduino", case.board, case.settings) as bench:
        await _seen(bench)
        order = bench.order("reset", "clean", baseline=case.baseline, exec="x-fault", deadline_s=case.deadline_s)
        running = asyncio.create_task(order)
        if case.at_s is not None:
            await asyncio.sleep(case.at_s)
            await _happen(bench, case)
        return await running


async def _happen(bench: RuntimeBench, case: Case) -> None:
    if case.during == "unplug":
        await bench.unplug()
    elif case.during == "restart":
        await bench.restart()
    else:
        await bench.cancel("x-fault")


async def _second(case: Case, name: str, tally: Tally) -> None:
    """A new agent, all faults gone."""
    async with open_bench(case.home / "agent-2", "arduino", case.board, {}) as bench:
        await bench.until(is_ready)
        report = await bench.order("reset", "clean", baseline={}, deadline_s=RECOVERY_S)
        if report.outcome is not Outcome.CLEAN or any(case.board.residue().values()):
            tally.lost.append(f"{name}: {_words(report)} {report.trouble}")


async def _seen(bench: RuntimeBench) -> None:
    """The device is known, whether it answers or not."""
    await bench.until(lambda _report: True)


def _using(board: ArduinoSimulator) -> list[psutil.Process]:
    """Programs that were started for this board."""
    node = board.sighting().facts["tty"]
    return [process for process in psutil.Process().children(recursive=True) if node in _command(process)]


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _words(report: ExecutionReport) -> str:
    code = report.trouble.code if report.trouble else "no trouble"
    return f"{report.status.value}/{report.outcome.value if report.outcome else '-'} ({code})"
