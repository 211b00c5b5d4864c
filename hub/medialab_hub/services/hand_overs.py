"""One hand-over of a scan: out to a person's loan, back, and either of them undone."""

from datetime import datetime, timedelta

from medialab_hub.domain.allocation import AllocationKind, AllocationStatus, Interval
from medialab_hub.domain.bookings import Decision
from medialab_hub.domain.events import Happened
from medialab_hub.domain.jobs import RESET_ACTION
from medialab_hub.domain.scanning import MoveKind
from medialab_hub.errors import Conflict
from medialab_hub.services import bookings, jobs, lending, loan_facts, plans
from medialab_hub.services.booking_rows import BOOKINGS
from medialab_hub.services.bookings import LineWish, Wish
from medialab_hub.services.grace import UNDO_WINDOW
from medialab_hub.services.refusals import no_such, not_possible
from medialab_hub.services.subjects import require_device
from medialab_hub.storage import allocations, scans
from medialab_hub.storage import bookings as booking_rows
from medialab_hub.storage import jobs as job_rows
from medialab_hub.storage.attempts import attempt
from medialab_hub.storage.tables import Allocation, Booking, BookingLine, Device, Model, ScanMove
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.progress import ExecutionStatus
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


def carry_out(uow: UnitOfWork, move: ScanMove, actor: str, *, is_fact: bool) -> None:
    """Do what the scan means, and note in the move which loan it was. Raises `Conflict`, `NotFound`."""
    if move.kind == MoveKind.OUT:
        _hand_out(uow, move, actor, is_fact=is_fact)
    elif move.kind == MoveKind.BACK:
        unit = allocations.out(uow.session, move.device_id)
        lending.check_in(uow, move.device_id, actor, move.at if is_fact else None, UNDO_WINDOW)
        waiting = allocations.awaiting_proof(uow.session, move.device_id)
        move.allocation_id = None if unit is None else unit.id
        move.proof_id = None if waiting is None else waiting.id


def take_back(uow: UnitOfWork, move: ScanMove, actor: str) -> None:
    """As if it had not been; who takes back several mends the plans afterwards (`bookings.mend_models_of`).

    Raises `Conflict` for a return whose reset has begun."""
    unit = None if move.allocation_id is None else allocations.get(uow.session, move.allocation_id)
    if unit is None:
        return
    if move.kind == MoveKind.OUT and unit.status == AllocationStatus.OUT:
        _unlend(uow, move, unit, actor)
    elif move.kind == MoveKind.BACK and unit.status == AllocationStatus.DONE:
        _unreturn(uow, move, unit, actor)


def taken_by(uow: UnitOfWork, move: ScanMove) -> Conflict | None:
    """What takes a device that was wanted by a scan and is not free; None when nothing on it does."""
    interval = _time_of(uow, move, uow.now)
    kinds = [one.kind for one in allocations.in_the_way(uow.session, move.device_id, interval.start, interval.end)]
    words = next((words for kind, words in _TAKEN.items() if kind in kinds), None)
    return None if words is None else not_possible(*words, move.device_id)


def _hand_out(uow: UnitOfWork, move: ScanMove, actor: str, *, is_fact: bool) -> None:
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
    for booking in scans.promised_to(uow.session, move.person_id, uow.now + EARLY):
        if booking.client_key == _key(move):
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
    booking = _loan(uow, move)
    if booking is None:
        interval, key = _time_of(uow, move, uow.now), _key(move)
        wish = Wish([line], interval, institution=_institution(uow, move), person=move.person_id, client_key=key)
        return lending.lend(uow, wish, actor)
    known = None if line.kit is None else booking_rows.kit_line(uow.session, booking.id, line.kit)
    if known is None:
        bookings.add_line(uow, booking, line)
    else:
        bookings.keep_also(uow, booking, known, require_device(uow, move.device_id))
        _count(uow, known)
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
    _make_way(uow, device, wide)
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
    _count(uow, line)
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


def _count(uow: UnitOfWork, line: BookingLine) -> None:
    """A line about a kit says how many of its members went."""
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
        client_key=_key(move),
        created_at=uow.now,
        created_by=actor,
    )
    uow.session.add(booking)
    uow.session.flush()
    uow.record(Happened.BOOKING_MADE, booking.id, actor, lines=1, decision=booking.decision)
    return booking


def _loan(uow: UnitOfWork, move: ScanMove) -> Booking | None:
    """The loan of this person in this session, open again."""
    booking = booking_rows.by_client_key(uow.session, _key(move))
    if booking is not None:
        booking.decision, booking.closed_at = Decision.CONFIRMED.value, None
        booking.version += 1
    return booking


