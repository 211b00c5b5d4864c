"""One execution from its plan to its outcome; killed at any point, it goes on where the journal says."""

import asyncio
import functools
import json
import logging
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from medialab_agent.runtime import builtin, troubles
from medialab_agent.runtime.admission import level_of
from medialab_agent.runtime.deadline import DeadlinePassed
from medialab_agent.runtime.ledger import Ledger
from medialab_agent.runtime.outcome import claimed, with_ticks
from medialab_agent.runtime.session import DeviceSession
from medialab_agent.sdk.driver import Driver
from medialab_agent.sdk.evidence import Advised
from medialab_agent.sdk.steps import Done, Order, Step
from medialab_agent.sdk.trouble import DeviceTrouble
from medialab_wire.capabilities import EvidenceKind
from medialab_wire.commands import Answer
from medialab_wire.progress import Check, CheckResult, ExecutionStatus, Outcome, StepState, StepView, Trouble
from medialab_wire.proof import ENDED_BEFORE, completed
from medialab_wire.texts import Text

log = logging.getLogger(__name__)

STOP_S = 10.0
"""Seconds a driver may take to undo what must not outlive a run."""
OVER = {StepState.DONE, StepState.SKIPPED}

T = TypeVar("T")


class _Ended(Exception):
    """The run cannot go on."""

    def __init__(self, status: ExecutionStatus, trouble: Trouble) -> None:
        super().__init__(trouble.code)
        self.status, self.trouble = status, trouble


def views_of(plan: Sequence[Step]) -> tuple[StepView, ...]:
    """The plan as people see it. Raises `ValueError` when it cannot be journaled or its ids are not distinct."""
    if len({step.id for step in plan}) != len(plan):
        raise ValueError("two steps of one plan have the same id")
    try:
        json.dumps([dict(step.params) for step in plan], allow_nan=False)
    except TypeError as error:
        raise ValueError(str(error)) from error
    return tuple(StepView(id=step.id, title=step.title, ask=step.ask, check=step.check) for step in plan)


