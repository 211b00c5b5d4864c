"""Blanks what people typed about devices and jobs: reasons and notes, each kept in the row of its noun only."""

from sqlalchemy import ColumnElement, Update, update
from sqlmodel import Session, col, or_, select

from medialab_hub.storage.tables import Allocation, Device, Job, JobAnswer


def blank(session: Session, subject: str) -> int:
    """Empty the texts of a device, a job or an allocation, or those a person wrote; returns how many there were."""
    return sum(session.connection().execute(statement).rowcount for statement in _statements(subject))


def _statements(subject: str) -> tuple[Update, ...]:
    jobs_of_device = select(Job.id).where(Job.device_id == subject)
    return (
        update(Job)
        .where(col(Job.accepted_reason) != "", _is(subject, Job.id, Job.device_id, Job.accepted_by))
        .values(accepted_reason=""),
        update(JobAnswer)
        .where(col(JobAnswer.note) != "")
        .where(or_(_is(subject, JobAnswer.job_id, JobAnswer.actor), col(JobAnswer.job_id).in_(jobs_of_device)))
        .values(note=""),
        update(Allocation)
        .where(col(Allocation.reason) != "")
        .where(_is(subject, Allocation.id, Allocation.device_id, Allocation.job_id, Allocation.actor))
        .values(reason=""),
        update(Device).where(col(Device.retire_reason) != "", _is(subject, Device.id)).values(retire_reason=""),
    )


def _is(subject: str, *columns: str | None) -> ColumnElement[bool]:
    return or_(*(col(column) == subject for column in columns))