def _institution(uow: UnitOfWork, move: ScanMove) -> str | None:
    session = scans.get(uow.session, move.session_id)
    return None if session is None else session.institution_id


def _key(move: ScanMove) -> str:
    return f"{move.session_id}/{move.person_id}"


def _unlend(uow: UnitOfWork, move: ScanMove, unit: Allocation, actor: str) -> None:
    booking = _booking_of(uow, unit)
    is_own = booking.client_key == _key(move)
    line = uow.session.get(BookingLine, unit.line_id)
    assert line is not None
    unit.status = (AllocationStatus.CANCELED if is_own else AllocationStatus.CONFIRMED).value
    unit.is_pinned = line.model_id is None
    unit.version += 1
    uow.session.flush()
    if is_own:
        _count(uow, line)
    if is_own and not booking_rows.kept_by(uow.session, [booking.id]):
        booking.decision = Decision.CANCELED.value
        booking.version += 1
    if move.proof_id is not None:
        _demand_proof_again(uow, unit.device_id, move.proof_id)
    uow.session.flush()
    uow.record(Happened.LENDING_UNDONE, unit.id, actor, device=unit.device_id, booking=booking.id)
    _told(uow, unit.device_id, booking)


def _demand_proof_again(uow: UnitOfWork, device: str, proof_id: str) -> None:
    waiting = allocations.get(uow.session, proof_id)
    if waiting is not None and waiting.status == AllocationStatus.CANCELED:
        _make_way(uow, require_device(uow, device), Interval(waiting.blocked_from, waiting.blocked_to))
        waiting.status = AllocationStatus.CONFIRMED.value
        waiting.version += 1


def _unreturn(uow: UnitOfWork, move: ScanMove, unit: Allocation, actor: str) -> None:
    device, booking = require_device(uow, unit.device_id), _booking_of(uow, unit)
    _forget_return(uow, move, device, actor)
    model = None if device.model_id is None else uow.session.get(Model, device.model_id)
    planned = bookings.widened(booking, model).end
    assert planned is not None
    until = max(planned, unit.starts_at + AT_LEAST)
    _make_way(uow, device, Interval(min(unit.starts_at, uow.now), max(until, uow.now + AT_LEAST)))
    loan_facts.take_away(uow, unit.id)
    unit.status = AllocationStatus.OUT.value
    unit.ends_at, unit.blocked_to = max(booking.ends_at, unit.starts_at + AT_LEAST), until
    unit.version += 1
    booking.closed_at = None
    uow.session.flush()
    uow.record(Happened.RETURN_UNDONE, unit.id, actor, device=device.id, booking=booking.id)
    _told(uow, device.id, booking)


def _forget_return(uow: UnitOfWork, move: ScanMove, device: Device, actor: str) -> None:
    """The wait for a proof ends, and a reset that only waits to begin with it; one that has begun is a fact."""
    waiting = None if move.proof_id is None else allocations.get(uow.session, move.proof_id)
    for job in job_rows.open_of(uow.session, [device.id]):
        if job.action == RESET_ACTION:
            jobs.cancel(uow, job.id, actor)
            if not ExecutionStatus(job.status).is_terminal:
                raise _too_late(device)
    if waiting is None or waiting.status != AllocationStatus.CONFIRMED or waiting.kind != AllocationKind.RESET:
        raise _too_late(device)
    waiting.status = AllocationStatus.CANCELED.value
    waiting.version += 1
    uow.session.flush()


def _too_late(device: Device) -> Conflict:
    return Conflict(
        "undo-too-late",
        Text(
            de="Die Rückgabe ist schon verarbeitet, das Gerät wird oder wurde zurückgesetzt.",
            en="The return has been dealt with: the device is being reset, or was.",
        ),
        Text(de="Das Gerät neu ausgeben.", en="Hand the device out anew."),
        device.id,
    )


def _booking_of(uow: UnitOfWork, unit: Allocation) -> Booking:
    booking = booking_rows.of_allocation(uow.session, unit)
    if booking is None:
        raise no_such("booking", unit.id)
    return booking


def _told(uow: UnitOfWork, device: str, booking: Booking) -> None:
    uow.touch_device(device)
    uow.touch(BOOKINGS, booking.id)


def _make_way(uow: UnitOfWork, device: Device, interval: Interval) -> None:
    """Most of the time nothing was promised there, and the plan of the whole model need not be read."""
    if allocations.in_the_way(uow.session, device.id, interval.start, interval.end):
        plans.make_way(uow, device, interval)
