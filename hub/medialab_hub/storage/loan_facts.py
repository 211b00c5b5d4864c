"""Finds facts about loans, in plain rows: a report is made of fifty thousand."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import String, cast
from sqlalchemy import select as columns
from sqlmodel import Session, col, delete, select

from medialab_hub.domain.allocation import AllocationKind, AllocationStatus
from medialab_hub.domain.jobs import RESET_ACTION
from medialab_hub.domain.loan_facts import Loan
from medialab_hub.storage.tables import Allocation, DamageCase, Job, LoanFact


def remove_of(session: Session, allocation: str) -> None:
    """That was not back after all."""
    session.exec(delete(LoanFact).where(col(LoanFact.allocation_id) == allocation))


def latest_of(session: Session, device: str) -> LoanFact | None:
    """The loan from which a device came back last."""
    query = select(LoanFact).where(LoanFact.device_id == device)
    return session.exec(query.order_by(col(LoanFact.returned_at).desc(), col(LoanFact.id)).limit(1)).first()


def resets_since(session: Session, device: str, since: datetime) -> Sequence[Job]:
    """Resets of a device that were asked for since then."""
    query = select(Job).where(Job.device_id == device, Job.action == RESET_ACTION, col(Job.created_at) >= since)
    return session.exec(query).all()


def was_set_aside(session: Session, device: str, moment: datetime) -> bool:
    """True when the last wait for a proof before that moment was called off: the device went out without one."""
    query = select(Allocation.status).where(
        Allocation.device_id == device,
        Allocation.kind == AllocationKind.RESET.value,
        col(Allocation.job_id).is_(None),
        col(Allocation.starts_at) <= moment,
    )
    last = session.exec(query.order_by(col(Allocation.starts_at).desc()).limit(1)).first()
    return last == AllocationStatus.CANCELED.value


def between(session: Session, start: datetime, end: datetime) -> list[Loan]:
    """Every loan that touches the half-open time, in any order."""
    query = columns(
        col(LoanFact.booking_id),
        col(LoanFact.device_id),
        col(LoanFact.model_id),
        col(LoanFact.institution_kind),
        col(LoanFact.school_form),
        col(LoanFact.municipality),
        col(LoanFact.municipality_key),
        cast(col(LoanFact.areas), String),
        col(LoanFact.group_size),
        col(LoanFact.lent_at),
        col(LoanFact.returned_at),
        col(LoanFact.is_on_time),
        col(LoanFact.was_unverified),
        col(LoanFact.reset_min),
    ).where(col(LoanFact.lent_at) < end, col(LoanFact.returned_at) >= start)
    areas_of, damaged = cache(_areas), _damaged(session)
    rows: Iterable[Any] = session.connection().execute(query)
    return [Loan._make([*row[:7], areas_of(row[7]), *row[8:], (row[0], row[1]) in damaged]) for row in rows]


def _areas(document: str) -> tuple[str, ...]:
    """Few different ones stand in many rows: each is read once."""
    return tuple(json.loads(document))


def _damaged(session: Session) -> set[tuple[str, str]]:
    """Booking and device of every case."""
    query = columns(col(DamageCase.booking_id), col(DamageCase.device_id)).where(
        col(DamageCase.booking_id).is_not(None)
    )
    rows = session.connection().execute(query)
    return {(booking, device) for booking, device in rows if booking is not None}
