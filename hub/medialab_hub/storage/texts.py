"""Blanks what people typed about devices and jobs: reasons and notes, each kept in the row of its noun only."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, update
from sqlalchemy.sql.dml import ReturningUpdate
from sqlmodel import Session, col, or_, select

from medialab_hub.storage.tables import Allocation, Device, Job, JobAnswer


@dataclass(frozen=True)
class Blanked:
    """How many texts there were, and whom they were about."""

    texts: int
    devices: set[str]
    jobs: set[str]


def blank(session: Session, subject: str) -> Blanked:
    """Empty the texts of a device (with what was merged into it), a job or an allocation, or those a person wrote."""
    subjects = _with_shells(session, subject)
    jobs = [key for (key,) in _run(session, _accepted(subjects))]
    noted = [key for (key,) in _run(session, _notes(subjects))]
    devices = [key for (key,) in (*_run(session, _reserved(subjects)), *_run(session, _retired(subjects)))]
    return Blanked(len(jobs) + len(noted) + len(devices), {*devices}, {*jobs, *noted})


def _with_shells(session: Session, subject: str) -> list[str]:
    """Merging leaves jobs and allocations with the shell of what was merged away, which may have taken others in."""
    found = fresh = [subject]
    while fresh:
        fresh = list(session.exec(select(Device.id).where(col(Device.merged_into).in_(fresh))))
        found = found + fresh
    return found


def _run(session: Session, statement: ReturningUpdate[Any]) -> list[Row[Any]]:
    return list(session.exec(statement).all())


def _accepted(subjects: Collection[str]) -> ReturningUpdate[Any]:
    is_meant = _is(subjects, Job.id, Job.device_id, Job.accepted_by)
    return update(Job).where(col(Job.accepted_reason) != "", is_meant).values(accepted_reason="").returning(col(Job.id))


def _notes(subjects: Collection[str]) -> ReturningUpdate[Any]:
    of_device = col(JobAnswer.job_id).in_(select(Job.id).where(col(Job.device_id).in_(subjects)))
    is_meant = or_(_is(subjects, JobAnswer.job_id, JobAnswer.actor), of_device)
    return update(JobAnswer).where(col(JobAnswer.note) != "", is_meant).values(note="").returning(col(JobAnswer.job_id))


def _reserved(subjects: Collection[str]) -> ReturningUpdate[Any]:
    is_meant = _is(subjects, Allocation.id, Allocation.device_id, Allocation.job_id, Allocation.actor)
    blanked = update(Allocation).where(col(Allocation.reason) != "", is_meant).values(reason="")
    return blanked.returning(col(Allocation.device_id))


def _retired(subjects: Collection[str]) -> ReturningUpdate[Any]:
    is_meant = _is(subjects, Device.id, Device.retired_by)
    blanked = update(Device).where(col(Device.retire_reason) != "", is_meant).values(retire_reason="")
    return blanked.returning(col(Device.id))


def _is(subjects: Collection[str], *columns: str | None) -> ColumnElement[bool]:
    return or_(*(col(column).in_(subjects) for column in columns))
