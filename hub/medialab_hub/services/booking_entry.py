"""Writes a booking down with its lines, and keeps what it promises."""

from datetime import datetime

from medialab_hub.domain.bookings import Decision
from medialab_hub.domain.events import Happened
from medialab_hub.services import booking_lines
from medialab_hub.services.booking_rows import BOOKINGS
from medialab_hub.services.wishes import Wish
from medialab_hub.storage.tables import Booking
from medialab_hub.storage.unit_of_work import UnitOfWork


def enter(
    uow: UnitOfWork, wish: Wish, end: datetime, actor: str, held_until: datetime | None = None, **set_aside: str
) -> str:
    """All of it or nothing; returns the booking. Raises `Conflict` for what is not free, `NotFound`."""
    booking = Booking(
        id=uow.new_id("bok"),
        kind=wish.kind.value,
        decision=wish.decision.value,
        institution_id=wish.institution,
        person_id=wish.person,
        starts_at=wish.interval.start,
        ends_at=end,
        purpose=wish.purpose,
        group_size=wish.group_size,
        client_key=wish.client_key,
        series_id=wish.series,
        held_until=held_until,
        created_at=uow.now,
        created_by=actor,
    )
    uow.session.add(booking)
    uow.session.flush()
    for line in wish.lines:
        added = booking_lines.add(uow, booking, line)
        if wish.decision != Decision.REQUESTED:
            booking_lines.keep(uow, booking, added, line.only)
    if wish.decision == Decision.REQUESTED:
        booking_lines.require_room(uow, booking)
    happened = Happened.HOLD_MADE if wish.decision == Decision.HELD else Happened.BOOKING_MADE
    uow.record(happened, booking.id, actor, lines=len(wish.lines), decision=booking.decision, **set_aside)
    uow.touch(BOOKINGS, booking.id)
    return booking.id
