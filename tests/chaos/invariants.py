"""What must hold after any run, whatever was killed: judged by the devices' own logs, the journals and the API."""

import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

from medialab_hub.storage.database import open_database
from medialab_hub.storage.journal import first_broken
from medialab_hub.storage.session import Session
from medialab_wire.progress import StepState
from tests.chaos.kills import Wound
from tests.chaos.rig import Rig
from tests.chaos.trace import Line

OVER = {StepState.DONE, StepState.SKIPPED}
NEVER = (StepState.PENDING, 0)
Job = dict[str, Any]


def all_are_clean(rig: Rig, jobs: list[Job]) -> None:
    """Every device was reset, every job says so, and the devices themselves agree."""
    bad = [job for job in jobs if (job["status"], job["outcome"]) != ("succeeded", "clean")]
    assert not bad, f"{len(bad)} of {len(jobs)}: {[(job['id'], job['status'], job['trouble']) for job in bad[:3]]}"
    assert len(jobs) == len({job["device"] for job in jobs}) == rig.size.devices
    assert rig.fleet.residue() == {}


def no_step_runs_too_often(jobs: list[Job], serials: dict[str, str], lines: list[Line], wounds: list[Wound]) -> None:
    """A completed step never begins again; the one in flight begins again at most once a kill, and says so."""
    agent_wounds = [wound for wound in wounds if "agent" in wound.victims]
    by_device: dict[str, list[Line]] = {}
    for line in lines:
        by_device.setdefault(line.device, []).append(line)
    for job in jobs:
        told = by_device.get(serials[job["device"]], [])
        begun = {step["id"]: step["begun"] for step in job["steps"]}
        _only_known_work(job, told, begun)
        _repetitions_are_marked(job, begun, agent_wounds)
        _what_was_done_stays_done(job, told, begun, agent_wounds)


def _only_known_work(job: Job, told: list[Line], begun: dict[str, int]) -> None:
    """No device was told or changed anything more often than the job's steps say they began."""
    times = Counter((line.kind, line.step, line.what) for line in told if line.kind != "soiled")
    for (kind, step, what), count in times.items():
        assert step in begun, f"{job['id']}: {what!r} belongs to no step of {sorted(begun)}"
        assert count <= begun[step], f"{job['id']}: {kind} {what!r} {count} times, {step} began {begun[step]} times"


def _repetitions_are_marked(job: Job, begun: dict[str, int], wounds: list[Wound]) -> None:
    for step, count in begun.items():
        in_flight = sum(wound.journal.get(job["id"], {}).get(step, NEVER)[0] is StepState.RUNNING for wound in wounds)
        assert 1 <= count <= 1 + in_flight, f"{job['id']}: {step} began {count} times, killed {in_flight} times in it"


def _what_was_done_stays_done(job: Job, told: list[Line], begun: dict[str, int], wounds: list[Wound]) -> None:
    for wound in wounds:
        done = {step: n for step, (state, n) in wound.journal.get(job["id"], {}).items() if state in OVER}
        again = [line for line in told if line.at > wound.at and line.step in done]
        assert not again, f"{job['id']}: done before the kill, done again: {again[:3]}"
        assert done.items() <= begun.items(), f"{job['id']}: a completed step began again: {done} {begun}"


def the_hub_is_whole(rig: Rig) -> None:
    """Nothing open, nobody resetting, and a hub that was just started again tells the same."""
    assert rig.client.jobs(open="true") == []
    before = settled_fleet(rig)
    assert {row["status"] for row in before}.isdisjoint({"resetting", "queued"})
    assert all(row["job"] is None for row in before)
    rig.hub.kill()
    rig.hub.start()
    rig.wait("the hub is back", rig.client.is_up, 60)
    rig.wait(
        "the restarted hub tells the same", lambda: rig.client.fleet()[1] == before or differing(rig, before) == [], 30
    )


def differing(rig: Rig, before: list[Job]) -> list[tuple[str, str, Any, Any]]:
    """Device, column, then and now of every difference; `seq` and `last_seen` may rise by a new sighting."""
    now = {row["id"]: row for row in rig.client.fleet()[1]}
    assert now.keys() == {row["id"] for row in before}
    skipped = {"seq", "last_seen"}
    return [
        (row["id"], key, row[key], now[row["id"]][key])
        for row in before
        for key in row
        if key not in skipped and now[row["id"]][key] != row[key]
    ]


def settled_fleet(rig: Rig) -> list[Job]:
    """The fleet once its sequence has stood still for a moment."""
    seen: list[tuple[int, list[Job]]] = []

    def stands_still() -> bool:
        seen.append(rig.client.fleet())
        return len(seen) > 4 and seen[-1][0] == seen[-4][0]

    rig.wait("the fleet stands still", stands_still, 120, 0.5)
    return seen[-1][1]


def the_journal_is_whole(hub_folder: Path) -> None:
    """Every row's hash fits the one before; for a hub that is not running."""
    file = hub_folder / "hub.sqlite3"
    database = open_database(f"sqlite:///{file}")
    try:
        with Session(database.reader) as session:
            assert first_broken(session) is None
    finally:
        database.close()
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
