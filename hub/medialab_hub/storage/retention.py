"""Finds which loans no longer need to know whose they were, and who was not seen for long."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete as sa_delete
from sqlalchemy import exists
from sqlalchemy import update as sa_update
from sqlmodel import Session, and_, col, func, or_, select, update

from medialab_hub.domain.allocation import AllocationStatus
from medialab_hub.domain.waitlist import WaitState
from medialab_hub.storage.columns import UtcDateTime
from medialab_hub.storage.people import is_open
from medialab_hub.storage.references import pointing_at
from medialab_hub.storage.tables import (
    Allocation,
    Booking,
    DamageCase,
    Person,
    ScanMove,
    ScanRow,
    ScanSession,
    WaitlistEntry,
)

_WAITS = tuple(state.value for state in WaitState if state.is_open)


def linked(session: Session, before: datetime, now: datetime, most: int) -> Sequence[Booking]:
    """Bookings that were over before that moment, with nothing open, and still say whose they were."""
    people = (col(one).is_not(None) for one in (Booking.person_id, Booking.receiver_id, Booking.client_key))
    says_who = or_(*people, col(Booking.purpose) != "")
    over = func.coalesce(col(Booking.closed_at), col(Booking.ends_at), type_=UtcDateTime())
    query = select(Booking).where(says_who, over < before, ~is_open(now))
    return session.exec(query.order_by(col(Booking.ends_at), col(Booking.id)).limit(most)).all()


def blank_cases(session: Session, bookings: Sequence[str]) -> Sequence[str]:
    """Empty what was written about settled damages of these bookings; returns the cases."""
    settled = col(DamageCase.booking_id).in_(bookings), col(DamageCase.closed_at).is_not(None)
    blanked = update(DamageCase).where(*settled, col(DamageCase.words) != "").values(words="")
    return [key for (key,) in session.exec(blanked.returning(col(DamageCase.id))).all()]


def scans_before(session: Session, before: datetime, most: int) -> Sequence[str]:
    """Scan sessions of which nothing happened since that moment and nothing is out any more."""
    fresh = exists().where(col(ScanRow.session_id) == ScanSession.id, col(ScanRow.taken_at) >= before)
    out = exists().where(
        col(ScanMove.session_id) == ScanSession.id,
        col(Allocation.id) == ScanMove.allocation_id,
        col(Allocation.status) == AllocationStatus.OUT.value,
    )
    query = select(ScanSession.id).where(col(ScanSession.opened_at) < before, ~fresh, ~out)
    return session.exec(query.order_by(col(ScanSession.opened_at)).limit(most)).all()


def drop_scans(session: Session, ids: Sequence[str]) -> None:
    """Delete these sessions with everything that was scanned in them."""
    for column in pointing_at("scan_session"):
        _let_go(session, column, ids)
    session.execute(sa_delete(ScanSession).where(col(ScanSession.id).in_(ids)))
    session.expire_all()


def _let_go(session: Session, column: Any, ids: Sequence[str]) -> None:
    if column.nullable:
        session.execute(sa_update(column.table).where(column.in_(ids)).values({column.name: None}))
    else:
        session.execute(sa_delete(column.table).where(column.in_(ids)))


def end_waits(session: Session, before: datetime) -> int:
    """Who waited in vain, or was served, for a time before that moment is forgotten; how many entries."""
    waited = col(WaitlistEntry.ends_at) < before, col(WaitlistEntry.state).not_in(_WAITS)
    query = update(WaitlistEntry).where(*waited, col(WaitlistEntry.person_id).is_not(None)).values(person_id=None)
    return int(session.exec(query).rowcount)


def unseen(session: Session, before: datetime, now: datetime, most: int) -> Sequence[str]:
    """People with nothing open, who were neither added nor lent anything since that moment, and are not banned."""
    mine = col(Booking.person_id) == Person.id
    is_busy = exists().where(mine, is_open(now))
    was_here = exists().where(mine, or_(col(Booking.ends_at) >= before, col(Booking.closed_at) >= before))
    waits = exists().where(col(WaitlistEntry.person_id) == Person.id, col(WaitlistEntry.state).in_(_WAITS))
    is_banned = and_(col(Person.blocked_until).is_not(None), col(Person.blocked_until) > now)
    query = select(Person.id).where(col(Person.used_at) < before, ~is_banned, ~is_busy, ~was_here, ~waits)
    return session.exec(query.order_by(col(Person.used_at), col(Person.id)).limit(most)).all()
