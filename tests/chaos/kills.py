"""Who is killed when: seeded, so that a failure can be repeated."""

import random
import shutil
import sqlite3
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from medialab_wire.progress import ExecutionReport, StepState
from tests.chaos.rig import Rig

PROCESSES = ("agent", "broker", "hub")
LINES_PER_DEVICE = 30
"""About how many lines a device writes during one reset; only spreads the kills over the run."""
RESUME_S = 60.0
"""Seconds after which work counts as not resumed at all. How long it takes is a figure, not a promise tested here."""


@dataclass(frozen=True)
class Kill:
    """These processes die together, stay away for `down_s` seconds and come back in this order."""

    victims: tuple[str, ...]
    down_s: float
    spread: float
    """0 to 1: how far into its share of the run it comes."""


def schedule(seed: int, each: int) -> list[Kill]:
    """Kills until every process was killed `each` times: alone, in pairs, all at once."""
    chance = random.Random(seed)
    left = dict.fromkeys(PROCESSES, each)
    kills = []
    while alive := [name for name in PROCESSES if left[name]]:
        count = min(len(alive), chance.choices((1, 2, 3), (6, 3, 2))[0])
        victims = chance.sample(alive, count)
        for victim in victims:
            left[victim] -= 1
        kills.append(Kill(tuple(victims), chance.choice((0.0, 0.2, 0.5, 1.0)), chance.random()))
    return kills


@dataclass(frozen=True)
class Wound:
    """What one kill found: when it was (monotonic seconds), and each execution's steps in the agent's journal."""

    at: float
    victims: tuple[str, ...]
    journal: dict[str, dict[str, tuple[StepState, int]]]


@dataclass(frozen=True)
class Resumed:
    """A figure: seconds from the start of a process (or until it answers) to the next piece of work."""

    process: str
    alone: bool
    start_to_work_s: float
    back_to_work_s: float


class Killer:
    """Carries out kills against one rig during one run."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self.wounds: list[Wound] = []
        self.figures: list[Resumed] = []

    def strike(self, batch: str, kills: list[Kill]) -> list[Kill]:
        """Kill, bring back, see that work goes on, over and over; gives those the run was too short for."""
        rig = self._rig
        before = len(rig.trace.lines)
        share = LINES_PER_DEVICE * rig.size.devices / (len(kills) + 1)
        for number, kill in enumerate(kills):
            goal = before + int((number + kill.spread) * share)
            if not self._reached(batch, goal):
                return kills[number:]
            self._kill(kill)
            self._see_resume(batch, kill, self._revive(kill))
        return []

    def _reached(self, batch: str, goal: int) -> bool:
        rig, looked = self._rig, 0.0
        while len(rig.trace.lines) < goal:
            rig.trace.news()
            if time.monotonic() - looked > 0.5:
                looked = time.monotonic()
                if rig.is_over(batch):
                    return False
            time.sleep(0.003)
        return not rig.is_over(batch)

    def _kill(self, kill: Kill) -> None:
        for victim in kill.victims:
            getattr(self._rig, victim).kill()
        journal = journaled(self._rig.folder / "agent") if "agent" in kill.victims else {}
        self.wounds.append(Wound(time.monotonic(), kill.victims, journal))
        time.sleep(kill.down_s)

    def _revive(self, kill: Kill) -> dict[str, tuple[float, float]]:
        """Start them again; gives for each when it was started and when it was back."""
        times = {}
        for victim in kill.victims:
            began = time.monotonic()
            getattr(self._rig, victim).start()
            times[victim] = (began, time.monotonic())
        if "hub" in times:
            self._rig.wait(f"the hub is back after {kill}", self._rig.client.is_up, RESUME_S, 0.02)
            times["hub"] = (times["hub"][0], time.monotonic())
        return times

    def _see_resume(self, batch: str, kill: Kill, times: dict[str, tuple[float, float]]) -> None:
        waiting = dict(times)
        until = time.monotonic() + RESUME_S
        while waiting:
            for victim, (began, back) in list(waiting.items()):
                if (at := self._work_since(victim, back)) is not None:
                    self.figures.append(Resumed(victim, len(kill.victims) == 1, at - began, at - back))
                    del waiting[victim]
            if waiting and self._rig.is_over(batch):
                return
            assert time.monotonic() < until, f"no work resumed after {kill}: {sorted(waiting)}"
            time.sleep(0.01)

    def _work_since(self, victim: str, moment: float) -> float | None:
        """An agent works when a device is told something; hub and broker when the hub's news tell of a job."""
        if victim != "agent":
            return self._rig.follower.first_since(moment)
        self._rig.trace.news()
        recent = (line.at for line in self._rig.trace.lines[-2000:] if line.at > moment)
        return next(recent, None)


def journaled(agent_folder: Path) -> dict[str, dict[str, tuple[StepState, int]]]:
    """Each execution's steps as the dead agent left them on disk: read from a copy, so that nothing is touched."""
    with tempfile.TemporaryDirectory() as copy:
        for file in agent_folder.glob("agent.sqlite*"):
            if not file.name.endswith("-shm"):
                shutil.copy(file, copy)
        connection = sqlite3.connect(Path(copy) / "agent.sqlite")
        rows = connection.execute("SELECT report FROM executions").fetchall()
        connection.close()
    reports = [ExecutionReport.model_validate_json(row[0]) for row in rows]
    return {one.exec: {step.id: (step.state, step.begun) for step in one.steps} for one in reports}
