"""Hands a scanned device out to a person: for what they booked, else as a loan of its own."""

from dataclasses import replace
from datetime import datetime, timedelta

from medialab_hub.domain.allocation import AllocationKind, AllocationStatus, Interval
from medialab_hub.domain.bookings import Decision
from medialab_hub.domain.events import Happened
from medialab_hub.errors import Conflict
from medialab_hub.services import bookings, house_rules, lending, plans
from medialab_hub.services.booking_rows import BOOKINGS
from medialab_hub.services.bookings import LineWish, Wish
from medialab_hub.services.refusals import not_possible
from medialab_hub.services.subjects import require_device
from medialab_hub.services.wishes import AT_THE_DESK
from medialab_hub.storage import allocations, scans
from medialab_hub.storage import bookings as booking_rows
from medialab_hub.storage.attempts import attempt
from medialab_hub.storage.tables import Allocation, Booking, BookingLine, Device, Model, ScanMove
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text

EARLY = timedelta(hours=12)
"""So long before its time a booking is picked up."""

_TAKEN = {
    AllocationKind.QUARANTINE: ("quarantined", Text(de="Dieses Gerät ist gesperrt.", en="This device is blocked.")),
    AllocationKind.MAINTENANCE: (
        "in-maintenance",
        Text(de="Dieses Gerät ist in Wartung.", en="This device is under maintenance."),
    ),
    AllocationKind.LOAN: (
        "promised-to-others",
        Text(de="Dieses Gerät ist für andere vorgesehen.", en="This device is planned for others."),
    ),
    AllocationKind.WORKSHOP: (
        "promised-to-others",
        Text(de="Dieses Gerät ist für einen Workshop vorgesehen.", en="This device is planned for a workshop."),
    ),
    AllocationKind.INSPECTION: (
        "test-planned",
        Text(de="Für dieses Gerät ist eine Prüfung vorgesehen.", en="A safety test of this device is planned."),
    ),
}
"""What may take a device, the most telling first."""

AT_LEAST = timedelta(minutes=1)
"""A loan that is due before the hub hears of it is overdue a minute later."""


def taken_by(uow: UnitOfWork, move: ScanMove) -> Conflict | None:
    """What takes a device that was wanted by a scan and is not free; None when nothing on it does."""
    interval = _time_of(uow, move, uow.now)
    kinds = [one.kind for one in allocations.in_the_way(uow.session, move.device_id, interval.start, interval.end)]
    words = next((words for kind, words in _TAKEN.items() if kind in kinds), None)
    return None if words is None else not_possible(*words, move.device_id)


def hand_out(uow: UnitOfWork, move: ScanMove, actor: str, *, is_fact: bool) -> None:
    """To the person of the scan: what was booked for them, else a loan of this session; notes it in the move."""
    device = require_device(uow, move.device_id)
    if device.adopted_at is None or device.retired_at is not None:
        text = Text(de="Das Gerät gehört nicht zum Bestand.", en="The device is not part of the inventory.")
        raise not_possible("not-adopted", text, device.id)
    if is_fact:
        move.proof_id = _set_proof_aside(uow, device)
        booking = _booked(uow, move, device, actor) or _record(uow, move, device, actor)
    else:
        lending.require_proven(uow, device)
        booking = _booked(uow, move, device, actor) or _lent(uow, move, actor)
    unit = allocations.out(uow.session, device.id)
    assert unit is not None and booking
    move.allocation_id = unit.id


def _time_of(uow: UnitOfWork, move: ScanMove, start: datetime) -> Interval:
    session = scans.get(uow.session, move.session_id)
    assert session is not None
    return Interval(start, max(session.ends_at, uow.now + AT_LEAST))


def _set_proof_aside(uow: UnitOfWork, device: Device) -> str | None:
    """It was handed over unproven; that is demanded again when it comes back."""
    waiting = allocations.awaiting_proof(uow.session, device.id)
    if waiting is None:
        return None
    waiting.status = AllocationStatus.CANCELED.value
    waiting.version += 1
    uow.session.flush()
    return waiting.id


def _booked(uow: UnitOfWork, move: ScanMove, device: Device, actor: str) -> str | None:
    """What the person has booked for now, if this device fits; returns the booking."""
    assert move.person_id is not None
    for booking in scans.promised_to(uow.session, move.person_id, uow.now, uow.now + EARLY):
        if booking.client_key == key_of(move):
            continue
        try:
            attempt(uow, lambda key=booking.id: lending.check_out(uow, key, device.id, actor))  # type: ignore[misc]
        except Conflict as error:
            if error.code not in ("not-in-booking", "promised-to-others"):
                raise
        else:
            return booking.id
    return None


