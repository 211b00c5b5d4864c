"""The journaled state of one run: every change is on disk before anybody hears of it."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from medialab_agent.runtime.journal import Journal, Record
from medialab_agent.sdk.steps import Step
from medialab_wire.progress import Check, ExecutionReport, ExecutionStatus, Outcome, StepState, StepView, Trouble
from medialab_wire.texts import Text

STILL_S = 20.0
"""Seconds without a word of a running step until people are told so, and told again."""
LOOK_S = 1.0
"""Seconds between two looks at how long a step has said nothing."""
PROGRESS_EVERY_S = 0.5
"""Seconds between two progress reports of one step."""
VERSIONS_PER_START = 100_000
"""Progress is not journaled; after a restart, versions go on this far above the journaled one."""

Tell = Callable[[ExecutionReport], None]
Now = Callable[[], datetime]


class Ledger:
    """Changes one record. `tell` gets each new report after its commit."""

    def __init__(self, record: Record, journal: Journal, tell: Tell, now: Now) -> None:
        self.record = record
        self._journal, self._tell, self._now = journal, tell, now
        self._told_at = self._heard_at = 0.0

    @property
    def report(self) -> ExecutionReport:
        """The present report."""
        return self.record.report

    def skip_versions(self) -> None:
        """After a restart: no report may carry a version that was already given to unjournaled progress."""
        report = self.report.model_copy(update={"ver": self.report.ver + VERSIONS_PER_START})
        self.record = replace(self.record, report=report)

    def spend(self, seconds: float) -> None:
        """Count working time; on disk with the next write."""
        self.record = replace(self.record, used_s=self.record.used_s + seconds)

    async def planned(self, plan: tuple[Step, ...], steps: tuple[StepView, ...]) -> None:
        """The plan stands; the run begins."""
        self.record = replace(self.record, plan=plan)
        await self._write(status=ExecutionStatus.IN_PROGRESS, steps=steps, started=self._now(), trouble=None)

    async def begun(self, index: int) -> None:
        """A step begins, or begins again after an interruption."""
        view = self.report.steps[index]
        status = ExecutionStatus.WAITING_PERSON if view.ask else ExecutionStatus.IN_PROGRESS
        state = StepState.WAITING_PERSON if view.ask else StepState.RUNNING
        steps = self._steps_with(
            index, {"state": state, "begun": view.begun + 1, "started": self._now(), "detail": None}
        )
        await self._write(status=status, steps=steps, trouble=None)

    async def ended(self, index: int, state: StepState, **more: Any) -> None:
        """A step is over."""
        changes = {"state": state, "ended": self._now(), "progress": None, "detail": None, **more}
        await self._write(status=ExecutionStatus.IN_PROGRESS, steps=self._steps_with(index, changes))

    async def evidence(self, checks: tuple[Check, ...], snapshot: dict[str, Any] | None = None) -> None:
        """Keep checks or a snapshot."""
        changes: dict[str, Any] = {"checks": checks}
        await self._write(**(changes if snapshot is None else {**changes, "snapshot": snapshot}))

    async def waits(self, trouble: Trouble) -> None:
        """Nothing happens yet, and why."""
        if self.report.trouble != trouble:
            await self._write(trouble=trouble)

    async def finished(self, status: ExecutionStatus, outcome: Outcome | None, trouble: Trouble | None) -> None:
        """The run is over; an end that was reached already stays."""
        if self.report.status.is_terminal:
            self._tell(self.report)
            return
        await self._write(status=status, outcome=outcome, trouble=trouble, ended=self._now())

    def progress(self, index: int, part: float, words: Text | None = None) -> None:
        """Tell how far a step is and what it waits for; not journaled, at most every half second."""
        now = self._heard_at = time.monotonic()
        if now - self._told_at < PROGRESS_EVERY_S or self.report.steps[index].state is not StepState.RUNNING:
            return
        self._told_at = now
        self._set(steps=self._steps_with(index, {"progress": min(1.0, max(0.0, part)), "detail": words}))
        self._tell(self.report)

    async def watch(self, index: int) -> None:
        """While that step runs, tell how long it has said nothing."""
        self._heard_at, told = time.monotonic(), 0
        while self.report.steps[index].state is StepState.RUNNING:
            await asyncio.sleep(LOOK_S)
            silent = int((time.monotonic() - self._heard_at) // STILL_S)
            if silent > told:
                self._set(steps=self._steps_with(index, {"detail": _no_word(silent * STILL_S)}))
                self._tell(self.report)
            told = silent

    def _steps_with(self, index: int, changes: dict[str, Any]) -> tuple[StepView, ...]:
        steps = list(self.report.steps)
        steps[index] = steps[index].model_copy(update=changes)
        return tuple(steps)

    def _set(self, **changes: Any) -> None:
        report = self.report.model_copy(update={**changes, "ver": self.report.ver + 1})
        self.record = replace(self.record, report=report)

    async def _write(self, **changes: Any) -> None:
        self._set(**changes)
        await self._journal.save(self.record)
        self._tell(self.report)


def _no_word(seconds: float) -> Text:
    return Text(
        de=f"seit {seconds:.0f} s keine Rückmeldung vom Gerät", en=f"no word from the device for {seconds:.0f} s"
    )
