"""The same promises for boards with an ESP32, with the real esptool.

A tenth of `MEDIALAB_FLASH_FAULTS` is tried, by default two; the kinds take turns."""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from medialab_agent.drivers.esp.simulator import PLACE, EspSimulator
from medialab_agent.practice_lab.bench import open_bench
from medialab_agent.sdk.simulator import Fault
from medialab_agent.sdk.testing.suite import is_ready
from medialab_wire.progress import Outcome
from tests.drivers.esp.peers import with_esptool

FAULTS = max(2, int(os.environ.get("MEDIALAB_FLASH_FAULTS", "0")) // 10)
SEED = int(os.environ.get("MEDIALAB_CHAOS_SEED", "1"))
AT_ONCE, WRITES = 3, 3
"""A reset of this board is three commands that write: erase, begin, one compressed block."""


@dataclass
class Case:
    """One board that something will happen to; `heal` undoes it."""

    chance: random.Random
    board: EspSimulator
    unplug_s: float | None = None
    settings: dict[str, str] = field(default_factory=lambda: {"stall_s": "3"})

    def from_some_write_on(self, happen: Callable[[], None]) -> None:
        self.board.strike(self.chance.randint(1, WRITES), happen)


def silent(case: Case) -> None:
    case.from_some_write_on(lambda: case.board.faults.add(Fault.HANG))


def pulled(case: Case) -> None:
    case.from_some_write_on(case.board.pull)


def rubbish(case: Case) -> None:
    case.from_some_write_on(lambda: case.board.faults.add(Fault.GARBAGE))


def unplugged(case: Case) -> None:
    case.unplug_s = case.chance.uniform(0, 4)


def worn(case: Case) -> None:
    case.board.loader.worn.add(PLACE + case.chance.randrange(100))


def refusing(case: Case) -> None:
    case.board.faults.add(Fault.REFUSE)


def no_chip(case: Case) -> None:
    case.board.faults.add(Fault.LOCKED)


def lying_tool(case: Case) -> None:
    case.settings["esptool"] = "/bin/true"


KINDS = (silent, pulled, rubbish, unplugged, worn, refusing, no_chip, lying_tool)


@pytest.mark.slow
@pytest.mark.timeout(7200)
async def test_no_success_without_proof_and_nothing_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_esptool(monkeypatch)
    before = set(psutil.pids())
    room, kinds, wrong = asyncio.Semaphore(AT_ONCE), Counter[str](), list[str]()
    async with asyncio.TaskGroup() as cases:
        for number in range(FAULTS):
            kind = KINDS[number % len(KINDS)]
            kinds[kind.__name__] += 1
            cases.create_task(_one(tmp_path / str(number), f"{SEED}-{number}", kind, room, wrong))
    print(f"\n{FAULTS} faults of ESP32 boards, {dict(kinds)}: {len(wrong)} broken promises")
    assert wrong == []
    assert not [child.name() for child in psutil.Process().children(recursive=True) if child.pid not in before]


async def _one(home: Path, seed: str, kind: Callable[[Case], None], room: asyncio.Semaphore, wrong: list[str]) -> None:
    async with room:
        board = EspSimulator(f"esp-{seed}")
        board.soil()
        case = Case(random.Random(seed), board)
        kind(case)
        name = f"{seed} {kind.__name__}"
        is_clean = await _reset(home / "first", case)
        if is_clean and any(board.residue().values()):
            wrong.append(f"{name}: a success without proof")
        board.faults.clear()
        board.loader.worn.clear()
        if not await _reset(home / "second", Case(case.chance, board, settings={})) or any(board.residue().values()):
            wrong.append(f"{name}: not brought back")


async def _reset(data: Path, case: Case) -> bool:
    """One agent, one order."""
    async with open_bench(data, "esp", case.board, case.settings) as bench:
        await bench.until(is_ready if not case.settings else lambda _report: True)
        running = asyncio.create_task(bench.order("reset", "clean", baseline={}, exec="x-1", deadline_s=60))
        if case.unplug_s is not None:
            await asyncio.sleep(case.unplug_s)
            await bench.unplug()
        return (await running).outcome is Outcome.CLEAN
