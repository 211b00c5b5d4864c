"""Takes orders from the hub and carries each out exactly as often as the journal allows: once."""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from medialab_agent.runtime import troubles
from medialab_agent.runtime.admission import refusal
from medialab_agent.runtime.journal import Journal, Record
from medialab_agent.runtime.ledger import Ledger, Now, Tell
from medialab_agent.runtime.run import Run
from medialab_agent.runtime.session import DeviceSession
from medialab_wire.commands import Answer, Config, Execution
from medialab_wire.progress import ExecutionReport, ExecutionStatus, Outcome, Trouble

log = logging.getLogger(__name__)

RETRY_S = 5.0
"""Seconds until an execution goes on that could not be journaled, as on a full disk."""
HALT_AT_EXIT_S = 1.5
"""Seconds a device may take to stop when the agent itself is being stopped."""


class Devices(Protocol):
    """Where the executor finds sessions; the registry."""

    def session(self, dev: str) -> DeviceSession | None:
        """The session of a connection a driver claims."""

    def is_unclaimed(self, dev: str) -> bool:
        """True for a connection without a driver."""

    async def arrival(self, dev: str) -> None:
        """Return when that connection is there and seen."""


@dataclass(frozen=True)
class Limits:
    """How many drivers work at once; how long an order waits for the configuration that makes its device ours.

    The hub tells the configuration again every few seconds while there is work: a lost one must cost no order."""

    parallel: int = 64
    ownership_grace_s: float = 30.0


