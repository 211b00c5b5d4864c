"""Ends grace times and runs out of patience, on a clock that only grows."""

import asyncio
import logging
from dataclasses import dataclass
from functools import partial

from medialab_hub.clock import Clock
from medialab_hub.services import jobs
from medialab_hub.services.projection import Changes, JobTimer, Projection
from medialab_hub.storage import jobs as rows
from medialab_hub.storage.writer import Writer
from medialab_wire.progress import ExecutionStatus

log = logging.getLogger(__name__)

LONGEST_GRACE_S = 60.0
LONGEST_QUEUE_S = 24 * 3600.0
"""Whatever the wall clock says, neither wait is longer than that."""
RETRY_S = 5.0
SLACK_S = 120.0
"""An agent times its runs out itself; the hub waits that much longer without news before it does so."""


@dataclass
class _Entry:
    timer: JobTimer
    due: float | None
    """Monotonic seconds; None: a person is waited for."""


class Timers:
    """When each open job is due, in monotonic seconds. A restart of the hub begins each wait anew."""

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}

    def put(self, timer: JobTimer, now: float) -> None:
        """This job is open. A wait that has begun goes on; a job that moved begins a new one."""
        known = self._entries.get(timer.id)
        if known is None or _stage(known.timer) != _stage(timer):
            self._entries[timer.id] = _Entry(timer, _due(timer, now))

    def saw(self, job: str, now: float) -> None:
        """Its agent told of progress."""
        if (entry := self._entries.get(job)) is not None and entry.timer.status is ExecutionStatus.IN_PROGRESS:
            entry.due = _due(entry.timer, now)

    def drop(self, job: str) -> None:
        """It ended."""
        self._entries.pop(job, None)

    def due(self, now: float) -> tuple[list[str], list[str]]:
        """Jobs to release, and jobs whose time is over; again after a while, should nothing come of it."""
        over = [entry for entry in self._entries.values() if entry.due is not None and entry.due <= now]
        for entry in over:
            entry.due = now + RETRY_S
        return (
            [entry.timer.id for entry in over if not entry.timer.is_released],
            [entry.timer.id for entry in over if entry.timer.is_released],
        )

    def next_due(self) -> float | None:
        """The earliest moment at which something is due."""
        return min((entry.due for entry in self._entries.values() if entry.due is not None), default=None)


def _stage(timer: JobTimer) -> tuple[ExecutionStatus, int, bool]:
    return timer.status, timer.ver, timer.is_released


def _due(timer: JobTimer, now: float) -> float | None:
    if not timer.is_released:
        return now + min(max(timer.grace_s, 0.0), LONGEST_GRACE_S)
    if timer.status is ExecutionStatus.QUEUED:
        return now + min(max(timer.queued_s, SLACK_S), LONGEST_QUEUE_S)
    return now + timer.deadline_s + SLACK_S if timer.status is ExecutionStatus.IN_PROGRESS else None


class Scheduler:
    """Lives on the event loop; everything it does is a use case that does nothing when it comes twice."""

    def __init__(self, writer: Writer, projection: Projection, clock: Clock) -> None:
        self._writer, self._projection, self._clock = writer, projection, clock
        self._timers = Timers()
        self._wake = asyncio.Event()

    def hear(self, changes: Changes) -> None:
        """Jobs began, moved or ended."""
        now = self._clock.monotonic()
        for timer in changes.timers:
            self._timers.put(timer, now)
        for job in changes.ended:
            self._timers.drop(job)
        if changes.timers:
            self._wake.set()

    def saw(self, job: str) -> None:
        """A job makes progress that is not worth storing."""
        self._timers.saw(job, self._clock.monotonic())

    async def run(self) -> None:
        """Serve until cancelled."""
        known = await self._writer.run(lambda uow: self._projection.timers(rows.all_open(uow.session)))
        now = self._clock.monotonic()
        for timer in known:
            self._timers.put(timer, now)
        while True:
            await self._rest()
            self._wake.clear()
            try:
                await self._act()
            except Exception:
                log.exception("a timer could not be carried out; it is tried again")

    async def _act(self) -> None:
        released, over = self._timers.due(self._clock.monotonic())
        if released:
            await self._writer.run(partial(jobs.release, ids=released))
        if over:
            log.info("time is over for %s", ", ".join(over))
            await self._writer.run(partial(jobs.run_out, ids=over), durable=True)

    async def _rest(self) -> None:
        due = self._timers.next_due()
        pause = None if due is None else max(0.0, due - self._clock.monotonic())
        try:
            async with asyncio.timeout(pause):  # wait_for of Python 3.11 can lose a cancellation
                await self._wake.wait()
        except TimeoutError:
            return
