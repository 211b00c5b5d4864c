"""Books models, kits and devices, and calls bookings off. What is confirmed has a device for each unit.

A request holds nothing: it says that there is room when somebody asks, and a device is kept when staff confirm it."""

from datetime import datetime

from medialab_hub.domain.allocation import Interval
from medialab_hub.domain.bookings import Decision
from medialab_hub.domain.events import Happened
from medialab_hub.services import booking_lines, house_rules, waitlist
from medialab_hub.services.booking_entry import enter
from medialab_hub.services.booking_lines import keep_also, mend_models_of, not_free, widened
from medialab_hub.services.booking_rows import BOOKINGS
from medialab_hub.services.refusals import no_such, not_possible, not_understood
from medialab_hub.services.wishes import HouseRules, LineWish, Wish
from medialab_hub.storage import bookings as rows
from medialab_hub.storage.tables import Booking, Institution, Person
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text

__all__ = [
    "LineWish",
    "Wish",
    "add_line",
    "book",
    "cancel",
    "confirm",
    "keep_also",
    "mend_models_of",
    "move",
    "not_free",
    "require_booking",
    "widened",
]


def book(uow: UnitOfWork, wish: Wish, actor: str, held_until: datetime | None = None) -> str:
    """Promise all of it or nothing; returns the booking. `held_until`: of a hold.

    Raises `Conflict` for what is not free or against the rules of the house, `NotFound`."""
    if wish.client_key and (known := rows.by_client_key(uow.session, wish.client_key)):
        return known.id
    end = _require_end(uow, wish)
    require_borrower(uow, wish)
    set_aside = house_rules.require(uow, wish)
    return enter(uow, wish, end, actor, held_until, **set_aside)


def add_line(uow: UnitOfWork, booking: Booking, wish: LineWish) -> None:
    """One more wish of a booking that stands. Raises `Conflict` for what is not free, `NotFound`."""
    booking_lines.keep(uow, booking, booking_lines.add(uow, booking, wish), wish.only)
    uow.touch(BOOKINGS, booking.id)


def cancel(uow: UnitOfWork, booking_id: str, actor: str, decision: Decision = Decision.CANCELED) -> None:
    """Give back what was promised; `decision` says why. Raises `Conflict` while something of it is out."""
    booking = require_booking(uow, booking_id)
    if not Decision(booking.decision).is_open:
        return
    devices = booking_lines.release(uow, booking)
    booking.decision = decision.value
    booking.version += 1
    uow.session.flush()
    uow.record(Happened.BOOKING_DECIDED, booking.id, actor, decision=decision.value)
    uow.touch(BOOKINGS, booking.id)
    mend_models_of(uow, devices)
    waitlist.serve(uow, booking_lines.models_of(uow, devices))


def confirm(uow: UnitOfWork, booking_id: str, actor: str) -> None:
    """A request becomes a promise. Raises `Conflict` when there is no room any more, or it was decided before."""
    booking = require_booking(uow, booking_id)
    if booking.decision != Decision.REQUESTED:
        text = Text(de="Über diese Anfrage ist schon entschieden.", en="This request has already been decided.")
        raise not_possible("already-decided", text, booking_id)
    if booking.ends_at <= uow.now:
        raise _in_the_past()
    lines = rows.lines(uow.session, [booking.id])
    require_borrower(uow, house_rules.wish_of(booking, lines, Interval(booking.starts_at, booking.ends_at), None))
    booking.decision = Decision.CONFIRMED.value
    booking.version += 1
    uow.session.flush()
    for line in lines:
        booking_lines.keep(uow, booking, line)
    uow.record(Happened.BOOKING_DECIDED, booking.id, actor, decision=booking.decision)
    uow.touch(BOOKINGS, booking.id)


def move(uow: UnitOfWork, booking_id: str, interval: Interval, actor: str, rules: HouseRules | None) -> None:
    """Another time for a booking of which nothing is out; all of it or nothing. Raises `Conflict`, `HubError`."""
    booking = require_booking(uow, booking_id)
    if not Decision(booking.decision).is_open:
        text = Text(de="Diese Buchung ist beendet.", en="This booking has ended.")
        raise not_possible("booking-over", text, booking_id)
    lines = rows.lines(uow.session, [booking.id])
    wish = house_rules.wish_of(booking, lines, interval, rules)
    end = _require_end(uow, wish)
    set_aside = house_rules.require(uow, wish)
    devices = booking_lines.release(uow, booking)
    booking.starts_at, booking.ends_at = interval.start, end
    booking.version += 1
    uow.session.flush()
    if booking.decision == Decision.REQUESTED:
        booking_lines.require_room(uow, booking)
    else:
        for line in lines:
            booking_lines.keep(uow, booking, line)
    uow.record(Happened.BOOKING_MOVED, booking.id, actor, **set_aside)
    uow.touch(BOOKINGS, booking.id)
    mend_models_of(uow, devices)
    waitlist.serve(uow, booking_lines.models_of(uow, devices))


def require_booking(uow: UnitOfWork, booking_id: str) -> Booking:
    """The booking, or `NotFound`; what is only held is none yet."""
    booking = rows.get(uow.session, booking_id)
    if booking is None or booking.decision == Decision.HELD:
        raise no_such("booking", booking_id)
    return booking


def held_until(uow: UnitOfWork, booking_id: str) -> datetime | None:
    """Until when it is only held; None for what was decided."""
    booking = rows.get(uow.session, booking_id)
    return None if booking is None else booking.held_until


def require_borrower(uow: UnitOfWork, wish: Wish) -> None:
    """Raises `NotFound`, and `Conflict` for whom nothing is lent to."""
    institution = None if wish.institution is None else uow.session.get(Institution, wish.institution)
    if wish.institution is not None and institution is None:
        raise no_such("institution", wish.institution)
    if institution is not None and institution.archived_at is not None:
        text = Text(de="Diese Einrichtung ist archiviert.", en="This institution is archived.")
        raise not_possible("institution-archived", text, institution.id)
    if wish.person is None:
        return
    person = uow.session.get(Person, wish.person)
    if person is None:
        raise no_such("person", wish.person)
    if person.restricted_at is not None or (person.blocked_until or uow.now) > uow.now:
        text = Text(
            de="An diese Person wird zurzeit nichts verliehen.", en="Nothing is lent to this person at present."
        )
        raise not_possible("person-blocked", text, person.id)
    person.used_at = uow.now


def _require_end(uow: UnitOfWork, wish: Wish) -> datetime:
    end = wish.interval.end
    if end is None or end <= uow.now:
        raise _in_the_past()
    if not wish.lines:
        raise not_understood("nothing-wanted", Text(de="Es ist nichts ausgewählt.", en="Nothing is chosen."))
    return end


def _in_the_past() -> Exception:
    return not_understood("in-the-past", Text(de="Die Zeit liegt in der Vergangenheit.", en="That time has passed."))
