"""Four printers of four makes, hot, printing and full of learners' files: reset at once, and read back one by one.

Every item is read from the printer's own interface, nothing from what our drivers say. `tests/load` has the figures."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.lab.printers.figures import lines
from tests.lab.printers.hub_room import Room
from tests.lab.printers.makes import MAKES

pytestmark = [
    pytest.mark.root,
    pytest.mark.peers,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(os.geteuid() != 0, reason="a printer's port 990 and network namespaces need root"),
]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """Hub and agent run, four printers are on, adopted, let in, and their good states recorded."""
    with ThreadPoolExecutor(5) as hands:
        room = Room(tmp_path, tuple(make(tmp_path) for make in MAKES), hands)
        try:
            room.start()
            yield room
        finally:
            room.stop()


def test_four_makes_at_once(room: Room) -> None:
    room.each(lambda make: make.leave_traces())
    assert all(room.each(lambda make: make.is_printing()).values()), "one of them does not print any more"
    hot = room.each(lambda make: make.temperatures())
    assert all(nozzle > 50 and bed > 40 for nozzle, bed in hot.values()), hot

    first = room.reset()
    judge(room, first)
    clean = room.each(lambda make: make.left())
    for driver, expected in room.each(lambda make: make.clean()).items():
        assert {item: clean[driver][item] for item in expected} == expected, driver
    cool = room.each(lambda make: make.temperatures())
    assert all(nozzle < 50 and bed < 40 for nozzle, bed in cool.values()), cool

    again = room.reset()
    judge(room, again)
    assert room.each(lambda make: make.left()) == clean, "the second reset changed something"
    changed = {
        driver: [step["id"] for step in job["steps"] if step["state"] == "done" and not step["ask"]]
        for driver, job in again.items()
    }
    assert not any(changed.values()), changed
    print("", *lines(first, again), sep="\n")


def judge(room: Room, jobs: dict[str, dict[str, Any]]) -> None:
    """Clean, each with all the checks its level demands, and ready for the next group."""
    for driver, job in jobs.items():
        open_checks = [check for check in job["checks"] if check["result"] != "passed"]
        assert job["outcome"] == "clean", (driver, job["trouble"], open_checks)
        assert not open_checks, driver
    assert {row["status"] for row in room.rows()} == {"ready"}
