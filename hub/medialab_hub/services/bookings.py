"""Books models, kits and devices, and calls bookings off. What is confirmed has a device for each unit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from medialab_hub.domain.allocation import AllocationKind, AllocationStatus, Interval
from medialab_hub.domain.bookings import BookingKind, Decision
from medialab_hub.domain.events import Happened
from medialab_hub.domain.promises import Promise
from medialab_hub.errors import Conflict
from medialab_hub.services import plans
from medialab_hub.services.booking_rows import BOOKINGS
from medialab_hub.services.inspections import require_tested
from medialab_hub.services.refusals import no_such, not_possible, not_understood
from medialab_hub.services.subjects import require_device
from medialab_hub.storage import allocations, kits
from medialab_hub.storage import bookings as rows
from medialab_hub.storage.tables import Allocation, Booking, BookingLine, Device, Institution, Kit, Model, Person
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text

NOTHING = timedelta()
_AS_ALLOCATION = {BookingKind.WORKSHOP: AllocationKind.WORKSHOP}


@dataclass(frozen=True)
class LineWish:
    """`quantity` of a model, or a whole kit, or this device; exactly one of the three. `only`: of the kit."""

    model: str | None = None
    kit: str | None = None
    device: str | None = None
    quantity: int = 1
    only: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Wish:
    """A booking that somebody would like to have. `client_key`: sent again, it stays one booking."""

    lines: Sequence[LineWish]
    interval: Interval
    kind: BookingKind = BookingKind.LOAN
    decision: Decision = Decision.CONFIRMED
    institution: str | None = None
    person: str | None = None
    purpose: str = ""
    group_size: int | None = None
    client_key: str | None = None


def book(uow: UnitOfWork, wish: Wish, actor: str) -> str:
    """Promise all of it or nothing; returns the booking. Raises `Conflict` for what is not free, `NotFound`."""
    if wish.client_key and (known := rows.by_client_key(uow.session, wish.client_key)):
        return known.id
    end = _require_end(uow, wish)
    _require_borrower(uow, wish)
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
        created_at=uow.now,
        created_by=actor,
    )
    uow.session.add(booking)
    uow.session.flush()
    for line in wish.lines:
        _keep(uow, booking, line)
    uow.record(Happened.BOOKING_MADE, booking.id, actor, lines=len(wish.lines), decision=booking.decision)
    uow.touch(BOOKINGS, booking.id)
    return booking.id


def add_line(uow: UnitOfWork, booking: Booking, wish: LineWish) -> None:
    """One more wish of a booking that stands. Raises `Conflict` for what is not free, `NotFound`."""
    _keep(uow, booking, wish)
    uow.touch(BOOKINGS, booking.id)


def keep_also(uow: UnitOfWork, booking: Booking, line: BookingLine, device: Device) -> None:
    """One more device of the kit this line is about. Raises `Conflict` when it is not free."""
    line.quantity += 1
    _keep_these(uow, booking, line, [device])
    uow.touch(BOOKINGS, booking.id)


def cancel(uow: UnitOfWork, booking_id: str, actor: str, decision: Decision = Decision.CANCELED) -> None:
    """Give back what was promised; `decision` says why. Raises `Conflict` while something of it is out."""
    booking = require_booking(uow, booking_id)
    if not Decision(booking.decision).is_open:
        return
    kept = [row for _, row in rows.kept_by(uow.session, [booking_id])]
    if any(row.status in (AllocationStatus.OUT, AllocationStatus.DONE) for row in kept):
        text = Text(de="Davon ist schon etwas ausgegeben.", en="Some of it has already been handed out.")
        raise not_possible("already-out", text, booking_id)
    for row in kept:
        row.status = AllocationStatus.CANCELED.value
        row.version += 1
        uow.touch_device(row.device_id)
    booking.decision = decision.value
    booking.version += 1
    uow.session.flush()
    uow.record(Happened.BOOKING_DECIDED, booking.id, actor, decision=decision.value)
    uow.touch(BOOKINGS, booking.id)
    mend_models_of(uow, (row.device_id for row in kept))


def confirm(uow: UnitOfWork, booking_id: str, actor: str) -> None:
    """A request becomes a promise. Raises `Conflict` when it is none any more."""
    booking = require_booking(uow, booking_id)
    if booking.decision != Decision.REQUESTED:
        text = Text(de="Über diese Anfrage ist schon entschieden.", en="This request has already been decided.")
        raise not_possible("already-decided", text, booking_id)
    booking.decision = Decision.CONFIRMED.value
    booking.version += 1
    uow.record(Happened.BOOKING_DECIDED, booking.id, actor, decision=booking.decision)
    uow.touch(BOOKINGS, booking.id)


def require_booking(uow: UnitOfWork, booking_id: str) -> Booking:
    """The booking, or `NotFound`."""
    booking = rows.get(uow.session, booking_id)
    if booking is None:
        raise no_such("booking", booking_id)
    return booking


def mend_models_of(uow: UnitOfWork, devices: Iterable[str]) -> None:
    """Bring the plans in order of which these devices are part."""
    found = (uow.session.get(Device, device) for device in dict.fromkeys(devices))
    plans.mend(uow, dict.fromkeys(device.model_id for device in found if device and device.model_id))


def _require_end(uow: UnitOfWork, wish: Wish) -> datetime:
    end = wish.interval.end
    if end is None or end <= uow.now:
        text = Text(de="Die Zeit liegt in der Vergangenheit.", en="That time has passed.")
        raise not_understood("in-the-past", text)
    if not wish.lines:
        raise not_understood("nothing-wanted", Text(de="Es ist nichts ausgewählt.", en="Nothing is chosen."))
    return end


def _require_borrower(uow: UnitOfWork, wish: Wish) -> None:
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


def _keep(uow: UnitOfWork, booking: Booking, wish: LineWish) -> None:
    line = BookingLine(
        id=uow.new_id("lin"),
        booking_id=booking.id,
        model_id=wish.model,
        kit_id=wish.kit,
        device_id=wish.device,
        quantity=wish.quantity,
    )
    if wish.model is not None:
        model = uow.session.get(Model, wish.model)
        if model is None or not model.is_lendable:
            raise no_such("model", wish.model)
        uow.session.add(line)
        uow.session.flush()
        _keep_some(uow, booking, line, model)
        return
    devices = _named(uow, wish)
    line.quantity = len(devices)
    uow.session.add(line)
    uow.session.flush()
    _keep_these(uow, booking, line, devices)


def _named(uow: UnitOfWork, wish: LineWish) -> list[Device]:
    if wish.device is not None:
        return [require_device(uow, wish.device)]
    if wish.kit is None or uow.session.get(Kit, wish.kit) is None:
        raise no_such("kit", wish.kit or "")
    devices = [one for one in kits.devices_in(uow.session, wish.kit) if one.retired_at is None]
    devices = [one for one in devices if not wish.only or one.id in wish.only]
    if not devices:
        raise not_possible("kit-empty", Text(de="In diesem Koffer ist nichts.", en="This case is empty."), wish.kit)
    return devices


def _keep_some(uow: UnitOfWork, booking: Booking, line: BookingLine, model: Model) -> None:
    wanted = widened(booking, model)
    promises = [Promise(uow.new_id("alc"), plans.span_of(wanted)) for _ in range(line.quantity)]
    places = plans.place(uow, model.id, promises)
    if places is None:
        raise not_free(model.id)
    for promise in promises:
        _add(uow, booking, line, replace(promise, at=places[promise.id]), model)
    uow.session.flush()


def _keep_these(uow: UnitOfWork, booking: Booking, line: BookingLine, devices: Sequence[Device]) -> None:
    for model_id in dict.fromkeys(device.model_id for device in devices):
        of_it = [device for device in devices if device.model_id == model_id]
        model = None if model_id is None else uow.session.get(Model, model_id)
        wanted = widened(booking, model)
        for device in of_it:
            require_tested(uow, device, booking.ends_at)
        if model is None:
            is_free = not any(
                allocations.in_the_way(uow.session, one.id, wanted.start, wanted.end, uow.now) for one in of_it
            )
        else:
            is_free = plans.clear(uow, model.id, {one.id: plans.span_of(wanted) for one in of_it})
        if not is_free:
            raise not_free(", ".join(device.id for device in of_it))
        for device in of_it:
            pin = Promise(uow.new_id("alc"), plans.span_of(wanted), device.id, must=True)
            _add(uow, booking, line, pin, model)
    uow.session.flush()


def _add(uow: UnitOfWork, booking: Booking, line: BookingLine, promise: Promise, model: Model | None) -> None:
    wide = widened(booking, model)
    assert promise.at is not None
    uow.session.add(
        Allocation(
            id=promise.id,
            device_id=promise.at,
            kind=_AS_ALLOCATION.get(BookingKind(booking.kind), AllocationKind.LOAN).value,
            starts_at=booking.starts_at,
            ends_at=booking.ends_at,
            blocked_from=wide.start,
            blocked_to=wide.end,
            line_id=line.id,
            is_pinned=promise.must,
            actor=booking.created_by,
        )
    )
    uow.touch_device(promise.at)


def widened(booking: Booking, model: Model | None) -> Interval:
    """Its time with the model's preparation and turnaround."""
    before = NOTHING if model is None else timedelta(minutes=model.prep_min)
    after = NOTHING if model is None else timedelta(minutes=model.turnaround_min)
    return Interval(booking.starts_at, booking.ends_at).widened(before, after)


def not_free(detail: str) -> Conflict:
    """So many are not free in that time."""
    return Conflict(
        "not-free",
        Text(de="So viele sind in dieser Zeit nicht frei.", en="That many are not free at that time."),
        Text(
            de="Eine andere Zeit, weniger oder ein ähnliches Modell wählen.",
            en="Choose another time, fewer, or a similar model.",
        ),
        detail,
    )
