"""The plan of one model: reads it, keeps new promises in it, and brings it in order when something has become fixed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from medialab_hub.domain.allocation import AllocationKind, AllocationStatus, Interval
from medialab_hub.domain.availability import Pool
from medialab_hub.domain.events import Happened
from medialab_hub.domain.planner import TooEntangled, best_plan
from medialab_hub.domain.promises import FOREVER, Plan, Promise, Span
from medialab_hub.services.inspection_rows import due_of_model
from medialab_hub.storage import models, plans
from medialab_hub.storage.allocations import in_the_way
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Allocation, Device
from medialab_hub.storage.unit_of_work import UnitOfWork

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
LATE_FOR = timedelta(hours=24)
"""What should be over and is not is expected to last so much longer; later promises stay where they are."""
_BREAKABLE = {AllocationKind.LOAN.value, AllocationKind.WORKSHOP.value, AllocationKind.INSPECTION.value}
_PROMISES = {AllocationKind.LOAN.value, AllocationKind.WORKSHOP.value}
_MOVABLE = {AllocationStatus.HELD.value, AllocationStatus.CONFIRMED.value}


def span_of(interval: Interval) -> Span:
    """As the planner counts."""
    return Span(_micros(interval.start), FOREVER if interval.end is None else _micros(interval.end))


def moment_of(micros: int) -> datetime:
    """Back from the planner's numbers."""
    return _EPOCH + micros * _MICROSECOND


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def pool_of(session: Session, model_id: str, since: datetime) -> Pool:
    """What can be used, what is fixed, and what was promised, from that moment on."""
    fixed: dict[str, list[Span]] = {device: [] for device in models.usable(session, model_id)}
    promises = []
    for row in plans.busy(session, model_id, since):
        span = span_of(Interval(row.start, end_of(row, since)))
        if row.status == AllocationStatus.BROKEN:
            promises.append(Promise(row.id, span))
        elif row.kind in _PROMISES and row.status in _MOVABLE and not row.is_pinned:
            promises.append(Promise(row.id, span, row.device))
        elif row.device in fixed:
            fixed[row.device].append(span)
    for device, due in due_of_model(session, model_id, fixed).items():
        fixed[device].append(span_of(Interval(due)))
    return Pool(fixed, promises)


def end_of(row: plans.Busy, now: datetime) -> datetime | None:
    """What is not back, or back and not proven, goes on whatever was agreed."""
    goes_on = row.status == AllocationStatus.OUT or (row.kind == AllocationKind.RESET and row.job is None)
    return now + LATE_FOR if goes_on and row.end is not None and row.end <= now else row.end


def make_way(uow: UnitOfWork, device: Device, interval: Interval) -> None:
    """A fact takes this device: what was promised there moves to others, and what cannot is broken."""
    taken = in_the_way(uow.session, device.id, interval.start, interval.end)
    for row in (one for one in taken if one.kind in _BREAKABLE and one.status in _MOVABLE):
        if device.model_id is None or row.is_pinned or row.kind not in _PROMISES:
            row.status = AllocationStatus.BROKEN.value
            row.version += 1
            uow.record(Happened.ALLOCATION_BROKEN, row.id, device=device.id)
    uow.session.flush()
    if device.model_id is None:
        return
    pool = pool_of(uow.session, device.model_id, uow.now)
    fixed = {**pool.fixed, device.id: [*pool.fixed.get(device.id, ()), span_of(interval)]}
    carry_out(uow, pool, _plan(Pool(fixed, pool.promises)))


def place(uow: UnitOfWork, model_id: str, wanted: Sequence[Promise]) -> Mapping[str, str] | None:
    """Room for all of these, by their ids, others having moved; None when a promise would break for it."""
    pool = pool_of(uow.session, model_id, uow.now)
    try:
        plan = pool.fitted(wanted)
    except TooEntangled:
        return None
    if plan is None:
        return None
    carry_out(uow, pool, plan)
    return {promise.id: plan.kept[promise.id] for promise in wanted}


def clear(uow: UnitOfWork, model_id: str, pins: Mapping[str, Span]) -> bool:
    """Make room at these very devices; False when something is fixed there or a promise would break for it."""
    pool = pool_of(uow.session, model_id, uow.now)
    try:
        plan = pool.pinned(pins)
    except TooEntangled:
        return False
    if plan is not None:
        carry_out(uow, pool, plan)
    return plan is not None


def mend(uow: UnitOfWork, model_ids: Iterable[str]) -> None:
    """Facts have changed: whatever can be kept is kept, on other devices where needed, and the rest is broken."""
    for model_id in model_ids:
        pool = pool_of(uow.session, model_id, uow.now)
        if not pool.is_in_order:
            carry_out(uow, pool, _plan(pool))


def _plan(pool: Pool) -> Plan:
    try:
        return best_plan(pool.fixed, pool.promises) or _patched(pool)
    except TooEntangled:
        return _patched(pool)


def _patched(pool: Pool) -> Plan:
    """Without the best plan: what stands stays, and the others go one by one where there is room."""
    kept = {one.id: one.at for one in pool.promises if one.at and one.span.is_clear_of(pool.fixed.get(one.at, ()))}
    standing = [one for one in pool.promises if one.id in kept and one.at in pool.fixed]
    broken = []
    for promise in sorted((one for one in pool.promises if one not in standing), key=lambda one: one.span):
        taken = Pool(pool.fixed, standing)
        room = next((key for key in pool.fixed if _is_free(taken, key, promise.span)), None)
        if room is None:
            broken.append(promise.id)
        else:
            standing.append(Promise(promise.id, promise.span, room))
    return Plan({one.id: one.at for one in standing if one.at}, tuple(broken))


def _is_free(pool: Pool, key: str, span: Span) -> bool:
    others = (one.span for one in pool.promises if one.at == key)
    return span.is_clear_of(pool.fixed[key]) and span.is_clear_of(others)


def carry_out(uow: UnitOfWork, pool: Pool, plan: Plan) -> None:
    """Write what moves and what breaks. Parked first: two that change places would overlap for a moment."""
    now_at = {promise.id: promise.at for promise in pool.promises}
    moves = {key: to for key, to in plan.kept.items() if key in now_at and now_at[key] != to}
    breaks = {key for key in plan.broken if now_at.get(key) is not None}
    rows = {row.id: row for row in plans.these(uow.session, [*moves, *breaks])}
    before = {key: row.status for key, row in rows.items()}
    for row in rows.values():
        row.status = AllocationStatus.MOVING.value
    uow.session.flush()
    for key, row in rows.items():
        _settle(uow, row, moves.get(key), before[key])
    uow.session.flush()


def _settle(uow: UnitOfWork, row: Allocation, to: str | None, status: str) -> None:
    row.version += 1
    uow.touch_device(row.device_id)
    if to is None:
        row.status = AllocationStatus.BROKEN.value
        uow.record(Happened.ALLOCATION_BROKEN, row.id, device=row.device_id)
        return
    was_broken = status == AllocationStatus.BROKEN
    row.status = AllocationStatus.CONFIRMED.value if was_broken else status
    uow.record(Happened.ALLOCATION_MOVED, row.id, device=row.device_id, to=to)
    row.device_id = to
    uow.touch_device(to)
