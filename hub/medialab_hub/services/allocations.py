"""Takes and frees devices: resets, quarantine, maintenance."""

from datetime import timedelta

from medialab_hub.domain.allocation import AllocationKind, AllocationStatus, Interval
from medialab_hub.domain.events import Happened
from medialab_hub.errors import Conflict
from medialab_hub.services import plans
from medialab_hub.services.hold_ends import end_expired
from medialab_hub.services.refusals import no_such, not_possible
from medialab_hub.services.subjects import require_device, require_idle
from medialab_hub.storage import allocations as rows
from medialab_hub.storage import damages
from medialab_hub.storage.tables import Allocation, Device, Job
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text


def take_for_reset(uow: UnitOfWork, device: Device, job: Job) -> None:
    """A reset takes its device for at most its deadline; inside a quarantine, or the time in which a returned device
    waits for its proof, it is part of that."""
    end = job.starts_at + timedelta(seconds=job.deadline_s)
    end_expired(uow)
    in_the_way = rows.in_the_way(uow.session, device.id, uow.now, end)
    parent = next((row for row in in_the_way if row.kind == AllocationKind.QUARANTINE), None)
    parent = parent or rows.awaiting_proof(uow.session, device.id)
    if parent is None and in_the_way and not _moves_away(uow, device, Interval(uow.now, end)):
        text = Text(de="Das Gerät ist in dieser Zeit schon vergeben.", en="The device is already taken at that time.")
        raise not_possible("device-taken", text, in_the_way[0].id)
    uow.session.add(
        Allocation(
            id=uow.new_id("alc"),
            device_id=device.id,
            kind=AllocationKind.RESET.value,
            starts_at=uow.now,
            ends_at=end,
            blocked_from=uow.now,
            blocked_to=end,
            parent_id=None if parent is None else parent.id,
            job_id=job.id,
            actor=job.requested_by,
        )
    )
    uow.session.flush()


def _moves_away(uow: UnitOfWork, device: Device, interval: Interval) -> bool:
    """True when everything promised there has found another device."""
    return device.model_id is not None and plans.clear(uow, device.model_id, {device.id: plans.span_of(interval)})


def finish_reset(uow: UnitOfWork, job: Job) -> None:
    """The reset no longer takes the device."""
    row = rows.of_job(uow.session, job.id)
    if row is not None:
        _close(uow, row, AllocationStatus.DONE)
        uow.session.flush()


def _close(uow: UnitOfWork, row: Allocation, status: AllocationStatus) -> None:
    row.status = status.value
    row.version += 1
    if uow.now > row.starts_at:  # an interval is never empty, whatever the clock did
        row.ends_at = row.blocked_to = uow.now


def end_waiting(uow: UnitOfWork, device: str, *, is_free: bool = True) -> None:
    """It is proven or accepted: the return is over. Not `is_free`: because of what is wrong with it."""
    row = rows.awaiting_proof(uow.session, device)
    if row is not None:
        _close(uow, row, AllocationStatus.DONE)
        uow.session.flush()
        uow.record(Happened.ALLOCATION_ENDED, row.id, device=device, what=row.kind)
        uow.touch_device(device)
        if is_free:
            plans.rescue(uow, device)


def quarantine(uow: UnitOfWork, device: str, job: Job) -> None:
    """Until further notice; whatever was promised on the device moves to others, or is broken and says so."""
    if rows.open_quarantine(uow.session, device) is not None:
        return
    plans.make_way(uow, require_device(uow, device), Interval(uow.now))
    if rows.in_the_way(uow.session, device, uow.now, None):
        return  # in maintenance: blocked already, and the proof on the device says quarantined
    _add_open(uow, device, AllocationKind.QUARANTINE, job_id=job.id)


def end_quarantine(uow: UnitOfWork, device: str, actor: str) -> None:
    """The device may be used again."""
    row = rows.open_quarantine(uow.session, device)
    if row is not None:
        _close(uow, row, AllocationStatus.DONE)
        uow.session.flush()
        uow.record(Happened.ALLOCATION_ENDED, row.id, actor, device=device, what=row.kind)
        uow.touch_device(device)
        plans.rescue(uow, device)


def is_damaged(uow: UnitOfWork, device: Device) -> bool:
    """True while a case of damage or loss keeps it; what was a part of something that is over stands for itself."""
    blocks = damages.blocks_of(uow.session, device.id)
    for row in blocks:
        if row.parent_id is not None and not rows.in_the_way(uow.session, device.id, uow.now, None):
            plans.make_way(uow, device, Interval(uow.now))
            row.parent_id, row.starts_at, row.blocked_from = None, uow.now, uow.now
            row.version += 1
            uow.session.flush()
            uow.touch_device(device.id)
    return bool(blocks)


def start_maintenance(uow: UnitOfWork, device_id: str, reason: str, actor: str) -> str:
    """Take a device out of use until somebody ends it; returns the allocation. Raises `Conflict`."""
    device = require_device(uow, device_id)
    require_idle(uow, device.id)
    end_expired(uow)
    if rows.in_the_way(uow.session, device.id, uow.now, None):
        text = Text(de="Das Gerät ist schon vergeben oder gesperrt.", en="The device is already taken or blocked.")
        raise not_possible("device-taken", text, device.id)
    return _add_open(uow, device.id, AllocationKind.MAINTENANCE, reason=reason, actor=actor)


def end_allocation(uow: UnitOfWork, device_id: str, allocation_id: str, actor: str) -> None:
    """End maintenance or quarantine by hand. Raises `NotFound`, `Conflict`."""
    row = rows.get(uow.session, allocation_id)
    if row is None or row.device_id != device_id or not AllocationStatus(row.status).blocks:
        raise no_such("allocation", allocation_id)
    if row.kind not in (AllocationKind.MAINTENANCE, AllocationKind.QUARANTINE):
        text = Text(de="Das endet von selbst.", en="That ends by itself.")
        raise not_possible("ends-by-itself", text, row.kind)
    device = require_device(uow, device_id)
    if (case := damages.of_block(uow.session, row.id)) is not None:
        text = Text(de="Zu diesem Gerät ist ein Schadensfall offen.", en="A damage case of this device is open.")
        remedy = Text(de="Zuerst den Schadensfall abschließen.", en="Close the damage case first.")
        raise Conflict("damage-open", text, remedy, case.id)
    if row.kind == AllocationKind.QUARANTINE:
        require_idle(uow, device_id)
    _close(uow, row, AllocationStatus.DONE)
    device.version += 1
    device.seq = uow.record(Happened.ALLOCATION_ENDED, row.id, actor, device=device_id, what=row.kind)
    uow.touch_device(device_id)
    uow.session.flush()
    if not is_damaged(uow, device):
        plans.rescue(uow, device_id)


def _add_open(
    uow: UnitOfWork, device: str, kind: AllocationKind, job_id: str | None = None, reason: str = "", actor: str = ""
) -> str:
    row = Allocation(
        id=uow.new_id("alc"),
        device_id=device,
        kind=kind.value,
        starts_at=uow.now,
        blocked_from=uow.now,
        job_id=job_id,
        reason=reason,
        actor=actor,
    )
    uow.session.add(row)
    uow.session.flush()
    uow.record(Happened.ALLOCATION_STARTED, row.id, actor, device=device, what=kind.value)
    uow.touch_device(device)
    return row.id