class _Job:
    """One unfinished execution in this process."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.task: asyncio.Task[None] | None = None
        self.run: Run | None = None
        self.has_started = self.is_unwanted = False
        self._answers: dict[str, Answer] = {}
        self._answered = asyncio.Event()

    def take_answers(self, answers: Iterable[Answer]) -> None:
        self._answers = {answer.step: answer for answer in answers}
        self._answered.set()

    async def answer(self, step: str) -> Answer:
        while step not in self._answers:
            self._answered.clear()
            await self._answered.wait()
        return self._answers[step]


class Executor:
    """One execution per connection at a time, connections in parallel."""

    def __init__(self, journal: Journal, devices: Devices, tell: Tell, now: Now, limits: Limits = Limits()) -> None:
        self._journal, self._devices, self._tell, self._now = journal, devices, tell, now
        self._grace_s = limits.ownership_grace_s
        self._room = asyncio.Semaphore(limits.parallel)
        self._jobs: dict[str, _Job] = {}
        self._config: Config | None = None
        self._is_configured = asyncio.Event()

    async def start(self) -> None:
        """Go on with everything the journal holds."""
        if (config := await self._journal.config()) is not None:
            self._obey(config)
        for record in await self._journal.open_records():
            self._begin(record, is_resumed=True)
        for report in await self._journal.unacked():
            self._tell(report)

    @property
    def config(self) -> Config:
        """The last configuration, also one of an earlier life; an empty one before the first."""
        return self._config or Config(version=0)

    @property
    def owned(self) -> frozenset[str]:
        """Connections that are ours to command."""
        return frozenset(self.config.owned)

    async def configure(self, config: Config) -> bool:
        """From now on these connections are ours to command; kept for the next start.

        False: it is older than the last one and came late, also over a restart of this agent; nothing changes."""
        if self._config is not None and config.is_older_than(self._config):
            log.info("Configuration %d came after %d; ignored", config.version, self._config.version)
            return False
        await self._journal.keep_config(config)
        self._obey(config)
        return True

    async def take(self, executions: Iterable[Execution]) -> None:
        """Journal and begin what is new; tell again about what is known. Returns when all is on disk."""
        unknown = {e.exec: Record(e, _queued(e)) for e in executions if e.exec not in self._jobs}
        fresh = list(unknown.values())
        new = set(await self._journal.admit(fresh)) if fresh else set()
        for record in fresh:
            if record.execution.exec in new:
                self._begin(record)
            elif (report := await self._journal.report_of(record.execution.exec)) is not None:
                self._tell(report)

    def cancel(self, execs: Iterable[str]) -> None:
        """Somebody wishes these to end."""
        for exec_id in execs:
            job = self._jobs.get(exec_id)
            if job is not None and not job.is_unwanted and job.task is not None:
                job.is_unwanted = True
                if job.has_started:
                    job.task.cancel()

    def answer(self, answers: Mapping[str, tuple[Answer, ...]]) -> None:
        """What people answered so far, per execution."""
        for exec_id, given in answers.items():
            if exec_id in self._jobs:
                self._jobs[exec_id].take_answers(given)

    def repeat(self) -> None:
        """Tell the state of everything unfinished again."""
        for job in self._jobs.values():
            self._tell(job.ledger.report)

    async def close(self) -> None:
        """Halt devices at work and leave; the journal goes on at the next start."""
        jobs = list(self._jobs.values())
        for job in jobs:
            if job.task is not None:
                job.task.cancel()
        await asyncio.gather(*(job.task for job in jobs if job.task is not None), return_exceptions=True)
        await asyncio.gather(*(job.run.halt(HALT_AT_EXIT_S) for job in jobs if job.run is not None))

    def _obey(self, config: Config) -> None:
        self._config = config
        self._is_configured.set()

    def _begin(self, record: Record, *, is_resumed: bool = False) -> None:
        job = _Job(Ledger(record, self._journal, self._tell, self._now))
        if is_resumed:
            job.ledger.skip_versions()
        exec_id = record.execution.exec
        self._jobs[exec_id] = job
        self._tell(job.ledger.report)
        job.task = asyncio.create_task(self._care(job), name=f"execution-{exec_id}")

    async def _care(self, job: _Job) -> None:
        exec_id = job.ledger.record.execution.exec
        job.has_started = True  # a task that is cancelled before its first step would never end its execution
        while True:
            try:
                await (self._end_unbegun(job) if job.is_unwanted and job.run is None else self._carry_out(job))
                break
            except asyncio.CancelledError:
                if not job.is_unwanted:
                    raise
            except Exception:
                log.exception("Execution %s cannot go on; trying again", exec_id)
                await asyncio.sleep(RETRY_S)
        self._jobs.pop(exec_id, None)

    async def _carry_out(self, job: _Job) -> None:
        ledger, execution = job.ledger, job.ledger.record.execution
        if ledger.record.plan is None and (trouble := await self._refusal(execution)) is not None:
            await ledger.finished(ExecutionStatus.REJECTED, None, trouble)
            return
        session = await self._session(ledger)
        async with session.reserved():
            if ledger.record.plan is None and (trouble := refusal(execution, session.manifest)) is not None:
                await ledger.finished(ExecutionStatus.REJECTED, None, trouble)
                return
            job.run = Run(ledger, session, job.answer, self._room)
            try:
                await job.run.carry_out()
            except asyncio.CancelledError:
                if not job.is_unwanted:
                    raise
                await job.run.cancel()

    async def _refusal(self, execution: Execution) -> Trouble | None:
        """Orders and configuration are two messages, and either may come first."""
        await self._is_configured.wait()
        waited = 0.0
        while execution.dev not in self.owned and waited < self._grace_s:
            await asyncio.sleep(0.1)
            waited += 0.1
        if execution.dev not in self.owned:
            return troubles.NOT_OWNED
        return troubles.NO_DRIVER if self._devices.is_unclaimed(execution.dev) else None

    async def _session(self, ledger: Ledger) -> DeviceSession:
        dev = ledger.record.execution.dev
        session = self._devices.session(dev)
        if session is None or not session.is_seen:
            await ledger.waits(troubles.DEVICE_ABSENT)
            await self._devices.arrival(dev)
            session = self._devices.session(dev)
        assert session is not None
        return session

    async def _end_unbegun(self, job: _Job) -> None:
        """Canceled before it had the device (again)."""
        had_begun = any(view.begun for view in job.ledger.report.steps)
        outcome = Outcome.UNVERIFIED if had_begun else None
        await job.ledger.finished(ExecutionStatus.CANCELED, outcome, troubles.CANCELED)


def _queued(execution: Execution) -> ExecutionReport:
    return ExecutionReport(exec=execution.exec, dev=execution.dev, ver=1, status=ExecutionStatus.QUEUED)