def _lent(uow: UnitOfWork, move: ScanMove, actor: str) -> str:
    """The loan of this person in this session, one for all devices, if nobody else was promised it; returns it."""
    line = LineWish(device=move.device_id)
    if _is_of_kit(uow, move):
        line = LineWish(kit=move.kit_id, only=frozenset([move.device_id]))
    booking, interval, institution = _loan(uow, move), _time_of(uow, move, uow.now), _institution(uow, move)
    wish = Wish([line], interval, institution=institution, person=move.person_id, rules=AT_THE_DESK)
    if booking is None:
        return lending.lend(uow, replace(wish, client_key=key_of(move)), actor)
    house_rules.require(uow, wish)
    known = None if line.kit is None else booking_rows.kit_line(uow.session, booking.id, line.kit)
    if known is None:
        bookings.add_line(uow, booking, line)
    else:
        bookings.keep_also(uow, booking, known, require_device(uow, move.device_id))
        count(uow, known)
    lending.check_out(uow, booking.id, move.device_id, actor)
    return booking.id


def _record(uow: UnitOfWork, move: ScanMove, device: Device, actor: str) -> str:
    """It went into these hands, whatever was promised: that moves or breaks; returns the loan."""
    start = min(move.at, uow.now)
    if allocations.in_the_way(uow.session, device.id, start, uow.now):
        start = uow.now
    interval = _time_of(uow, move, start)
    booking = _loan(uow, move) or _new_loan(uow, move, interval, actor)
    model = None if device.model_id is None else uow.session.get(Model, device.model_id)
    after = timedelta(minutes=0 if model is None else model.turnaround_min)
    wide = interval.widened(timedelta(), after)
    make_way(uow, device, wide)
    line = _line(uow, booking, move)
    unit = Allocation(
        id=uow.new_id("alc"),
        device_id=device.id,
        kind=AllocationKind.LOAN.value,
        status=AllocationStatus.OUT.value,
        starts_at=interval.start,
        ends_at=interval.end,
        blocked_from=interval.start,
        blocked_to=wide.end,
        line_id=line.id,
        is_pinned=True,
        actor=actor,
    )
    uow.session.add(unit)
    uow.session.flush()
    count(uow, line)
    uow.record(Happened.LENT, unit.id, actor, device=device.id, booking=booking.id)
    uow.touch_device(device.id)
    uow.touch(BOOKINGS, booking.id)
    return booking.id


def _is_of_kit(uow: UnitOfWork, move: ScanMove) -> bool:
    return move.kit_id is not None and require_device(uow, move.device_id).kit_id == move.kit_id


def _line(uow: UnitOfWork, booking: Booking, move: ScanMove) -> BookingLine:
    kit = move.kit_id if _is_of_kit(uow, move) else None
    known = None if kit is None else booking_rows.kit_line(uow.session, booking.id, kit)
    if known is not None:
        return known
    device = move.device_id if kit is None else None
    line = BookingLine(id=uow.new_id("lin"), booking_id=booking.id, device_id=device, kit_id=kit)
    uow.session.add(line)
    uow.session.flush()
    return line


def count(uow: UnitOfWork, line: BookingLine) -> None:
    """A line about a kit says how many of its members went."""
    if line.kit_id is None:
        return
    units = [row for _, row in booking_rows.kept_by(uow.session, [line.booking_id]) if row.line_id == line.id]
    line.quantity = max(1, len(units))


def _new_loan(uow: UnitOfWork, move: ScanMove, interval: Interval, actor: str) -> Booking:
    assert interval.end is not None
    booking = Booking(
        id=uow.new_id("bok"),
        institution_id=_institution(uow, move),
        person_id=move.person_id,
        starts_at=interval.start,
        ends_at=interval.end,
        client_key=key_of(move),
        created_at=uow.now,
        created_by=actor,
    )
    uow.session.add(booking)
    uow.session.flush()
    uow.record(Happened.BOOKING_MADE, booking.id, actor, lines=1, decision=booking.decision)
    return booking


def _loan(uow: UnitOfWork, move: ScanMove) -> Booking | None:
    """The loan of this person in this session, open again."""
    booking = booking_rows.by_client_key(uow.session, key_of(move))
    if booking is not None:
        booking.decision, booking.closed_at = Decision.CONFIRMED.value, None
        booking.version += 1
    return booking


def _institution(uow: UnitOfWork, move: ScanMove) -> str | None:
    session = scans.get(uow.session, move.session_id)
    return None if session is None else session.institution_id


def key_of(move: ScanMove) -> str:
    """Of the loan of this person in this session."""
    return f"{move.session_id}/{move.person_id}"


def make_way(uow: UnitOfWork, device: Device, interval: Interval) -> None:
    """Most of the time nothing was promised there, and the plan of the whole model need not be read."""
    if allocations.in_the_way(uow.session, device.id, interval.start, interval.end):
        plans.make_way(uow, device, interval)
