"""Lets a loan last longer, when no promise to others is hurt by it; else says until when it could last."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from medialab_hub.domain.allocation import AllocationStatus, Interval
from medialab_hub.domain.bookings import Decision
from medialab_hub.domain.events import Happened
from medialab_hub.domain.opening import Calendar, is_open, openings
from medialab_hub.domain.promises import Promise
from medialab_hub.errors import Conflict
from medialab_hub.services import plans
from medialab_hub.services.booking_rows import BOOKINGS
from medialab_hub.services.bookings import not_free, require_booking
from medialab_hub.services.hold_ends import end_expired
from medialab_hub.services.inspections import require_tested
from medialab_hub.services.opening import calendar_of
from medialab_hub.services.refusals import not_possible, not_understood
from medialab_hub.services.subjects import require_device
from medialab_hub.storage import allocations, bookings
from medialab_hub.storage.attempts import Clash, attempt
from medialab_hub.storage.tables import Allocation, Booking, Model
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text

LONGEST = timedelta(days=366)
"""By so much a loan is extended at most at once."""
_GOES_ON = frozenset({AllocationStatus.OUT, AllocationStatus.CONFIRMED, AllocationStatus.HELD})
_IN_THE_WAY = frozenset({"not-free", "test-due", "closed-then", "only-tried"})


def extend(uow: UnitOfWork, booking_id: str, ends: datetime, zone: ZoneInfo, actor: str) -> None:
    """The loan lasts until `ends`; `zone`: `Settings.timezone`. Raises `Conflict`, which says until when it could,
    `NotFound`, `HubError`."""
    booking = require_booking(uow, booking_id)
    _require_later(uow, booking, ends)
    calendar = calendar_of(uow.session, zone)
    _require_open(calendar, ends)
    units = [row for _, row in bookings.kept_by(uow.session, [booking.id]) if row.status in _GOES_ON]
    if booking.decision != Decision.CONFIRMED or not units:
        text = Text(de="Davon ist nichts (mehr) ausgeliehen.", en="Nothing of it is on loan (any more).")
        raise not_possible("nothing-out", text, booking_id)
    if not _works(uow, lambda: _lengthen(uow, booking, units, ends)):
        raise _refused(booking_id, _latest(uow, booking, units, ends, calendar), zone)
    booking.ends_at = ends
    booking.version += 1
    uow.session.flush()
    uow.record(Happened.LOAN_EXTENDED, booking.id, actor, units=len(units))
    uow.touch(BOOKINGS, booking.id)


def _require_later(uow: UnitOfWork, booking: Booking, ends: datetime) -> None:
    if ends <= max(booking.ends_at, uow.now):
        text = Text(
            de="Der neue Rückgabetag liegt nicht nach dem bisherigen.", en="The new return day is not after the old."
        )
        raise not_understood("not-later", text)
    if ends > max(booking.ends_at, uow.now) + LONGEST:
        raise not_understood("too-long", Text(de="Das ist mehr als ein Jahr.", en="That is more than a year."))


def _require_open(calendar: Calendar, ends: datetime) -> None:
    """As long as nobody has entered the opening hours, any moment will do."""
    is_closing = any(end == ends for _, end in openings(calendar, ends.astimezone(calendar.zone).date()))
    if any(calendar.hours.values()) and not is_closing and not is_open(calendar, ends):
        raise Conflict(
            "closed-then",
            Text(de="Zu dieser Zeit ist geschlossen.", en="It is closed at that time."),
            Text(de="Einen Tag und eine Uhrzeit wählen, zu der geöffnet ist.", en="Choose a time at which it is open."),
        )


def _lengthen(uow: UnitOfWork, booking: Booking, units: Sequence[Allocation], ends: datetime) -> None:
    """All of them or none; others move where they can. Raises `Conflict`."""
    way = timedelta(minutes=booking.transport_min)
    before = {unit.id: unit.status for unit in units}
    for unit in units:
        require_tested(uow, require_device(uow, unit.device_id), ends)
        unit.status = AllocationStatus.MOVING.value
    uow.session.flush()
    of_model: dict[str | None, list[Allocation]] = {}
    for unit in units:
        of_model.setdefault(require_device(uow, unit.device_id).model_id, []).append(unit)
    for model_id, of_it in of_model.items():
        model = None if model_id is None else uow.session.get(Model, model_id)
        until = ends + way + timedelta(minutes=0 if model is None else model.turnaround_min)
        if model is None:
            _require_free(uow, of_it, until)
        else:
            _make_room(uow, model.id, of_it, until)
        for unit in of_it:
            unit.ends_at, unit.blocked_to, unit.status = ends, until, before[unit.id]
            unit.version += 1
            uow.touch_device(unit.device_id)
        uow.session.flush()


def _require_free(uow: UnitOfWork, units: Sequence[Allocation], until: datetime) -> None:
    end_expired(uow)
    if any(allocations.in_the_way(uow.session, unit.device_id, unit.blocked_from, until) for unit in units):
        raise not_free(units[0].device_id)


def _make_room(uow: UnitOfWork, model_id: str, units: Sequence[Allocation], until: datetime) -> None:
    """What is out, or wanted by somebody, stays where it is; the rest may lie anywhere."""
    spans = {unit.id: plans.span_of(Interval(unit.blocked_from, until)) for unit in units}
    fixed = [unit for unit in units if unit.is_pinned]
    if not plans.clear(uow, model_id, {unit.device_id: spans[unit.id] for unit in fixed}):
        raise not_free(model_id)
    for unit in fixed:
        unit.ends_at, unit.blocked_to, unit.status = until, until, AllocationStatus.CONFIRMED.value
    uow.session.flush()
    loose = [unit for unit in units if not unit.is_pinned]
    places = plans.place(uow, model_id, [Promise(unit.id, spans[unit.id]) for unit in loose]) if loose else {}
    if places is None:
        raise not_free(model_id)
    for unit in loose:
        uow.touch_device(unit.device_id)
        unit.device_id = places[unit.id]


def _works(uow: UnitOfWork, part: Callable[[], None]) -> bool:
    try:
        attempt(uow, part)
    except Clash:
        return False
    except Conflict as error:
        if error.code not in _IN_THE_WAY:
            raise
        return error.code == "only-tried"
    return True


def _latest(
    uow: UnitOfWork, booking: Booking, units: Sequence[Allocation], ends: datetime, calendar: Calendar
) -> datetime | None:
    """The last closing time at which it could end: what works for a day works for each day before it."""

    def only_try(moment: datetime) -> None:
        _lengthen(uow, booking, units, moment)
        raise Conflict("only-tried", Text(de="", en=""))

    ways = _closings(calendar, booking.ends_at, ends)
    low, high = 0, len(ways)
    while low < high:
        middle = (low + high) // 2
        if _works(uow, lambda moment=ways[middle]: only_try(moment)):  # type: ignore[misc]
            low = middle + 1
        else:
            high = middle
    return ways[low - 1] if low else None


def _closings(calendar: Calendar, start: datetime, end: datetime) -> list[datetime]:
    """When it closes on each day in between; the same time of each day, while nobody has entered opening hours."""
    first: date = start.astimezone(calendar.zone).date()
    days = [first + timedelta(days=number) for number in range((end - start).days + 2)]
    if any(calendar.hours.values()):
        found = [opened[-1][1] for day in days if (opened := openings(calendar, day))]
    else:
        found = [start + timedelta(days=number) for number in range(1, len(days))]
    return [moment for moment in found if start < moment < end]


def _refused(booking: str, latest: datetime | None, zone: ZoneInfo) -> Conflict:
    title = Text(
        de="So lange geht es nicht: Danach ist etwas davon anderen zugesagt.",
        en="Not for so long: something of it is promised to others then.",
    )
    if latest is None:
        remedy = Text(
            de="Es muss wie vereinbart zurück. Vielleicht ist ein anderes Gerät frei.",
            en="It has to come back as agreed. Perhaps another device is free.",
        )
        return Conflict("extension-not-possible", title, remedy, booking)
    local = latest.astimezone(zone)
    remedy = Text(
        de=f"Möglich ist es bis {local:%d.%m.%Y, %H:%M} Uhr.", en=f"It is possible until {local:%Y-%m-%d, %H:%M}."
    )
    return Conflict("extension-not-possible", title, remedy, latest.isoformat())
