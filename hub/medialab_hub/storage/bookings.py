"""Finds bookings, their lines, and what keeps them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from medialab_hub.domain.allocation import AllocationStatus
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


def between(session: Session, start: datetime, end: datetime, most: int) -> Sequence[Booking]:
    """Bookings that touch the half-open time, the earliest first."""
    query = select(Booking).where(col(Booking.starts_at) < end, col(Booking.ends_at) > start)
    return session.exec(query.order_by(col(Booking.starts_at), col(Booking.id)).limit(most)).all()
