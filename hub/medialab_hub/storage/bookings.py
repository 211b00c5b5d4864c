"""Finds bookings, their lines, and what keeps them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, or_, select

from medialab_hub.domain.allocation import AllocationStatus
from medialab_hub.domain.bookings import BookingKind, Decision
from medialab_hub.storage.tables import Allocation, Booking, BookingLine


def get(session: Session, booking_id: str) -> Booking | None:
    """The booking of that id."""
    return session.get(Booking, booking_id)


def by_client_key(session: Session, key: str) -> Booking | None:
    """The booking that was made with this key."""
    return session.exec(select(Booking).where(Booking.client_key == key)).first()


def lines(session: Session, bookings: Iterable[str]) -> Sequence[BookingLine]:
    """The lines of these bookings."""
    query = select(BookingLine).where(col(BookingLine.booking_id).in_(list(bookings)))
    return session.exec(query.order_by(col(BookingLine.id))).all()


def kit_line(session: Session, booking: str, kit: str) -> BookingLine | None:
    """The line of a booking that is about this kit."""
    query = select(BookingLine).where(BookingLine.booking_id == booking, BookingLine.kit_id == kit)
    return session.exec(query.order_by(col(BookingLine.id))).first()


def kept_by(session: Session, bookings: Iterable[str]) -> Sequence[tuple[str, Allocation]]:
    """What was taken for these bookings, with the booking's id; what was called off is left out."""
    query = (
        select(BookingLine.booking_id, Allocation)
        .join(Allocation, col(Allocation.line_id) == BookingLine.id)
        .where(
            col(BookingLine.booking_id).in_(list(bookings)),
            Allocation.status != AllocationStatus.CANCELED.value,
        )
        .order_by(col(Allocation.id))
    )
    return session.exec(query).all()


def of_allocation(session: Session, allocation: Allocation) -> Booking | None:
    """For whom it was taken."""
    line = None if allocation.line_id is None else session.get(BookingLine, allocation.line_id)
    return None if line is None else session.get(Booking, line.booking_id)


def with_something_out(session: Session) -> Sequence[Booking]:
    """Bookings of which something is in other hands, what is due first."""
    out = (
        select(BookingLine.booking_id)
        .join(Allocation, col(Allocation.line_id) == BookingLine.id)
        .where(Allocation.status == AllocationStatus.OUT.value)
    )
    return session.exec(select(Booking).where(col(Booking.id).in_(out)).order_by(col(Booking.ends_at))).all()


def of_series(session: Session, series: str, since: datetime | None = None) -> Sequence[Booking]:
    """The bookings of a series, those from a moment on only if it is given, the earliest first."""
    query = select(Booking).where(Booking.series_id == series)
    if since is not None:
        query = query.where(col(Booking.starts_at) >= since)
    return session.exec(query.order_by(col(Booking.starts_at), col(Booking.id))).all()


def missed(session: Session, now: datetime, begun_before: datetime, most: int) -> Sequence[Booking]:
    """Loans that began so long ago, or are over, and of which nothing was handed out; and requests that are over."""
    handed_out = (
        select(BookingLine.id)
        .join(Allocation, col(Allocation.line_id) == BookingLine.id)
        .where(
            col(BookingLine.booking_id) == Booking.id,
            col(Allocation.status).in_([AllocationStatus.OUT.value, AllocationStatus.DONE.value]),
        )
        .exists()
    )
    is_due = or_(col(Booking.ends_at) <= now, col(Booking.starts_at) <= begun_before)
    is_loan = and_(
        Booking.decision == Decision.CONFIRMED.value, Booking.kind == BookingKind.LOAN.value, is_due, ~handed_out
    )
    is_request = and_(Booking.decision == Decision.REQUESTED.value, col(Booking.ends_at) <= now)
    query = select(Booking).where(or_(is_loan, is_request), col(Booking.closed_at).is_(None))
    return session.exec(query.order_by(col(Booking.starts_at), col(Booking.id)).limit(most)).all()


def half_fetched(session: Session, now: datetime, most: int) -> Sequence[str]:
    """Loans that are over, of which some came back, nothing is out, and some were never fetched."""

    def has(*statuses: AllocationStatus) -> ColumnElement[bool]:
        kept = select(BookingLine.id).join(Allocation, col(Allocation.line_id) == BookingLine.id)
        of_it = col(BookingLine.booking_id) == Booking.id
        return kept.where(of_it, col(Allocation.status).in_([one.value for one in statuses])).exists()

    unfetched = has(AllocationStatus.HELD, AllocationStatus.CONFIRMED, AllocationStatus.BROKEN)
    query = select(Booking.id).where(
        Booking.decision == Decision.CONFIRMED.value, col(Booking.ends_at) <= now, col(Booking.closed_at).is_(None)
    )
    query = query.where(has(AllocationStatus.DONE), unfetched, ~has(AllocationStatus.OUT))
    return session.exec(query.order_by(col(Booking.ends_at), col(Booking.id)).limit(most)).all()


def between(session: Session, start: datetime, end: datetime, most: int) -> Sequence[Booking]:
    """Bookings that touch the half-open time, the earliest first; what is only held is left out."""
    query = select(Booking).where(
        col(Booking.starts_at) < end, col(Booking.ends_at) > start, Booking.decision != Decision.HELD.value
    )
    return session.exec(query.order_by(col(Booking.starts_at), col(Booking.id)).limit(most)).all()
