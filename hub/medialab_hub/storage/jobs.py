"""Finds jobs, batches and answers."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy import select as sa_select
from sqlmodel import Session, and_, col, func, or_, select

from medialab_hub.domain.jobs import RESET_ACTION, JobState
from medialab_hub.storage.chunks import IDS, fetch
from medialab_hub.storage.tables import Batch, Job, JobAnswer
from medialab_wire.progress import ExecutionStatus

OPEN = tuple(status.value for status in ExecutionStatus if not status.is_terminal)

_BY_ID = select(Job).where(col(Job.id).in_(IDS))
_OPEN_OF = select(Job).where(col(Job.device_id).in_(IDS), col(Job.status).in_(OPEN))
_ANSWERS_TO = select(JobAnswer).where(col(JobAnswer.job_id).in_(IDS)).order_by(col(JobAnswer.answered_at), JobAnswer.id)


def get(session: Session, job_id: str) -> Job | None:
    """The job of that id."""
    return session.get(Job, job_id)


def many(session: Session, ids: Iterable[str]) -> list[Job]:
    """The jobs of these ids; unknown ones are left out."""
    return fetch(session, _BY_ID, ids)


def open_of(session: Session, devices: Iterable[str]) -> list[Job]:
    """The open jobs of these devices, at most one each."""
    return fetch(session, _OPEN_OF, devices)


def all_open(session: Session) -> Sequence[Job]:
    """Every open job, oldest first."""
    return session.exec(select(Job).where(col(Job.status).in_(OPEN)).order_by(col(Job.created_at), Job.id)).all()


def for_agent(session: Session, agent: str) -> Sequence[Job]:
    """What an agent has to know of: open jobs, and jobs the hub ended and the agent has not."""
    return session.exec(select(Job).where(*_concerns(agent)).order_by(col(Job.created_at), Job.id)).all()


def states_for_agent(session: Session, agent: str) -> list[tuple[str, JobState]]:
    """The same, only ids and states; cheap enough to be asked at every change."""
    query = (
        sa_select(
            col(Job.id), col(Job.status), col(Job.ver), col(Job.released), col(Job.cancel_wanted), col(Job.agent_done)
        )
        .where(*_concerns(agent))
        .order_by(col(Job.created_at), Job.id)
    )
    rows = session.connection().execute(query)
    return [
        (key, JobState(ExecutionStatus(status), ver, released, wanted, done))
        for key, status, ver, released, wanted, done in rows
    ]


def _concerns(agent: str) -> tuple[ColumnElement[bool], ...]:
    unfinished_there = and_(col(Job.agent_done).is_(False), col(Job.ver) > 0)
    return (
        col(Job.agent_id) == agent,
        col(Job.released).is_(True),
        or_(col(Job.status).in_(OPEN), unfinished_there),
    )


def answers_to(session: Session, jobs: Iterable[str]) -> list[JobAnswer]:
    """People's answers, oldest first within each part."""
    return fetch(session, _ANSWERS_TO, jobs)


def page(
    session: Session,
    *,
    device: str | None = None,
    batch: str | None = None,
    is_open: bool | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> Sequence[Job]:
    """Newest first; `after` is (created, id) of the last one seen."""
    query = select(Job)
    if device is not None:
        query = query.where(Job.device_id == device)
    if batch is not None:
        query = query.where(Job.batch_id == batch)
    if is_open is not None:
        query = query.where(col(Job.status).in_(OPEN) if is_open else col(Job.status).not_in(OPEN))
    if after is not None:
        created, job_id = after
        query = query.where(or_(col(Job.created_at) < created, and_(Job.created_at == created, col(Job.id) < job_id)))
    return session.exec(query.order_by(col(Job.created_at).desc(), col(Job.id).desc()).limit(limit)).all()


def batch(session: Session, batch_id: str) -> Batch | None:
    """The batch of that id."""
    return session.get(Batch, batch_id)


def of_batch(session: Session, batch_id: str) -> Sequence[Job]:
    """All jobs of a batch, in the order they were made."""
    return session.exec(select(Job).where(Job.batch_id == batch_id).order_by(col(Job.created_at), Job.id)).all()


def batch_counts(session: Session, batch_id: str) -> list[tuple[str, str | None, str, int]]:
    """(status, outcome, accepted by, how many) of a batch."""
    query = (
        select(Job.status, Job.outcome, Job.accepted_by, func.count())
        .where(Job.batch_id == batch_id)
        .group_by(col(Job.status), col(Job.outcome), col(Job.accepted_by))
    )
    return [(status, outcome, accepted, count) for status, outcome, accepted, count in session.exec(query)]


def batch_job_ids(session: Session, batch_id: str) -> list[str]:
    """Ids of a batch's jobs, in the order they were made."""
    query = select(Job.id).where(Job.batch_id == batch_id).order_by(col(Job.created_at), Job.id)
    return list(session.exec(query))


def sealed(session: Session) -> Sequence[Job]:
    """Every job that has a record."""
    return session.exec(select(Job).where(Job.record_hash != "").order_by(col(Job.created_at), Job.id)).all()


def has_reset_since(session: Session, device: str, since: datetime) -> bool:
    """True when a reset of the device was asked for since then."""
    query = select(Job.id).where(Job.device_id == device, Job.action == RESET_ACTION, col(Job.created_at) >= since)
    return session.exec(query.limit(1)).first() is not None
