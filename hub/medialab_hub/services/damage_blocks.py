"""Keeps a device from being lent while it is damaged or lost."""

from datetime import timedelta

from medialab_hub.domain.allocation import AllocationKind, AllocationStatus, Interval
from medialab_hub.domain.events import Happened
from medialab_hub.services import plans
from medialab_hub.services.allocations import end_waiting
from medialab_hub.storage import allocations
from medialab_hub.storage.tables import Allocation, DamageCase, Device
from medialab_hub.storage.unit_of_work import UnitOfWork

SHORTEST = timedelta(milliseconds=1)
"""An interval is never empty, whatever the clock did."""


def block(uow: UnitOfWork, case: DamageCase, device: Device, actor: str) -> None:
    """Until the case is closed. What was promised moves to others, or is broken and says so; within what cannot make
    way, such as a loan that is out, it is a part of that."""
    end_waiting(uow, device.id, is_free=False)
    plans.make_way(uow, device, Interval(uow.now))
    within = allocations.in_the_way(uow.session, device.id, uow.now, None)
    row = Allocation(
        id=uow.new_id("alc"),
        device_id=device.id,
        kind=AllocationKind.QUARANTINE.value,
        starts_at=uow.now,
        blocked_from=uow.now,
        parent_id=within[0].id if within else None,
        actor=actor,
    )
    uow.session.add(row)
    uow.session.flush()
    case.allocation_id = row.id
    uow.session.flush()
    uow.record(Happened.ALLOCATION_STARTED, row.id, actor, device=device.id, what=row.kind)
    uow.touch_device(device.id)


def release(uow: UnitOfWork, case: DamageCase, actor: str) -> None:
    """The case keeps the device no longer."""
    row = None if case.allocation_id is None else allocations.get(uow.session, case.allocation_id)
    if row is None or not AllocationStatus(row.status).blocks:
        return
    row.status = AllocationStatus.DONE.value
    row.version += 1
    row.ends_at = row.blocked_to = max(uow.now, row.starts_at + SHORTEST)
    uow.session.flush()
    uow.record(Happened.ALLOCATION_ENDED, row.id, actor, device=row.device_id, what=row.kind)
    uow.touch_device(row.device_id)
