"""Finds calendar feeds and the bookings that stand in one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, not_, or_
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from medialab_hub.domain.allocation import AllocationStatus
from medialab_hub.domain.bookings import Decision
from medialab_hub.storage.chunks import IDS, fetch_rows
from medialab_hub.storage.tables import Allocation, Booking, BookingLine, CalendarFeed, Device, Kit, Model

_OPEN = [decision.value for decision in Decision if decision.is_open]
_LINES: Any = (
    columns(
        col(BookingLine.booking_id),
        col(BookingLine.id),
        col(BookingLine.quantity),
        col(BookingLine.model_id),
        col(Model.name),
        col(Kit.name),
        col(Device.model_id),
        col(Device.name),
    )
    .outerjoin(Model, col(Model.id) == col(BookingLine.model_id))
    .outerjoin(Kit, col(Kit.id) == col(BookingLine.kit_id))
    .outerjoin(Device, col(Device.id) == col(BookingLine.device_id))
    .where(col(BookingLine.booking_id).in_(IDS))
    .order_by(col(BookingLine.id))
)


@dataclass(frozen=True)
class Thing:
    """One wish of a booking by name; `kit` or `device` for one of those, else `quantity` of the model."""

    line: str
    quantity: int
    model: str | None
    name: str | None
    kit: str | None
    device_model: str | None
    device: str | None


def every(session: Session) -> Sequence[CalendarFeed]:
    """All that are not revoked, the oldest first."""
    query = select(CalendarFeed).where(col(CalendarFeed.revoked_at).is_(None))
    return session.exec(query.order_by(col(CalendarFeed.made_at), col(CalendarFeed.id))).all()


def get(session: Session, feed_id: str) -> CalendarFeed | None:
    """The feed of that id."""
    return session.get(CalendarFeed, feed_id)


def by_secret(session: Session, secret_hash: str) -> CalendarFeed | None:
    """The feed with that secret, unless it is revoked."""
    query = select(CalendarFeed).where(CalendarFeed.secret_hash == secret_hash, col(CalendarFeed.revoked_at).is_(None))
    return session.exec(query).first()


def bookings(session: Session, feed: CalendarFeed, since: datetime, gone_since: datetime, until: datetime, most: int
) -> Sequence[Booking]:  # fmt: skip
    """What stands in it between the moments; what was called off only when it would have ended after `gone_since`."""
    is_open = col(Booking.decision).in_(_OPEN)
    query = select(Booking).where(
        col(Booking.starts_at) < until,
        Booking.decision != Decision.HELD.value,
        or_(and_(is_open, col(Booking.ends_at) > since), and_(not_(is_open), col(Booking.ends_at) > gone_since)),
    )
    if feed.institution_id is not None:
        query = query.where(Booking.institution_id == feed.institution_id)
    if feed.model_id is not None:
        query = query.where(col(Booking.id).in_(_with_model(feed.model_id)))
    return session.exec(query.order_by(col(Booking.starts_at), col(Booking.id)).limit(most)).all()


def _with_model(model_id: str) -> Any:
    """Bookings that wish for the model, or were given one of its devices."""
    wished = columns(col(BookingLine.booking_id)).where(col(BookingLine.model_id) == model_id)
    given = (
        columns(col(BookingLine.booking_id))
        .join(Allocation, col(Allocation.line_id) == col(BookingLine.id))
        .join(Device, col(Device.id) == col(Allocation.device_id))
        .where(col(Device.model_id) == model_id)
    )
    return wished.union(given)


def things(session: Session, keys: Iterable[str]) -> dict[str, list[Thing]]:
    """What these bookings are about."""
    found: dict[str, list[Thing]] = {}
    for booking, *rest in fetch_rows(session, _LINES, keys):
        found.setdefault(booking, []).append(Thing(*rest))
    return found


def counts_of_model(session: Session, lines: Iterable[str], model_id: str) -> dict[str, int]:
    """How many devices of the model each of these lines was given."""
    query = (
        select(Allocation.line_id, func.count())
        .join(Device, col(Device.id) == col(Allocation.device_id))
        .where(
            col(Allocation.line_id).in_(IDS),
            Device.model_id == model_id,
            Allocation.status != AllocationStatus.CANCELED.value,
        )
        .group_by(col(Allocation.line_id))
    )
    return {line: count for line, count in fetch_rows(session, query, lines) if line}
