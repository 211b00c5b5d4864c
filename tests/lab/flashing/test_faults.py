"""Whatever goes wrong while boards are flashed: no success without proof, a second run repairs, no process stays.

`MEDIALAB_FLASH_FAULTS` is how many faults are tried, spread over all boards and what can happen to each; by default
each kind once, on one board. avrdude and esptool are the real ones."""

import asyncio
import os
import random
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

import pytest

from tests.drivers.esp.peers import with_esptool
from tests.lab.flashing.apart import trial_apart
from tests.lab.flashing.boards import BOARDS
from tests.lab.flashing.case import KINDS, Kind
from tests.lab.flashing.processes import children
from tests.lab.flashing.tally import Tally
from tests.lab.flashing.trial import kinds_of, trial

FAULTS = int(os.environ.get("MEDIALAB_FLASH_FAULTS", "0"))
SEED = int(os.environ.get("MEDIALAB_CHAOS_SEED", "1"))
ONLY = os.environ.get("MEDIALAB_FLASH_ONLY", "")
"""Part of a board's or a kind's name, to try only these."""
AT_ONCE, SERIAL_AT_ONCE, SLOW_AT_ONCE, APART_AT_ONCE = 8, 3, 2, 2
SERIAL = ("Uno", "Nano", "Leonardo", "UNO R4 Minima")
SLOW = ("ESP32", "Mega 2560", "Nano 33 IoT")
"""Seconds of a processor each; by default they get few of the faults that others can have as well."""

Pair = tuple[str, Kind]


def every_pair() -> list[Pair]:
    """Each board with each kind that can happen to it; boards and kinds well mixed."""
    pairs = [(board, kind) for board in BOARDS for kind in kinds_of(board)]
    random.Random(SEED).shuffle(pairs)
    return [pair for pair in pairs if ONLY in f"{pair[0]}: {pair[1].name}"]


def each_kind_once() -> Iterator[Pair]:
    """On boards that take turns."""
    quick, used = [board for board in BOARDS if board not in SLOW], dict.fromkeys(BOARDS, 0)
    for number, kind in enumerate(KINDS):
        fit = [board for board in (quick if number % 25 else SLOW) if kind in kinds_of(board)]
        fit = fit or [board for board in BOARDS if kind in kinds_of(board)]
        board = min(fit, key=lambda name: used[name])
        used[board] += 1
        yield board, kind


@pytest.mark.slow
@pytest.mark.timeout(7200)
async def test_no_success_without_proof_and_nothing_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_esptool(monkeypatch)
    tally, before = Tally(), {child.pid for child in children()}
    pairs = list(islice(cycle(every_pair()), FAULTS)) if FAULTS else list(each_kind_once())
    quick, serial, slow, apart = map(asyncio.Semaphore, (AT_ONCE, SERIAL_AT_ONCE, SLOW_AT_ONCE, APART_AT_ONCE))
    began = time.monotonic()
    async with asyncio.TaskGroup() as cases:
        for number, (board, kind) in enumerate(pairs):
            room = apart if kind.is_apart else slow if board in SLOW else serial if board in SERIAL else quick
            cases.create_task(_one(tmp_path / f"case-{number}", f"{SEED}-{number}", board, kind, room, tally))
    print(f"\n{tally.table(time.monotonic() - began, SEED)}")
    assert len(tally.verdicts) == len(pairs)
    assert [len(names) for names in tally.broken] == [0, 0, 0, 0]
    assert not [child.name() for child in children() if child.pid not in before]


async def _one(home: Path, seed: str, board: str, kind: Kind, room: asyncio.Semaphore, tally: Tally) -> None:
    async with room:
        home.mkdir()
        begin = trial_apart if kind.is_apart else trial
        try:
            tally.verdicts.append(await begin(board, kind, seed, home))
        except Exception as error:
            error.add_note(f"{seed} {board}: {kind.name}")
            raise
