"""Hands devices out and takes them back. What came back waits for its proof; only that makes it free again."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from medialab_hub.domain.allocation import AllocationKind, AllocationStatus, Interval
from medialab_hub.domain.events import Happened
from medialab_hub.errors import Conflict
from medialab_hub.services import loan_facts, plans
from medialab_hub.services.allocations import is_damaged
from medialab_hub.services.booking_rows import BOOKINGS
from medialab_hub.services.bookings import LineWish, Wish, book, mend_models_of, require_booking
from medialab_hub.services.grace import erase_from
from medialab_hub.services.hold_ends import end_expired
from medialab_hub.services.inspections import require_tested
from medialab_hub.services.refusals import not_possible
from medialab_hub.services.subjects import require_device
from medialab_hub.storage import allocations, bookings
from medialab_hub.storage.tables import Allocation, Booking, BookingLine, Device, Model
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text

NOTHING = timedelta()
SHORTEST_PROOF = timedelta(minutes=15)
"""How long a returned device is expected to take at least until it is proven."""


def lend(uow: UnitOfWork, wish: Wish, actor: str) -> str:
    """A loan from nothing: book these very devices or kits from now on and hand them out; returns the booking."""
    booking = book(uow, wish, actor)
    for _, row in bookings.kept_by(uow.session, [booking]):
        check_out(uow, booking, row.device_id, actor)
    return booking


def devices_wish(devices: Iterable[str]) -> list[LineWish]:
    """One line for each of these devices."""
    return [LineWish(device=device) for device in dict.fromkeys(devices)]


def check_out(uow: UnitOfWork, booking_id: str, device_id: str, actor: str) -> str:
    """Hand this device out for that booking; another than was planned takes its place. Returns the allocation.

    Raises `Conflict` when it is with somebody else, not proven yet, or not what was booked."""
    booking, device = require_booking(uow, booking_id), require_device(uow, device_id)
    known = allocations.out(uow.session, device.id)
    if known is not None:
        if _booking_of(uow, known) == booking_id:
            return known.id
        raise _in_other_hands(device)
    require_proven(uow, device)
    if booking.ends_at <= uow.now:
        raise _is_over(booking.id)
    unit = _unit_for(uow, booking, device)
    require_tested(uow, device, booking.ends_at)
    if unit.device_id != device.id or unit.starts_at > uow.now:
        _take_over(uow, unit, device)
    unit.status, unit.is_pinned = AllocationStatus.OUT.value, True
    unit.version += 1
    uow.session.flush()
    uow.record(Happened.LENT, unit.id, actor, device=device.id, booking=booking_id)
    uow.touch_device(device.id)
    uow.touch(BOOKINGS, booking_id)
    return unit.id


def check_in(uow: UnitOfWork, device_id: str, actor: str, at: datetime | None = None, undo: timedelta = NOTHING) -> str:
    """This device is back, now or at an earlier moment (drop box); returns the booking. Raises `Conflict`.

    `undo`: so long at least nothing on it is erased."""
    device = require_device(uow, device_id)
    unit = allocations.out(uow.session, device.id)
    if unit is None:
        text = Text(de="Dieses Gerät ist nicht verliehen.", en="This device is not on loan.")
        raise not_possible("not-out", text, device.id)
    _end_now(uow, unit, at)
    if not is_damaged(uow, device):
        await_proof(uow, device, actor, undo)
    booking = _booking_of(uow, unit)
    uow.record(Happened.RETURNED, unit.id, actor, device=device.id, booking=booking)
    uow.touch_device(device.id)
    if booking is not None:
        close_when_all_is_back(uow, booking)
    return booking or ""


def write_off(uow: UnitOfWork, device: Device, actor: str) -> None:
    """What is lost does not come back: its loan is over without it."""
    unit = allocations.out(uow.session, device.id)
    if unit is None:
        return
    _end_now(uow, unit, None, is_back=False)
    booking = _booking_of(uow, unit)
    uow.record(Happened.WRITTEN_OFF, unit.id, actor, device=device.id, booking=booking)
    uow.touch_device(device.id)
    if booking is not None:
        close_when_all_is_back(uow, booking)


def require_proven(uow: UnitOfWork, device: Device) -> None:
    """Raises `Conflict` while a returned device waits for its proof."""
    if allocations.awaiting_proof(uow.session, device.id) is not None:
        raise Conflict(
            "not-proven",
            Text(
                de="Dieses Gerät ist zurück, aber noch nicht nachweislich zurückgesetzt.",
                en="This device is back, but its reset is not proven yet.",
            ),
            Text(de="Zurücksetzen abwarten oder ein anderes nehmen.", en="Wait for the reset or take another one."),
            device.id,
        )


def _unit_for(uow: UnitOfWork, booking: Booking, device: Device) -> Allocation:
    """What is kept for the booking on this device, else any unit of the same model that is not out yet."""
    ready = (AllocationStatus.HELD, AllocationStatus.CONFIRMED, AllocationStatus.BROKEN)
    units = [row for _, row in bookings.kept_by(uow.session, [booking.id]) if row.status in ready]
    for unit in units:
        if unit.device_id == device.id and unit.status != AllocationStatus.BROKEN:
            return unit
    for unit in units:
        line = None if unit.line_id is None else uow.session.get(BookingLine, unit.line_id)
        if line is not None and line.model_id is not None and line.model_id == device.model_id:
            return unit
    text = Text(de="Dieses Gerät gehört nicht zu dieser Buchung.", en="This device is not part of this booking.")
    raise not_possible("not-in-booking", text, device.id)


def _take_over(uow: UnitOfWork, unit: Allocation, device: Device) -> None:
    """The unit takes this device from now on; whoever was promised it gets another."""
    before, unit.status = unit.status, AllocationStatus.MOVING.value
    uow.session.flush()
    start = min(unit.blocked_from, uow.now)
    if not _has_room(uow, device, Interval(start, unit.blocked_to)):
        raise Conflict(
            "promised-to-others",
            Text(de="Dieses Gerät ist für andere vorgesehen.", en="This device is planned for others."),
            Text(de="Ein anderes Gerät desselben Modells nehmen.", en="Take another device of the same model."),
            device.id,
        )
    uow.touch_device(unit.device_id)
    unit.device_id = device.id
    unit.starts_at, unit.blocked_from = min(unit.starts_at, uow.now), start
    unit.status = AllocationStatus.CONFIRMED.value if before == AllocationStatus.BROKEN else before


def _has_room(uow: UnitOfWork, device: Device, interval: Interval) -> bool:
    if device.model_id is None:
        end_expired(uow)
        return not allocations.in_the_way(uow.session, device.id, interval.start, interval.end, uow.now)
    return plans.clear(uow, device.model_id, {device.id: plans.span_of(interval)})


def _end_now(uow: UnitOfWork, unit: Allocation, at: datetime | None, *, is_back: bool = True) -> None:
    moment = min(at or uow.now, uow.now)
    unit.status = AllocationStatus.DONE.value
    unit.version += 1
    if moment > unit.starts_at:
        unit.ends_at = unit.blocked_to = moment
    uow.session.flush()
    loan_facts.write(uow, unit, is_back=is_back)


def await_proof(uow: UnitOfWork, device: Device, actor: str, undo: timedelta = NOTHING) -> None:
    """Nobody gets the device before its reset is proven."""
    model = None if device.model_id is None else uow.session.get(Model, device.model_id)
    begins = erase_from(uow, device, undo)
    takes = max(SHORTEST_PROOF, timedelta(minutes=0 if model is None else model.turnaround_min))
    interval = Interval(uow.now, begins + takes)
    plans.make_way(uow, device, interval)
    uow.session.add(
        Allocation(
            id=uow.new_id("alc"),
            device_id=device.id,
            kind=AllocationKind.RESET.value,
            starts_at=interval.start,
            ends_at=interval.end,
            blocked_from=interval.start,
            blocked_to=interval.end,
            erase_from=begins,
            actor=actor,
        )
    )
    uow.session.flush()


def _booking_of(uow: UnitOfWork, unit: Allocation) -> str | None:
    booking = bookings.of_allocation(uow.session, unit)
    return None if booking is None else booking.id


def close_when_all_is_back(uow: UnitOfWork, booking_id: str) -> None:
    """A loan of which nothing is out and nothing to come any more is over."""
    units = [row for _, row in bookings.kept_by(uow.session, [booking_id])]
    uow.touch(BOOKINGS, booking_id)
    if all(unit.status == AllocationStatus.DONE for unit in units):
        booking = require_booking(uow, booking_id)
        booking.closed_at = uow.now
        mend_models_of(uow, (unit.device_id for unit in units))


def _is_over(booking_id: str) -> Conflict:
    return Conflict(
        "booking-over",
        Text(de="Die Zeit dieser Buchung ist vorbei.", en="The time of this booking is over."),
        Text(de="Das Gerät als neue Ausleihe ausgeben.", en="Hand the device out as a new loan."),
        booking_id,
    )


def _in_other_hands(device: Device) -> Conflict:
    return Conflict(
        "in-other-hands",
        Text(de="Dieses Gerät ist gerade bei jemand anderem.", en="This device is with somebody else right now."),
        Text(de="Zuerst zurücknehmen, dann ausgeben.", en="Take it back first, then hand it out."),
        device.id,
    )
