"""Takes what agents report about executions."""

from medialab_hub.domain import jobs as rules
from medialab_hub.domain.events import Happened
from medialab_hub.services import endings
from medialab_hub.services.jobs import put_state, state_of
from medialab_hub.services.subjects import job_changed
from medialab_hub.storage import jobs
from medialab_hub.storage.tables import Job
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.progress import ExecutionReport, Outcome

MOST_STEPS = 100
MOST_CHECKS = 200
"""More than any honest run has; the rest is cut."""


class ForeignExecution(Exception):
    """The agent reports about a job that is unknown, not its own, or about another device than the job is for."""


def take_execution_report(uow: UnitOfWork, agent: str, report: ExecutionReport) -> str | None:
    """Store one report; returns the device, or None when it says nothing new. Raises `ForeignExecution`."""
    job = jobs.get(uow.session, report.exec)
    if job is None or (job.agent_id, job.dev) != (agent, report.dev):
        raise ForeignExecution(report.exec)
    before = state_of(job)
    state = rules.take_report(before, report.ver, report.status)
    if state is None:
        return None
    put_state(job, state)
    if before.status.is_terminal:
        uow.touch_work(agent)
        return None
    _copy(uow, job, report)
    if state.status.is_terminal:
        endings.end(uow, job, _claimed(report), report.snapshot)
    else:
        job_changed(uow, job, Happened.JOB_REPORTED, status=job.status)
    return job.device_id


def _claimed(report: ExecutionReport) -> Outcome | None:
    """What the agent says it proved; nothing is proven by a report of which a part was cut off."""
    is_cut = len(report.steps) > MOST_STEPS or len(report.checks) > MOST_CHECKS
    return None if is_cut and report.outcome is Outcome.CLEAN else report.outcome


def _copy(uow: UnitOfWork, job: Job, report: ExecutionReport) -> None:
    job.steps = [step.model_dump(mode="json") for step in report.steps[:MOST_STEPS]]
    job.checks = [check.model_dump(mode="json") for check in report.checks[:MOST_CHECKS]]
    job.trouble = None if report.trouble is None else report.trouble.model_dump(mode="json")
    if job.started_at is None and report.steps:
        job.started_at = uow.now
