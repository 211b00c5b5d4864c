"""Starts, releases, stops, answers and accepts jobs."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from medialab_hub.domain import jobs as rules
from medialab_hub.domain.events import Happened
from medialab_hub.domain.jobs import OLDER_BECAUSE, REASON_KEPT, RESET_ACTION, JobState
from medialab_hub.domain.readiness import Candidate, chosen_level, obstacle
from medialab_hub.services import allocations, endings, photos
from medialab_hub.services.candidates import gather
from medialab_hub.services.refusals import job_is_open, job_is_over, not_possible, not_understood
from medialab_hub.services.subjects import changed, job_changed, require_device, require_job
from medialab_hub.storage import jobs as rows
from medialab_hub.storage.tables import Connection, Device, Job, JobAnswer
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.base import Scalar
from medialab_wire.progress import ExecutionStatus, Outcome, StepState
from medialab_wire.texts import Text

QUEUED_FOR = timedelta(hours=24)
"""A job whose device does not turn up for that long expires."""
SHORTEST_DEADLINE_S = 900.0
DEADLINE_FACTOR = 5
"""A run may take that many times its typical duration, and at least the shortest deadline."""


@dataclass(frozen=True)
class Wish:
    """What is wanted of one device. `grace_s`: seconds in which stopping costs nothing, for nothing was begun.

    `older_because`: why a reset may write an older firmware; the agent is told that there is a reason, not which."""

    device: str
    action: str
    level: str | None = None
    params: dict[str, Scalar] = field(default_factory=dict)
    grace_s: float = 0
    batch: str | None = None
    older_because: str = ""


def start(uow: UnitOfWork, wish: Wish, actor: str) -> str:
    """Record a job; its agent gets it after the grace time. Returns its id. Raises `Conflict` with the obstacle."""
    device = require_device(uow, wish.device)
    (candidate,) = gather(uow, [device])
    return start_checked(uow, device, candidate, wish, actor)


def start_checked(uow: UnitOfWork, device: Device, candidate: Candidate, wish: Wish, actor: str) -> str:
    """Like `start`, for one of many whose facts were gathered together."""
    if candidate.open_job is not None:
        raise job_is_open(candidate.open_job)
    found = obstacle(candidate, wish.action, wish.level)
    if found is not None:
        raise not_possible(found.code, found.reason, device.id)
    job = _make(uow, device, candidate, wish, actor)
    if job.action == RESET_ACTION:
        allocations.take_for_reset(uow, device, job)
    uow.session.add(job)
    uow.session.flush()
    job_changed(uow, job, Happened.JOB_REQUESTED, actor, device=device.id, action=job.action, level=job.level)
    return job.id


def _make(uow: UnitOfWork, device: Device, candidate: Candidate, wish: Wish, actor: str) -> Job:
    assert candidate.manifest is not None and device.owner_id is not None
    owner = uow.session.get(Connection, device.owner_id)
    assert owner is not None
    level = chosen_level(candidate.manifest, wish.level) if wish.action == RESET_ACTION else None
    return Job(
        id=uow.new_id("job"),
        batch_id=wish.batch,
        device_id=device.id,
        connection_id=owner.id,
        agent_id=owner.agent_id,
        dev=owner.dev,
        action=wish.action,
        level=None if level is None else level.id,
        params={**wish.params, **({OLDER_BECAUSE: REASON_KEPT} if wish.older_because else {})},
        baseline_id=device.baseline_id,
        requested_by=actor,
        older_because=wish.older_because,
        created_at=uow.now,
        starts_at=uow.now + timedelta(seconds=wish.grace_s),
        queued_until=uow.now + QUEUED_FOR,
        released=wish.grace_s <= 0,
        deadline_s=max(SHORTEST_DEADLINE_S, DEADLINE_FACTOR * float(level.typical_s if level else 0)),
    )


def state_of(job: Job) -> JobState:
    """The row as the rules see it."""
    return JobState(ExecutionStatus(job.status), job.ver, job.released, job.cancel_wanted, job.agent_done)


def put_state(job: Job, state: JobState) -> None:
    """Write back what the rules decided."""
    job.status, job.ver = state.status.value, state.ver
    job.released, job.cancel_wanted, job.agent_done = state.is_released, state.is_cancel_wanted, state.is_agent_done


def release(uow: UnitOfWork, ids: Iterable[str]) -> None:
    """The grace time of these jobs is over."""
    for job in rows.many(uow.session, ids):
        state = rules.release(before := state_of(job))
        if state != before:
            put_state(job, state)
            job_changed(uow, job, Happened.JOB_RELEASED)


def cancel(uow: UnitOfWork, job_id: str, actor: str) -> None:
    """Stop a job: at once within the grace time, else as soon as its agent has. Raises `Conflict` when it is over."""
    job = require_job(uow, job_id)
    before = state_of(job)
    if before.status.is_terminal:
        raise job_is_over(job.id)
    put_state(job, rules.cancel(before))
    job_changed(uow, job, Happened.JOB_CANCEL_WANTED, actor)
    if ExecutionStatus(job.status).is_terminal:
        endings.end(uow, job)


def answer(uow: UnitOfWork, job_id: str, reply: "Reply", actor: str) -> None:
    """A person did, or could not do, what a step asked for. Raises `Conflict` when no such step waits, or the photo
    named is not there."""
    job = require_job(uow, job_id)
    if ExecutionStatus(job.status).is_terminal:
        raise job_is_over(job.id)
    waiting = {step["id"] for step in job.steps if step["state"] == StepState.WAITING_PERSON}
    if reply.step not in waiting:
        text = Text(de="Dieser Schritt wartet nicht auf jemanden.", en="This step does not wait for anybody.")
        raise not_possible("step-does-not-wait", text, reply.step)
    given = JobAnswer(
        id=uow.new_id("ans"),
        job_id=job.id,
        step=reply.step,
        done=reply.done,
        note=reply.note,
        actor=actor,
        answered_at=uow.now,
    )
    uow.session.add(given)
    uow.session.flush()
    photos.attach(uow, given, reply.photo)
    job_changed(uow, job, Happened.JOB_ANSWERED, actor, step=reply.step, done=reply.done)


@dataclass(frozen=True)
class Reply:
    """Answer to a waiting step. `photo`: the one sent before that belongs to it."""

    step: str
    done: bool
    note: str = ""
    photo: str | None = None


def accept(uow: UnitOfWork, job_id: str, reason: str, actor: str) -> None:
    """Named staff take responsibility for a reset that ran to its end and could not be verified. It never becomes
    clean. Raises `Conflict`, `HubError`."""
    job = require_job(uow, job_id)
    device = require_device(uow, job.device_id)
    if job.outcome != Outcome.UNVERIFIED or job.accepted_by:
        raise not_understood(
            "nothing-to-accept", Text(de="Hier gibt es nichts zu bestätigen.", en="There is nothing to accept here.")
        )
    if job.status != ExecutionStatus.SUCCEEDED:
        text = Text(
            de="Das Zurücksetzen ist nicht bis zum Ende gelaufen. Bitte noch einmal zurücksetzen.",
            en="The reset did not run to its end. Please reset again.",
        )
        raise not_possible("not-finished", text, job.id)
    if device.proven_job != job.id:
        text = Text(de="Seitdem gab es einen neueren Auftrag.", en="There has been a newer job since.")
        raise not_possible("not-the-latest", text, job.id)
    job.accepted_by, job.accepted_reason, job.accepted_at = actor, reason, uow.now
    device.proven_accepted = True
    allocations.end_quarantine(uow, device.id, actor)
    allocations.end_waiting(uow, device.id)
    endings.seal(uow, job)  # hangs on the line before the one that names it
    job_changed(uow, job, Happened.JOB_ACCEPTED, actor, record=job.record_hash)
    changed(uow, device, Happened.JOB_ACCEPTED, actor, job=job.id)


def run_out(uow: UnitOfWork, ids: Iterable[str]) -> None:
    """The time of these jobs is over: they expire, or time out."""
    for job in rows.many(uow.session, ids):
        state = rules.run_out(before := state_of(job))
        if state != before:
            put_state(job, state)
            endings.end(uow, job)
