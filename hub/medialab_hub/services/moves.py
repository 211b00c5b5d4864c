"""Carries out a plan: promises change their device, or break and say so, or are kept again."""

from collections.abc import Iterable
from datetime import datetime

from medialab_hub.domain.allocation import AllocationStatus
from medialab_hub.domain.availability import Pool
from medialab_hub.domain.events import Happened
from medialab_hub.domain.promises import Plan
from medialab_hub.storage import plans
from medialab_hub.storage.allocations import in_the_way
from medialab_hub.storage.tables import Allocation
from medialab_hub.storage.unit_of_work import UnitOfWork

MOVABLE = {AllocationStatus.HELD.value, AllocationStatus.CONFIRMED.value}


def carry_out(uow: UnitOfWork, pool: Pool, plan: Plan) -> None:
    """Write what moves and what breaks. Parked first: two that change places would overlap for a moment."""
    now_at = {promise.id: promise.at for promise in pool.promises}
    moves = {key: to for key, to in plan.kept.items() if key in now_at and now_at[key] != to}
    breaks = {key for key in plan.broken if now_at.get(key) is not None}
    if not moves and not breaks:
        return
    rows = {row.id: row for row in plans.these(uow.session, [*moves, *breaks])}
    before = {key: row.status for key, row in rows.items()}
    for row in rows.values():
        row.status = AllocationStatus.MOVING.value
    uow.session.flush()
    let_go(uow, [(to, rows[key].blocked_from) for key, to in moves.items() if key in rows])
    for key, row in rows.items():
        _settle(uow, row, moves.get(key), before[key])
    uow.session.flush()


def _settle(uow: UnitOfWork, row: Allocation, to: str | None, status: str) -> None:
    row.version += 1
    uow.touch_device(row.device_id)
    if to is None:
        break_promise(uow, row)
        return
    was_broken = status == AllocationStatus.BROKEN
    row.status = AllocationStatus.CONFIRMED.value if was_broken else status
    uow.record(Happened.ALLOCATION_MOVED, row.id, device=row.device_id, to=to)
    row.device_id = to
    uow.touch_device(to)


def let_go(uow: UnitOfWork, taken: Iterable[tuple[str, datetime]]) -> None:
    """Devices taken from a moment on that is past already: what nobody fetched in its time no longer stands there."""
    for device, start in taken:
        if start >= uow.now:
            continue
        for row in in_the_way(uow.session, device, start, uow.now, uow.now):
            if row.line_id is not None and row.status in MOVABLE and row.blocked_to and row.blocked_to <= uow.now:
                row.status = AllocationStatus.CANCELED.value
                row.version += 1
                uow.touch_device(device)
    uow.session.flush()


def break_promise(uow: UnitOfWork, row: Allocation) -> None:
    """There is no room for it; it waits until there is."""
    row.status = AllocationStatus.BROKEN.value
    uow.record(Happened.ALLOCATION_BROKEN, row.id, device=row.device_id)
