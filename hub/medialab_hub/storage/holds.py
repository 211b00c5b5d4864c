"""Finds what is held for somebody who has not decided yet, and removes it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam
from sqlalchemy import select as columns
from sqlmodel import Session, col, delete, select

from medialab_hub.domain.bookings import Decision
from medialab_hub.storage.columns import UtcDateTime
from medialab_hub.storage.tables import Allocation, Booking, BookingLine

# Made once: everybody who writes into a plan asks, and there mostly is none.
_EXPIRED = (
    columns(col(Booking.id))
    .where(col(Booking.held_until) <= bindparam("now", type_=UtcDateTime()))
    .order_by(col(Booking.held_until), col(Booking.id))
    .limit(bindparam("most"))
)


def expired(session: Session, now: datetime, most: int) -> Sequence[str]:
    """Ids of holds whose time is over, the oldest first."""
    session.flush()
    return session.connection().execute(_EXPIRED, {"now": now, "most": most}).scalars().all()


def standing(session: Session, now: datetime, actor: str | None = None) -> Sequence[Booking]:
    """Those whose time is not over, also of one account only; what ends first comes first."""
    query = select(Booking).where(col(Booking.held_until) > now, Booking.decision == Decision.HELD.value)
    if actor is not None:
        query = query.where(Booking.created_by == actor)
    return session.exec(query.order_by(col(Booking.held_until), col(Booking.id))).all()


def remove(session: Session, booking_id: str) -> list[str]:
    """As if nobody had asked for it; returns the devices that were held."""
    lines = list(session.exec(select(BookingLine.id).where(BookingLine.booking_id == booking_id)).all())
    units = select(Allocation.device_id).where(col(Allocation.line_id).in_(lines))
    devices = list(session.exec(units).all())
    session.exec(delete(Allocation).where(col(Allocation.line_id).in_(lines)))
    session.exec(delete(BookingLine).where(col(BookingLine.id).in_(lines)))
    session.exec(delete(Booking).where(col(Booking.id) == booking_id))
    session.expire_all()
    return devices
