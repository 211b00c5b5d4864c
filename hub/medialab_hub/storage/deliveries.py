"""Finds what a tour brings and fetches."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, or_, select

from medialab_hub.domain.bookings import Decision
from medialab_hub.domain.deliveries import DeliveryMode
from medialab_hub.storage.tables import Booking, Institution


def of_tour(session: Session, start: datetime, end: datetime) -> Sequence[tuple[Booking, Institution]]:
    """Confirmed bookings that are brought, and not closed, that begin or end in the half-open time."""
    begins = (col(Booking.starts_at) >= start) & (col(Booking.starts_at) < end)
    ends = (col(Booking.ends_at) >= start) & (col(Booking.ends_at) < end)
    query = (
        select(Booking, Institution)
        .join(Institution, col(Institution.id) == Booking.institution_id)
        .where(
            Booking.mode == DeliveryMode.TOUR.value,
            Booking.decision == Decision.CONFIRMED.value,
            col(Booking.closed_at).is_(None),
            or_(begins, ends),
        )
        .order_by(col(Booking.starts_at), col(Booking.id))
    )
    return session.exec(query).all()
