"""Finds bookings somebody may have to be written about, and keeps what is to be sent."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete as sa_delete
from sqlalchemy import exists, func, or_
from sqlalchemy import select as columns
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col, select

from medialab_hub.domain.allocation import AllocationStatus
from medialab_hub.domain.mails import MailState
from medialab_hub.storage.chunks import IDS, fetch
from medialab_hub.storage.tables import Allocation, Booking, BookingLine, Mail, Person

_OF_BOOKINGS = select(Mail).where(col(Mail.booking_id).in_(IDS))
_LINE_OF_BOOKING = col(BookingLine.booking_id) == col(Booking.id)
_UNIT_OF_LINE = col(Allocation.line_id) == col(BookingLine.id)
_IS_OUT = exists().where(_LINE_OF_BOOKING, _UNIT_OF_LINE, col(Allocation.status) == AllocationStatus.OUT.value)
_BROKEN = (
    columns(func.count())
    .select_from(Allocation)
    .join(BookingLine, _UNIT_OF_LINE)
    .where(_LINE_OF_BOOKING, col(Allocation.status) == AllocationStatus.BROKEN.value)
    .correlate(Booking)
    .scalar_subquery()
)
_WAS_TOLD = exists().where(col(Mail.booking_id) == col(Booking.id), col(Mail.state) == MailState.SENT.value)
Candidate = tuple[Booking, bool, int, bool]
"""A booking, whether something of it is out, units without a device, and whether a mail about it was sent."""


def candidates(session: Session, now: datetime) -> Sequence[Candidate]:
    """Bookings with an address, that are not over or of which something is out."""
    out = (
        columns(col(BookingLine.booking_id))
        .join(Allocation, _UNIT_OF_LINE)
        .where(col(Allocation.status) == AllocationStatus.OUT.value)
    )
    query = _standing().where(or_(col(Booking.ends_at) > now, col(Booking.id).in_(out)))
    return [_plain(row) for row in session.execute(query)]


def candidate(session: Session, booking_id: str) -> Candidate | None:
    """The same of one booking; None without an address."""
    row = session.execute(_standing().where(col(Booking.id) == booking_id)).first()
    return None if row is None else _plain(row)


def _standing() -> Any:
    query = columns(Booking, _IS_OUT, _BROKEN, _WAS_TOLD).join(Person, col(Person.id) == col(Booking.person_id))
    return query.where(col(Person.email) != "")


def _plain(row: Any) -> Candidate:
    booking, is_out, broken, was_told = row
    return booking, bool(is_out), int(broken), bool(was_told)


def known(session: Session, bookings: Iterable[str]) -> set[tuple[str, str, str]]:
    """Booking, occasion and what it is about of every mail there is for these."""
    return {(row.booking_id, row.occasion, row.about) for row in fetch(session, _OF_BOOKINGS, bookings)}


def add(session: Session, rows: Sequence[dict[str, Any]]) -> int:
    """Keep these; one that another hub was faster with is left out. Returns how many are new."""
    if not rows:
        return 0
    connection, table = session.connection(), SQLModel.metadata.tables["mail"]
    insert: Any = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(table)
    return len(connection.execute(insert.values(list(rows)).on_conflict_do_nothing().returning(table.c.id)).all())


def get(session: Session, mail_id: str) -> Mail | None:
    """The mail of that id."""
    return session.get(Mail, mail_id)


def due(session: Session, now: datetime, most: int) -> Sequence[Mail]:
    """What is to be tried now, the longest waiting first; what another hub is taking is left out."""
    query = select(Mail).where(Mail.state == MailState.WAITING.value, col(Mail.next_at) <= now)
    ordered = query.order_by(col(Mail.next_at), col(Mail.id)).limit(most)
    return session.exec(ordered.with_for_update(skip_locked=True)).all()


def next_due(session: Session) -> datetime | None:
    """When something has to be tried next."""
    query = select(Mail.next_at).where(Mail.state == MailState.WAITING.value).order_by(col(Mail.next_at))
    return session.exec(query.limit(1)).first()


def in_trouble(session: Session, most: int) -> Sequence[Mail]:
    """What did not get through, or not yet, the latest first."""
    is_stuck = or_(col(Mail.state) == MailState.FAILED.value, _is_waiting_in_vain())
    return session.exec(
        select(Mail).where(is_stuck).order_by(col(Mail.wanted_at).desc(), col(Mail.id)).limit(most)
    ).all()


def _is_waiting_in_vain() -> Any:
    return (col(Mail.state) == MailState.WAITING.value) & (col(Mail.trouble) != "")


def of_booking(session: Session, booking_id: str) -> Sequence[Mail]:
    """All about a booking, the latest first."""
    query = select(Mail).where(Mail.booking_id == booking_id)
    return session.exec(query.order_by(col(Mail.wanted_at).desc(), col(Mail.id))).all()


def remove(session: Session, mail_id: str) -> None:
    """It is not sent, and may be called for again."""
    session.execute(sa_delete(Mail).where(col(Mail.id) == mail_id))
