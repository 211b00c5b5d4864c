"""Builds, inside the transaction, what the outside world hears after the commit."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from medialab_hub.clock import Clock
from medialab_hub.services.device_rows import device_rows
from medialab_hub.services.job_rows import JOBS
from medialab_hub.services.nouns import NOUNS
from medialab_hub.storage import jobs
from medialab_hub.storage.noun import Noun, Row
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Job
from medialab_hub.storage.unit_of_work import Touched
from medialab_wire.progress import ExecutionStatus


@dataclass(frozen=True)
class JobTimer:
    """What limits an open job, in seconds from now; `status` and `ver` tell when it moved."""

    id: str
    status: ExecutionStatus
    ver: int
    is_released: bool
    grace_s: float
    queued_s: float
    deadline_s: float


class News(NamedTuple):
    """One thing that changed: its stream event, its id, and its row; None when it is not there any more."""

    event: str
    id: str
    row: Row | None


@dataclass(frozen=True)
class Changes:
    """The news of one commit, in the order they are told. `gone` are devices that were merged away.

    `reported`: devices whose volatile values are new, too. `worked_on`: devices whose job changed.
    `work`: agents whose work or configuration changed. `connections`: what was remembered of them no longer holds."""

    seq: int
    devices: list[Row] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    news: list[News] = field(default_factory=list)
    timers: list[JobTimer] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    connections: list[str] = field(default_factory=list)
    work: list[str] = field(default_factory=list)
    reported: list[str] = field(default_factory=list)
    worked_on: list[str] = field(default_factory=list)


class Projection:
    """The writer's `project`."""

    def __init__(self, clock: Clock, nouns: Sequence[Noun] = NOUNS) -> None:
        self._clock = clock
        self._rank = {noun: rank for rank, noun in enumerate(nouns)}

    def __call__(self, session: Session, touched: Touched, seq: int) -> Changes:
        """The news of what was touched, with the fleet sequence as it is then."""
        rows = device_rows(session, touched.devices, self._clock.now(), touched.at_hand)
        found = jobs.many(session, touched.of(JOBS))
        open_jobs = [job for job in found if not ExecutionStatus(job.status).is_terminal]
        return Changes(
            seq=seq,
            devices=rows,
            gone=_missing(touched.devices, rows),
            news=list(self._news(session, touched, seq)),
            timers=self.timers(open_jobs),
            ended=[job.id for job in found if ExecutionStatus(job.status).is_terminal],
            connections=list(touched.connections),
            work=list(touched.work),
            reported=list(touched.reported),
            worked_on=[job.device_id for job in found],
        )

    def _news(self, session: Session, touched: Touched, seq: int) -> Iterator[News]:
        for noun in sorted({noun for noun, _ in touched.things}, key=self._rank.__getitem__):
            ids = touched.of(noun)
            rows = noun.rows(session, ids, seq)
            yield from (News(noun.name, key, row) for key, row in rows.items())
            yield from (News(noun.name, key, None) for key in sorted(ids) if key not in rows)
            details = noun.details(session, rows) if noun.details is not None else {}
            yield from (News(f"{noun.name}_detail", key, row) for key, row in details.items())

    def timers(self, open_jobs: Iterable[Job]) -> list[JobTimer]:
        """What limits these jobs from now on."""
        now = self._clock.now()
        return [
            JobTimer(
                id=job.id,
                status=ExecutionStatus(job.status),
                ver=job.ver,
                is_released=job.released,
                grace_s=(job.starts_at - now).total_seconds(),
                queued_s=0.0 if job.queued_until is None else (job.queued_until - now).total_seconds(),
                deadline_s=job.deadline_s,
            )
            for job in open_jobs
        ]


def _missing(wanted: Iterable[str], rows: list[Row]) -> list[str]:
    there = {row["id"] for row in rows}
    return [key for key in wanted if key not in there]
