"""Takes what agents report about executions, and says what work each agent has."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from medialab_hub.domain import jobs as rules
from medialab_hub.domain.events import Happened
from medialab_hub.services import endings
from medialab_hub.services.jobs import put_state, state_of
from medialab_hub.services.subjects import job_changed
from medialab_hub.storage import devices, jobs
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Job
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.commands import Answer, Execution, NextWork
from medialab_wire.progress import ExecutionReport

MOST_STEPS = 100
MOST_CHECKS = 200
"""More than any honest run has; the rest is cut."""


class ForeignExecution(Exception):
    """The agent reports about a job that is unknown or not its own."""


def take_execution_report(uow: UnitOfWork, agent: str, report: ExecutionReport) -> bool:
    """Store one report. False: it says nothing new. Raises `ForeignExecution`."""
    job = jobs.get(uow.session, report.exec)
    if job is None or job.agent_id != agent:
        raise ForeignExecution(report.exec)
    before = state_of(job)
    state = rules.take_report(before, report.ver, report.status)
    if state is None:
        return False
    put_state(job, state)
    if before.status.is_terminal:
        uow.touch_agent(agent)
        return True
    _copy(uow, job, report)
    if state.status.is_terminal:
        endings.end(uow, job, report.outcome, report.snapshot)
    else:
        job_changed(uow, job, Happened.JOB_REPORTED, status=job.status)
    return True


def _copy(uow: UnitOfWork, job: Job, report: ExecutionReport) -> None:
    job.steps = [step.model_dump(mode="json") for step in report.steps[:MOST_STEPS]]
    job.checks = [check.model_dump(mode="json") for check in report.checks[:MOST_CHECKS]]
    job.trouble = None if report.trouble is None else report.trouble.model_dump(mode="json")
    if job.started_at is None and report.steps:
        job.started_at = uow.now


@dataclass
class Work:
    """What one agent has to do, without epoch, version and acknowledgements, which belong to the publication."""

    executions: list[Execution] = field(default_factory=list)
    cancel: list[str] = field(default_factory=list)
    answers: dict[str, tuple[Answer, ...]] = field(default_factory=dict)

    def as_next(self, epoch: str, version: int, acked: Mapping[str, int]) -> NextWork:
        """The wire message."""
        return NextWork(
            epoch=epoch,
            version=version,
            executions=tuple(self.executions),
            cancel=tuple(self.cancel),
            answers=self.answers,
            acked=dict(acked),
        )


def next_work(session: Session, agent: str) -> Work:
    """All unfinished executions of an agent, what it must stop, and people's answers."""
    rows = jobs.for_agent(session, agent)
    wanted = [job for job in rows if rules.is_wanted(state_of(job))]
    work = Work(
        [_execution(session, job) for job in wanted], [job.id for job in rows if rules.is_called_off(state_of(job))]
    )
    for row in jobs.answers_to(session, [job.id for job in wanted]):
        given = Answer(step=row.step, done=row.done, by=row.actor, note=row.note)
        work.answers[row.job_id] = (*work.answers.get(row.job_id, ()), given)
    return work


def _execution(session: Session, job: Job) -> Execution:
    baseline = devices.baseline(session, job.baseline_id)
    return Execution(
        exec=job.id,
        job=job.id,
        dev=job.dev or "",
        action=job.action,
        level=job.level,
        params=job.params,
        baseline=None if baseline is None else baseline.snapshot,
        deadline_s=job.deadline_s,
        created=job.created_at,
    )
