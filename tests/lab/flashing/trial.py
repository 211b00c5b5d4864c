"""One fault from its beginning to its end: an order with the fault, then another one without it."""

import asyncio
import contextlib
import random
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

from medialab_agent.practice_lab.bench import RuntimeBench, open_bench
from medialab_agent.sdk.testing.suite import is_ready
from medialab_wire.progress import ExecutionReport, ExecutionStatus, StepState
from tests.lab.flashing import kinds_anywhere, kinds_disk, kinds_micro, kinds_tools
from tests.lab.flashing.boards import BOARDS, Board, Micro
from tests.lab.flashing.case import KINDS, Case, Kind
from tests.lab.flashing.processes import tool_of, using

ROOMS = (kinds_anywhere, kinds_tools, kinds_micro, kinds_disk)
RESETS_MOST = 3
"""On a busy machine one may end because somebody waited too long; nobody does more than that to a real board either."""
RECOVERY_S = STEP_S = 115.0
ENDLESS_S = 6.0
"""Seconds an order gets whose run cannot end."""
WAITING_S = 45.0
"""Seconds until somebody plugs a board in again that an order waits for."""
NEVER = "agent cannot keep a journal"


@dataclass
class Verdict:
    """What came of one fault; the four lists say what must never happen."""

    board: str
    kind: str
    end: str = ""
    unproven: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    resets: int = 0
    """How many it took to bring the board back."""
    left: list[str] = field(default_factory=list)


def kinds_of(board: str) -> list[Kind]:
    """What can happen to it."""
    made = BOARDS[board]("none")
    return [one for one in KINDS if one.suits(made)]


async def trial(board: str, kind: Kind, seed: str, home: Path, small: Path | None = None) -> Verdict:
    """Soil the board, let it happen, heal it, and reset it again."""
    verdict = Verdict(board, kind.name)
    made, name = BOARDS[board](f"b-{seed}"), f"{seed} {board}: {kind.name}"
    made.simulator.soil()
    if isinstance(made, Micro):
        made.soiled()
    case = Case(home, random.Random(seed), made, tool_of(home, made), dict(made.good), small=small)
    kind.prepare(case)
    report = await _first(case)
    verdict.end = words(report)
    is_as_new = not made.residue
    if report is not None and _is_claimed(report, made) and not (case.may_be_clean and is_as_new):
        verdict.unproven.append(name)
    if case.must_not_write and made.written:
        verdict.written.append(name)
    verdict.left += _left(name, home)
    case.is_over = True
    case.heal()
    trouble = "not tried"
    while trouble and verdict.resets < RESETS_MOST:
        verdict.resets += 1
        trouble = await _again(case)
    if trouble:
        verdict.lost.append(f"{name}: {trouble}")
    verdict.left += _left(name, home)
    return verdict


def _left(name: str, home: Path) -> list[str]:
    return [f"{name}: {process.name()}" for process in using(home) if process.is_running()]


def _is_claimed(report: ExecutionReport, board: Board) -> bool:
    """All that can be proven of this board is said to be."""
    return report.status is ExecutionStatus.SUCCEEDED and report.outcome is board.best


async def _first(case: Case) -> ExecutionReport | None:
    """None: the agent could not even write down what it was told."""
    try:
        async with open_bench(_data(case, "1"), case.board.driver, case.board.simulator, case.settings) as bench:
            await bench.until(lambda _report: True)
            case.ready()
            return await _order(bench, case)
    except sqlite3.Error:
        return None


async def _order(bench: RuntimeBench, case: Case) -> ExecutionReport | None:
    order = bench.order(
        "reset",
        "clean",
        baseline=case.baseline,
        exec="x-fault",
        deadline_s=case.board.deadline_s,
        until=lambda report: report.status.is_terminal or _is_in(report, case.phase),
    )
    if case.is_endless:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ENDLESS_S):
                return await order
        return None
    running = asyncio.create_task(order)
    if case.at_s is not None:
        await asyncio.sleep(case.at_s)
    elif case.phase:
        await running
    if case.during:
        await _happen(bench, case.during)
    ended = asyncio.create_task(bench.last("x-fault"))
    await asyncio.wait([ended], timeout=WAITING_S)
    if not ended.done() and case.during == "unplug":
        await bench.plug()  # an order that had not begun waits for its device
    await running
    return await ended


def _is_in(report: ExecutionReport, phase: str) -> bool:
    if phase == "plan":
        return True
    if phase == "proof":
        return bool(report.steps) and all(step.state in {StepState.DONE, StepState.SKIPPED} for step in report.steps)
    return any(step.id == phase and step.state is StepState.RUNNING for step in report.steps)


async def _happen(bench: RuntimeBench, during: str) -> None:
    if during == "unplug":
        await bench.unplug()
    elif during == "restart":
        await bench.restart()
    else:
        await bench.cancel("x-fault")


async def _again(case: Case) -> str:
    """Another agent, or the same one again, all faults gone; what is still wrong then."""
    simulator, tools = case.board.simulator, tool_of(case.home, case.board)
    try:
        async with open_bench(_data(case, "2"), case.board.driver, simulator, tools) as bench:
            await bench.until(is_ready, 60)
            good = dict(case.board.good)
            report = await bench.order("reset", "clean", baseline=good, step_deadline_s=STEP_S, deadline_s=RECOVERY_S)
    except TimeoutError:
        return "not found again, or no end"
    left = case.board.residue
    if report.outcome is case.board.best and not left and not report.trouble:
        return ""
    return f"{words(report)} {report.trouble} {left}"


def _data(case: Case, number: str) -> Path:
    return case.data or case.home / f"agent-{number}"


def words(report: ExecutionReport | None) -> str:
    """How a run ended, as the table says it."""
    if report is None:
        return NEVER
    code = report.trouble.code if report.trouble else "no trouble"
    return f"{report.status.value}/{report.outcome.value if report.outcome else '-'} ({code})"
