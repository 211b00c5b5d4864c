"""Builds, inside the transaction, what the outside world hears after the commit."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from medialab_hub.clock import Clock
from medialab_hub.services.device_rows import device_rows
from medialab_hub.services.job_rows import batch_views, job_detail, job_rows
from medialab_hub.services.views import agent_view, issue_view
from medialab_hub.storage import agents, issues, jobs
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Job
from medialab_hub.storage.unit_of_work import Touched
from medialab_wire.progress import ExecutionStatus

Row = dict[str, Any]


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


@dataclass(frozen=True)
class Changes:
    """The news of one commit. `gone` are devices that were merged away, `gone_issues` issues that are over.

    `reported`: devices whose volatile values are new, too. `work`: agents whose work or configuration changed.
    `connections`: what was remembered of them no longer holds."""

    seq: int
    devices: list[Row] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    jobs: list[Row] = field(default_factory=list)
    job_details: list[Row] = field(default_factory=list)
    timers: list[JobTimer] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    batches: list[Row] = field(default_factory=list)
    agents: list[Row] = field(default_factory=list)
    issues: list[Row] = field(default_factory=list)
    gone_issues: list[str] = field(default_factory=list)
    connections: list[str] = field(default_factory=list)
    work: list[str] = field(default_factory=list)
    reported: list[str] = field(default_factory=list)
    places: bool = False


class Projection:
    """The writer's `project`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(self, session: Session, touched: Touched, seq: int) -> Changes:
        """The news of what was touched, with the fleet sequence as it is then."""
        rows = device_rows(session, touched.devices, self._clock.now(), touched.at_hand)
        found = jobs.many(session, touched.jobs)
        open_jobs = [job for job in found if not ExecutionStatus(job.status).is_terminal]
        open_issues = issues.many(session, touched.issues)
        return Changes(
            seq=seq,
            devices=rows,
            gone=_missing(touched.devices, rows),
            jobs=job_rows(session, found),
            job_details=[job_detail(session, job) for job in found],
            timers=self.timers(open_jobs),
            ended=[job.id for job in found if ExecutionStatus(job.status).is_terminal],
            batches=[{**view, "seq": seq} for view in batch_views(session, touched.batches)],
            agents=[agent_view(session, agent) for key in touched.agents if (agent := agents.get(session, key))],
            issues=[issue_view(issue) for issue in open_issues],
            gone_issues=sorted(touched.issues.keys() - {issue.id for issue in open_issues}),
            connections=list(touched.connections),
            work=list(touched.work),
            reported=list(touched.reported),
            places=bool(touched.places),
        )

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
