"""One hand-over of a scan: out to a person's loan, back, and either of them undone."""

from medialab_hub.domain.allocation import AllocationKind, AllocationStatus, Interval
from medialab_hub.domain.bookings import Decision
from medialab_hub.domain.events import Happened
from medialab_hub.domain.jobs import RESET_ACTION
from medialab_hub.domain.scanning import MoveKind
from medialab_hub.errors import Conflict
from medialab_hub.services import bookings, hand_outs, jobs, lending, loan_facts
from medialab_hub.services.booking_rows import BOOKINGS
from medialab_hub.services.grace import UNDO_WINDOW
from medialab_hub.services.refusals import no_such
from medialab_hub.services.subjects import require_device
from medialab_hub.storage import allocations, scans
from medialab_hub.storage import bookings as booking_rows
from medialab_hub.storage import jobs as job_rows
from medialab_hub.storage.tables import Allocation, Booking, BookingLine, Device, Model, ScanMove
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.progress import ExecutionStatus
from medialab_wire.texts import Text


def carry_out(uow: UnitOfWork, move: ScanMove, actor: str, *, is_fact: bool) -> None:
    """Do what the scan means, and note in the move which loan it was. Raises `Conflict`, `NotFound`."""
    if move.kind == MoveKind.OUT:
        hand_outs.hand_out(uow, move, actor, is_fact=is_fact)
    elif move.kind == MoveKind.BACK:
        unit = allocations.out(uow.session, move.device_id)
        session = scans.get(uow.session, move.session_id)
        dropped = None if session is None else session.dropped_at
        lending.check_in(uow, move.device_id, actor, dropped or (move.at if is_fact else None), UNDO_WINDOW)
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


def _unlend(uow: UnitOfWork, move: ScanMove, unit: Allocation, actor: str) -> None:
    booking = _booking_of(uow, unit)
    is_own = booking.client_key == hand_outs.key_of(move)
    line = uow.session.get(BookingLine, unit.line_id)
    assert line is not None
    unit.status = (AllocationStatus.CANCELED if is_own else AllocationStatus.CONFIRMED).value
    unit.is_pinned = line.model_id is None
    unit.version += 1
    uow.session.flush()
    if is_own:
        hand_outs.count(uow, line)
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
        hand_outs.make_way(uow, require_device(uow, device), Interval(waiting.blocked_from, waiting.blocked_to))
        waiting.status = AllocationStatus.CONFIRMED.value
        waiting.version += 1


def _unreturn(uow: UnitOfWork, move: ScanMove, unit: Allocation, actor: str) -> None:
    device, booking = require_device(uow, unit.device_id), _booking_of(uow, unit)
    _forget_return(uow, move, device, actor)
    model = None if device.model_id is None else uow.session.get(Model, device.model_id)
    planned = bookings.widened(booking, model).end
    assert planned is not None
    until = max(planned, unit.starts_at + hand_outs.AT_LEAST)
    hand_outs.make_way(uow, device, Interval(min(unit.starts_at, uow.now), max(until, uow.now + hand_outs.AT_LEAST)))
    loan_facts.take_away(uow, unit.id)
    unit.status = AllocationStatus.OUT.value
    unit.ends_at, unit.blocked_to = max(booking.ends_at, unit.starts_at + hand_outs.AT_LEAST), until
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
