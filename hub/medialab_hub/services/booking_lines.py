"""Keeps devices for the lines of a booking, and gives them back: what is confirmed has one for each unit."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from medialab_hub.domain.allocation import AllocationKind, AllocationStatus, Interval
from medialab_hub.domain.bookings import BookingKind, Decision
from medialab_hub.domain.promises import Promise
from medialab_hub.errors import Conflict, HubError
from medialab_hub.services import plans
from medialab_hub.services.booking_rows import BOOKINGS
from medialab_hub.services.hold_ends import end_expired
from medialab_hub.services.inspections import require_tested
from medialab_hub.services.refusals import no_such, not_possible
from medialab_hub.services.subjects import require_device
from medialab_hub.services.wishes import LineWish
from medialab_hub.storage import allocations, kits
from medialab_hub.storage import bookings as rows
from medialab_hub.storage.attempts import Clash, attempt
from medialab_hub.storage.tables import Allocation, Booking, BookingLine, Device, Kit, Model
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text

NOTHING = timedelta()
_AS_ALLOCATION = {BookingKind.WORKSHOP: AllocationKind.WORKSHOP}


class _OnlyTried(HubError):
    """It would have worked, and is taken back."""


def add(uow: UnitOfWork, booking: Booking, wish: LineWish) -> BookingLine:
    """Write down one more wish of a booking; nothing is kept for it yet. Raises `NotFound`, `Conflict`."""
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
    else:
        line.quantity = len(_named(uow, line.kit_id, line.device_id, wish.only))
    uow.session.add(line)
    uow.session.flush()
    return line


def keep(uow: UnitOfWork, booking: Booking, line: BookingLine, only: frozenset[str] = frozenset()) -> None:
    """A device for each unit of the line, all or none. Raises `Conflict` for what is not free."""
    if line.model_id is None:
        devices = _named(uow, line.kit_id, line.device_id, only)
        line.quantity = len(devices)
        _keep_these(uow, booking, line, devices)
        return
    model = uow.session.get(Model, line.model_id)
    if model is None:
        raise no_such("model", line.model_id)
    _keep_some(uow, booking, line, model)


def keep_also(uow: UnitOfWork, booking: Booking, line: BookingLine, device: Device) -> None:
    """One more device of the kit this line is about. Raises `Conflict` when it is not free."""
    line.quantity += 1
    _keep_these(uow, booking, line, [device])
    uow.touch(BOOKINGS, booking.id)


def require_room(uow: UnitOfWork, booking: Booking) -> None:
    """Raises `Conflict` when its lines could not be kept; nothing is kept."""

    def only_try() -> None:
        for line in rows.lines(uow.session, [booking.id]):
            keep(uow, booking, line)
        raise _OnlyTried("only-tried", Text(de="", en=""))

    try:
        attempt(uow, only_try)
    except _OnlyTried:
        return
    except Clash as clash:
        raise not_free(booking.id) from clash


def release(uow: UnitOfWork, booking: Booking) -> list[str]:
    """What was kept for it is free again; returns the devices. Raises `Conflict` while something of it is out."""
    kept = [row for _, row in rows.kept_by(uow.session, [booking.id])]
    if any(row.status in (AllocationStatus.OUT, AllocationStatus.DONE) for row in kept):
        text = Text(de="Davon ist schon etwas ausgegeben.", en="Some of it has already been handed out.")
        raise not_possible("already-out", text, booking.id)
    for row in kept:
        row.status = AllocationStatus.CANCELED.value
        row.version += 1
        uow.touch_device(row.device_id)
    uow.session.flush()
    return [row.device_id for row in kept]


def models_of(uow: UnitOfWork, devices: Iterable[str]) -> list[str]:
    """The models of which these devices are."""
    found = (uow.session.get(Device, device) for device in dict.fromkeys(devices))
    return list(dict.fromkeys(device.model_id for device in found if device and device.model_id))


def mend_models_of(uow: UnitOfWork, devices: Iterable[str]) -> None:
    """Bring the plans in order of which these devices are part."""
    plans.mend(uow, models_of(uow, devices))


def devices_of(uow: UnitOfWork, wish: LineWish) -> list[Device]:
    """The certain devices somebody wants; none for a wish of a model. Raises `NotFound`, `Conflict`."""
    if wish.model is not None:
        return []
    return _named(uow, wish.kit, wish.device, wish.only)


def _named(uow: UnitOfWork, kit: str | None, device: str | None, only: frozenset[str] = frozenset()) -> list[Device]:
    if device is not None:
        return [require_device(uow, device)]
    if kit is None or uow.session.get(Kit, kit) is None:
        raise no_such("kit", kit or "")
    devices = [one for one in kits.devices_in(uow.session, kit) if one.retired_at is None]
    devices = [one for one in devices if not only or one.id in only]
    if not devices:
        raise not_possible("kit-empty", Text(de="In diesem Koffer ist nichts.", en="This case is empty."), kit)
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
    end_expired(uow)
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
    is_held = booking.decision == Decision.HELD
    assert promise.at is not None
    uow.session.add(
        Allocation(
            id=promise.id,
            device_id=promise.at,
            kind=_AS_ALLOCATION.get(BookingKind(booking.kind), AllocationKind.LOAN).value,
            status=(AllocationStatus.HELD if is_held else AllocationStatus.CONFIRMED).value,
            starts_at=booking.starts_at,
            ends_at=booking.ends_at,
            blocked_from=wide.start,
            blocked_to=wide.end,
            line_id=line.id,
            held_until=booking.held_until,
            is_pinned=promise.must,
            actor=booking.created_by,
        )
    )
    uow.touch_device(promise.at)


def widened(booking: Booking, model: Model | None) -> Interval:
    """Its time with the way there and back, and the model's preparation and turnaround."""
    way = timedelta(minutes=booking.transport_min)
    before = NOTHING if model is None else timedelta(minutes=model.prep_min)
    after = NOTHING if model is None else timedelta(minutes=model.turnaround_min)
    return Interval(booking.starts_at, booking.ends_at).widened(way + before, way + after)


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
