"""The people of the practice lab: a group that leaves its traces, and an owner who says yes when a device asks."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from medialab_agent.runtime import builtin
from medialab_agent.sdk.simulator import Simulator
from medialab_wire.progress import ExecutionReport, Outcome, StepState

log = logging.getLogger(__name__)

FILE = "practice-prepared"
"""In the data folder: the devices whose good state is recorded, one a line."""
_SHOWS = builtin.PLANS[builtin.FIND][0].id
"""The step in which a device makes itself noticed."""
_WALK_S = 2.0
"""Seconds somebody needs to reach a device that shows itself."""


@dataclass(frozen=True)
class Pace:
    """Seconds. `first`: from a recorded good state to the first use; `again`: from a proven reset to the next;
    `consent`: from the first order of all until somebody has tapped “Allow” wherever a device asks."""

    first_s: float = 10.0
    again_s: float = 900.0
    consent_s: float = 60.0


@dataclass
class _Place:
    """One simulated device as the people see it."""

    simulator: Simulator
    at_work: set[str] = field(default_factory=set)
    asked: set[tuple[str, str]] = field(default_factory=set)
    """Order and step that waited for somebody's hands."""
    is_prepared: bool = False
    is_soiled: bool = False
    next_use: asyncio.TimerHandle | None = None


class Learners:
    """Uses each device some time after its good state was recorded and after each proven reset, never during work.

    `hear` is told every execution report, on the event loop."""

    def __init__(self, devices: Mapping[str, Simulator], pace: Pace, folder: Path) -> None:
        self._places = {dev: _Place(simulator) for dev, simulator in devices.items()}
        self._pace, self._file = pace, folder / FILE
        self._has_begun = False

    def come(self) -> None:
        """The lab opens: what was prepared before it closed is used like after a reset."""
        known = set(self._file.read_text(encoding="utf-8").split()) if self._file.exists() else set()
        for dev in known & self._places.keys():
            self._places[dev].is_prepared = True
            self._use_later(self._places[dev], self._pace.again_s)

    def go(self) -> None:
        """The lab closes."""
        for place in self._places.values():
            self._rest(place)

    def hear(self, report: ExecutionReport) -> None:
        """Something was ordered, goes on, or ended."""
        if not self._has_begun:
            self._has_begun = True
            asyncio.get_running_loop().call_later(self._pace.consent_s, self._consent_everywhere)
        place = self._places.get(report.dev)
        if place is None:
            return
        if any(step.id == _SHOWS and step.begun for step in report.steps):
            asyncio.get_running_loop().call_later(_WALK_S, place.simulator.consent)
        self._lend_hands(place, report)
        if report.status.is_terminal:
            place.at_work.discard(report.exec)
            self._look_at(place, report)
        else:
            place.at_work.add(report.exec)
            self._rest(place)

    def _lend_hands(self, place: _Place, report: ExecutionReport) -> None:
        """What a trainer ticks as done, somebody in the room has done."""
        for step in report.steps:
            asked = (report.exec, step.id)
            if step.state is StepState.WAITING_PERSON:
                place.asked.add(asked)
            elif asked in place.asked:
                place.asked.discard(asked)
                if step.state is StepState.DONE:
                    place.simulator.hands(step.id)

    def _look_at(self, place: _Place, report: ExecutionReport) -> None:
        """What an ended order means for the people."""
        seconds = self._pace.again_s
        if report.snapshot is not None:
            self._prepared(report.dev)
            place.is_soiled, seconds = False, self._pace.first_s
        elif report.outcome is Outcome.CLEAN:
            place.is_soiled = False
        if not place.at_work and place.is_prepared and not place.is_soiled:
            self._use_later(place, seconds)

    def _prepared(self, dev: str) -> None:
        self._places[dev].is_prepared = True
        lines = sorted(known for known, place in self._places.items() if place.is_prepared)
        self._file.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _use_later(self, place: _Place, seconds: float) -> None:
        self._rest(place)
        place.next_use = asyncio.get_running_loop().call_later(seconds, self._use, place)

    def _rest(self, place: _Place) -> None:
        if place.next_use is not None:
            place.next_use.cancel()
            place.next_use = None

    def _use(self, place: _Place) -> None:
        place.next_use, place.is_soiled = None, True
        place.simulator.soil()
        log.info("A group has used %s", place.simulator.label)

    def _consent_everywhere(self) -> None:
        for place in self._places.values():
            place.simulator.consent()


def roll_call(simulators: Mapping[str, Simulator]) -> str:
    """One line: how many devices there are and which of them misbehave, and how."""
    faulty = [f"{one.label} ({', '.join(sorted(one.faults))})" for one in simulators.values() if one.faults]
    return f"{len(simulators)} simulated devices; faults to practise on: {'; '.join(faulty) or 'none'}"
