"""Thirty tablets on the whole road, six of them bad: who is good ends clean, who is bad never reads clean.

The tests build on each other, as a day in the room does; each needs the one before it."""

from typing import Any

import pytest

from tests.chaos.client import Follower
from tests.lab.tablets.room import Room
from tests.lab.tablets.trolley import ALL, BAD, DIES, GOOD, HANGS, KEEPS, PIN, PLANTED, REFUSES

pytestmark = [pytest.mark.timeout(420)]


@pytest.fixture(scope="module")
def prepared(room: Room) -> dict[str, dict[str, Any]]:
    """All plugged in, adopted, their good state recorded; the fleet by serial number."""
    room.prepare()
    return room.by_serial()


@pytest.fixture(scope="module")
def jobs(room: Room, prepared: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """A group used everything, six turned bad, and all were reset at once."""
    assert len(prepared) == len(ALL)
    room.ask("soil")
    room.ask("trouble")
    follower = Follower(room.client)
    jobs = room.reset(ALL)
    follower.stop()
    bad = {jobs[serial]["id"] for serial in BAD}
    lies = [news.data for news in follower.jobs if '"clean"' in news.data and any(job in news.data for job in bad)]
    assert not lies, lies[:2]
    return jobs


def test_all_thirty_are_inventoried_adopted_and_prepared(room: Room, prepared: dict[str, Any]) -> None:
    assert sorted(prepared) == sorted(ALL)
    assert len(room.rows()) == len(ALL), "no device twice, none invented"
    assert all(row["model"] and row["battery"] and row["adopted"] for row in prepared.values())
    assert {row["status"] for row in prepared.values()} == {"used"}


def test_good_ones_end_clean_by_their_own_account(room: Room, jobs: dict[str, Any]) -> None:
    assert {jobs[serial]["outcome"] for serial in GOOD} == {"clean"}
    left = room.ask("residue")
    assert not {serial: left[serial] for serial in GOOD if serial in left}
    fleet = room.by_serial()
    assert {fleet[serial]["status"] for serial in GOOD} == {"ready"}


def test_the_bad_ones_keep_nobody_waiting(jobs: dict[str, Any]) -> None:
    last = max(jobs[serial]["ended"] for serial in GOOD)
    assert last < jobs[HANGS]["ended"], "all good ones were over while the hanging one still hung"


@pytest.mark.parametrize("serial", [HANGS, DIES])
def test_a_hanging_and_a_dying_one_are_quarantined_and_say_why(room: Room, jobs: dict[str, Any], serial: str) -> None:
    job = jobs[serial]
    assert job["outcome"] == "quarantined"
    assert job["trouble"]["text"]["de"] and job["trouble"]["text"]["en"]
    assert room.by_serial()[serial]["status"] == "quarantined"


@pytest.mark.parametrize(
    ("serial", "check"), [(PIN, "lock"), (REFUSES, None), (PLANTED, "leftovers"), (KEEPS, "leftovers")]
)
def test_what_keeps_a_trace_never_reads_clean(room: Room, jobs: dict[str, Any], serial: str, check: str | None) -> None:
    assert jobs[serial]["outcome"] in ("quarantined", "unverified")
    failed = [one["id"] for one in jobs[serial]["checks"] if one["result"] == "failed"]
    assert check is None or check in failed, failed
    assert room.by_serial()[serial]["status"] in ("quarantined", "unverified")
    again = room.reset((serial,))
    assert again[serial]["outcome"] in ("quarantined", "unverified")
    assert room.by_serial()[serial]["status"] in ("quarantined", "unverified")


def is_let_in(row: dict[str, Any]) -> bool:
    """There, and read once: adb lists a tablet a moment before it answers."""
    return row["presence"] == "present" and row["access"] == "ok"


def test_mended_ones_come_back(room: Room, jobs: dict[str, Any]) -> None:
    assert jobs
    assert room.ask("cure")["plugged"] == [DIES]
    fleet = room.by_serial
    room.wait("the one that died is back", lambda: is_let_in(fleet()[DIES]))
    mended = tuple(serial for serial in BAD if serial != KEEPS)
    outcomes = {serial: job["outcome"] for serial, job in room.reset(mended).items()}
    assert outcomes == dict.fromkeys(mended, "clean")
    assert {fleet()[serial]["status"] for serial in mended} == {"ready"}