class Run:
    """Carries out one execution on a reserved session. `answer(step)` waits for a person's answer;
    `room` bounds how many drivers work at the same time."""

    def __init__(
        self,
        ledger: Ledger,
        session: DeviceSession,
        answer: Callable[[str], Coroutine[Any, Any, Answer]],
        room: asyncio.Semaphore,
    ) -> None:
        self._ledger, self._session, self._answer, self._room = ledger, session, answer, room
        self._execution = ledger.record.execution
        self._level = level_of(self._execution, session.manifest)
        self._order = Order(
            self._execution.exec,
            self._execution.action,
            self._level.id if self._level else self._execution.level,
            self._execution.params,
            self._execution.baseline,
        )
        self._has_worked = False

    async def carry_out(self) -> None:
        """Plan, do, verify, end. Passes cancellation on; `cancel` ends the run then."""
        try:
            await self._plan()
            for index, step in enumerate(self._ledger.record.plan or ()):
                if self._ledger.report.steps[index].state not in OVER:
                    await self._step(index, step)
            await self._prove()
        except _Ended as end:
            await self.halt(STOP_S)
            await self._ledger.finished(end.status, self._outcome(), end.trouble)

    async def cancel(self) -> None:
        """End the run because somebody wished so."""
        await self.halt(STOP_S)
        for index, view in enumerate(self._ledger.report.steps):
            if view.state in {StepState.RUNNING, StepState.WAITING_PERSON}:
                await self._ledger.ended(index, StepState.FAILED, trouble=troubles.CANCELED)
        has_begun = any(view.begun for view in self._ledger.report.steps)
        outcome = Outcome.UNVERIFIED if self._level and has_begun else None
        await self._ledger.finished(ExecutionStatus.CANCELED, outcome, troubles.CANCELED)

    async def halt(self, seconds: float) -> None:
        """Stop the device, when this run set anything in motion."""
        if self._has_worked:
            await self._session.halt(seconds)

    async def _plan(self) -> None:
        if self._ledger.record.plan is not None:
            return
        plan = builtin.PLANS.get(self._order.action)
        if plan is None:
            plan = await self._bounded(lambda driver: driver.plan(self._order))
        try:
            views = views_of(plan)
        except ValueError as error:
            raise _Ended(ExecutionStatus.FAILED, troubles.defect(error)) from error
        await self._ledger.planned(plan, views)

    async def _step(self, index: int, step: Step) -> None:
        await self._ledger.begun(index)
        try:
            if step.ask is not None:
                await self._wait_for_person(index, step)
                return
            done = await self._do(index, step)
        except _Ended as end:
            await self._ledger.ended(index, StepState.FAILED, trouble=end.trouble)
            raise
        await self._ledger.ended(index, StepState.DONE if done.changed else StepState.SKIPPED, detail=done.detail)

    async def _do(self, index: int, step: Step) -> Done:
        if self._order.action in builtin.PLANS:
            carried = await self._bounded(lambda driver: builtin.carry_out(driver, self._order.action))
            if carried.snapshot is not None:
                await self._ledger.evidence((), carried.snapshot)
            return Done(detail=carried.unseen)
        self._has_worked = True
        say = functools.partial(self._ledger.progress, index)
        return await self._bounded(
            lambda driver: self._watched(index, driver.do(self._order, step, say)),
            step.deadline_s,
        )

    async def _watched(self, index: int, work: Coroutine[Any, Any, T]) -> T:
        watch = asyncio.create_task(self._ledger.watch(index))
        try:
            return await work
        finally:
            watch.cancel()

    async def _wait_for_person(self, index: int, step: Step) -> None:
        """Waiting costs no working time: people are not machines."""
        with self._session.at_rest():
            answer = await self._answer(step.id)
        if step.check is not None:
            others = (check for check in self._ledger.report.checks if check.id != step.check)
            await self._ledger.evidence((*others, self._tick(step, step.check, answer)))
        if not answer.done:
            raise _Ended(ExecutionStatus.FAILED, troubles.PERSON_SAID_NO)
        await self._ledger.ended(index, StepState.DONE)

    def _tick(self, step: Step, check: str, answer: Answer) -> Check:
        demanded = next((spec for spec in (self._level.checks if self._level else ()) if spec.id == check), None)
        return Check(
            id=check,
            title=demanded.title if demanded else step.title,
            kind=EvidenceKind.PERSON,
            result=CheckResult.PASSED if answer.done else CheckResult.FAILED,
            by=answer.by,
        )

    async def _prove(self) -> None:
        if self._order.action in builtin.PLANS:
            await self._ledger.finished(ExecutionStatus.SUCCEEDED, None, None)
            return
        ticks = tuple(check for check in self._ledger.report.checks if check.kind is EvidenceKind.PERSON)
        try:
            read_back = await self._bounded(lambda driver: driver.verify(self._order))
        except _Ended:
            await self._ledger.evidence(self._completed(ticks, ENDED_BEFORE))
            raise
        checks = self._completed(with_ticks(read_back, ticks))
        await self._ledger.evidence(checks)
        await self.halt(STOP_S)
        failed = [check.id for check in checks if check.result is CheckResult.FAILED]
        if failed:
            trouble = troubles.checks_failed(read_back.advice if isinstance(read_back, Advised) else None)
            await self._ledger.finished(ExecutionStatus.FAILED, self._outcome(), trouble)
        else:
            await self._ledger.finished(ExecutionStatus.SUCCEEDED, self._outcome(), None)

    def _completed(self, checks: tuple[Check, ...], why: Text | None = None) -> tuple[Check, ...]:
        return completed(self._level, checks, why) if self._level else checks

    def _outcome(self) -> Outcome | None:
        if self._level is None:
            return None
        report = self._ledger.report
        has_failed = any(view.state is StepState.FAILED for view in report.steps)
        return claimed(self._level, report.checks, has_failed_step=has_failed)

    async def _bounded(self, call: Callable[[Driver], Coroutine[Any, Any, T]], seconds: float | None = None) -> T:
        """One call of the driver within its deadline and what is left of the whole; only work counts."""
        async with self._room:
            return await self._timed(call, self._execution.step_deadline_s if seconds is None else seconds)

    async def _timed(self, call: Callable[[Driver], Coroutine[Any, Any, T]], step_s: float) -> T:
        left = self._execution.deadline_s - self._ledger.record.used_s
        began = time.monotonic()
        try:
            return await self._session.use(call, min(step_s, left))
        except DeviceTrouble as error:
            raise _Ended(ExecutionStatus.FAILED, error.trouble) from error
        except DeadlinePassed as error:
            trouble = troubles.STEP_DEADLINE if step_s < left else troubles.RUN_DEADLINE
            raise _Ended(ExecutionStatus.TIMED_OUT, trouble) from error
        except asyncio.CancelledError:
            raise
        except Exception as error:
            log.exception("%s: the driver failed", self._session.dev)
            raise _Ended(ExecutionStatus.FAILED, troubles.defect(error)) from error
        finally:
            self._ledger.spend(time.monotonic() - began)
