"""The plan of one model: reads it, keeps new promises in it, and brings it in order when something has become fixed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from medialab_hub.domain.allocation import AllocationKind, AllocationStatus, Interval
from medialab_hub.domain.availability import Pool
from medialab_hub.domain.load import hull
from medialab_hub.domain.planner import TooEntangled
from medialab_hub.domain.promises import FOREVER, Promise, Span
from medialab_hub.services.hold_ends import end_expired
from medialab_hub.services.inspection_rows import due_of_models
from medialab_hub.services.moves import MOVABLE, break_promise, carry_out, let_go
from medialab_hub.storage import models, plans
from medialab_hub.storage.allocations import in_the_way
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Device, Model
from medialab_hub.storage.unit_of_work import UnitOfWork

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
LATE_FOR = timedelta(hours=24)
"""What should be over and is not is expected to last so much longer; later promises stay where they are."""
_BREAKABLE = {AllocationKind.LOAN.value, AllocationKind.WORKSHOP.value, AllocationKind.INSPECTION.value}
_PROMISES = {AllocationKind.LOAN.value, AllocationKind.WORKSHOP.value}

Stock = Mapping[str, Mapping[str, datetime | None]]
"""By model: devices that belong to the inventory, and from when on each must not be lent because of its test."""


@dataclass(frozen=True)
class Seen:
    """The part of a plan that touches a time; not `is_enough` while something is late or broken: then all matters."""

    pool: Pool
    is_enough: bool


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
    model = models.get(session, model_id)
    return Pool({}, ()) if model is None else _seen(session, stock_of(session, [model]), since, None)[model_id].pool


def stock_of(session: Session, found: Sequence[Model]) -> Stock:
    """What there is of these models."""
    usable = models.usable_of(session, [model.id for model in found])
    dues = due_of_models(session, found, usable)
    return {key: {one: dues.get(one) for one in devices} for key, devices in usable.items()}


def seen_of(session: Session, stock: Stock, since: datetime, window: Span) -> dict[str, Seen]:
    """Of each of these models what touches the time; promises that reach out of it are `beyond`."""
    return _seen(session, stock, since, window)


def _seen(session: Session, stock: Stock, since: datetime, window: Span | None) -> dict[str, Seen]:
    keys = list(stock)
    fixed = {
        device: [] if due is None else [Span(_micros(due), FOREVER)]
        for devices in stock.values()
        for device, due in devices.items()
    }
    inside: dict[str, list[Promise]] = {key: [] for key in keys}
    beyond: dict[str, list[Promise]] = {key: [] for key in keys}
    late = set()
    now = _micros(since)
    for row in _busy(session, keys, since, window):
        end = end_of(row, now)
        span = Span(row.start, FOREVER if end is None else end)
        if end != row.end:
            late.add(row.model)
        if row.status == AllocationStatus.BROKEN:
            inside[row.model].append(Promise(row.id, span))
        elif row.kind in _PROMISES and row.status in MOVABLE and not row.is_pinned:
            is_inside = window is None or (window.start <= span.start and span.end <= window.end)
            (inside if is_inside else beyond)[row.model].append(Promise(row.id, span, row.device))
        elif row.device in fixed:
            fixed[row.device].append(span)
    pools = {key: Pool({one: fixed[one] for one in stock[key]}, inside[key], beyond[key]) for key in keys}
    return {key: Seen(pool, key not in late and pool.is_in_order) for key, pool in pools.items()}


def _busy(session: Session, keys: Sequence[str], since: datetime, window: Span | None) -> list[plans.Busy]:
    if window is None:
        return plans.busy(session, keys, since)
    end = None if window.end >= FOREVER else moment_of(window.end)
    return plans.busy(session, keys, since, moment_of(window.start), end)


def end_of(row: plans.Busy, now: int) -> int | None:
    """What is not back, or back and not proven, goes on whatever was agreed; in microseconds."""
    if row.end is None or row.end > now:
        return row.end
    goes_on = row.status == AllocationStatus.OUT or (row.kind == AllocationKind.RESET and row.job is None)
    return now + LATE_FOR // _MICROSECOND if goes_on else row.end


def make_way(uow: UnitOfWork, device: Device, interval: Interval) -> None:
    """A fact takes this device: what was promised there moves to others, and what cannot is broken."""
    make_ways(uow, [(device, interval)])


def make_ways(uow: UnitOfWork, facts: Sequence[tuple[Device, Interval]]) -> None:
    """The same for facts that come together, so that nothing moves to a device that is to be taken next."""
    end_expired(uow)
    touched: dict[str, dict[str, list[Span]]] = {}
    for device, interval in facts:
        is_met = _break_pins(uow, device, interval)
        model = device.model_id
        if model is not None and (is_met or model in touched or _is_something_broken(uow, model)):
            touched.setdefault(model, {})
    for device, interval in facts:
        if device.model_id in touched:
            touched[device.model_id].setdefault(device.id, []).append(span_of(interval))
    uow.session.flush()
    for model, taken in touched.items():
        pool = _levelled(uow, pool_of(uow.session, model, uow.now))
        fixed = {key: [*blocks, *taken.get(key, ())] for key, blocks in pool.fixed.items()}
        carry_out(uow, pool, Pool(fixed, pool.promises).mended())


def _break_pins(uow: UnitOfWork, device: Device, interval: Interval) -> bool:
    """What nobody may move is broken, and what was not fetched in its time. True when something was promised there."""
    met = [
        one
        for one in in_the_way(uow.session, device.id, interval.start, interval.end)
        if one.kind in _BREAKABLE and one.status in MOVABLE
    ]
    for row in met:
        was_not_kept = row.blocked_to is not None and row.blocked_to <= uow.now
        if device.model_id is None or row.is_pinned or row.kind not in _PROMISES or was_not_kept:
            row.version += 1
            break_promise(uow, row)
    return bool(met)


def _is_something_broken(uow: UnitOfWork, model_id: str) -> bool:
    return plans.is_something_broken(uow.session, model_id, uow.now)


def place(uow: UnitOfWork, model_id: str, wanted: Sequence[Promise]) -> Mapping[str, str] | None:
    """Room for all of these, by their ids, others having moved; None when a promise would break for it."""
    end_expired(uow)
    places = _places(uow, model_id, wanted)
    if places is not None:
        let_go(uow, [(places[promise.id], moment_of(promise.span.start)) for promise in wanted])
    return places


def _places(uow: UnitOfWork, model_id: str, wanted: Sequence[Promise]) -> Mapping[str, str] | None:
    model = models.get(uow.session, model_id)
    if model is None or not wanted:
        return None if wanted else {}
    span = hull([promise.span for promise in wanted])
    seen = _seen_of_one(uow, model, span)
    if seen.is_enough:
        clear = seen.pool.clear_of(span)
        if len(clear) >= len(wanted):
            return dict(zip((promise.id for promise in wanted), _least_used(uow, clear), strict=False))
        if all(promise.span == span for promise in wanted) and seen.pool.glance(span)[1] < len(wanted):
            return None
    return _place_among_others(uow, model, seen, span, wanted)


def _seen_of_one(uow: UnitOfWork, model: Model, window: Span) -> Seen:
    return seen_of(uow.session, stock_of(uow.session, [model]), uow.now, window)[model.id]


def _place_among_others(
    uow: UnitOfWork, model: Model, seen: Seen, span: Span, wanted: Sequence[Promise]
) -> Mapping[str, str] | None:
    if seen.is_enough:
        near = _seen_of_one(uow, model, seen.pool.reach(span))
        if near.is_enough and (places := _fitted(uow, near.pool, wanted)) is not None:
            return places
    return _fitted(uow, pool_of(uow.session, model.id, uow.now), wanted)


def _fitted(uow: UnitOfWork, pool: Pool, wanted: Sequence[Promise]) -> Mapping[str, str] | None:
    try:
        plan = _levelled(uow, pool).fitted(wanted)
    except TooEntangled:
        return None
    if plan is None:
        return None
    carry_out(uow, pool, plan)
    return {promise.id: plan.kept[promise.id] for promise in wanted}


def _least_used(uow: UnitOfWork, devices: Iterable[str]) -> list[str]:
    """Those that were and will be with people for the fewest hours first."""
    devices = list(devices)
    hours = plans.hours(uow.session, devices)
    return sorted(devices, key=lambda key: (round(hours.get(key, 0.0), 3), key))


def _levelled(uow: UnitOfWork, pool: Pool) -> Pool:
    """Of equally good devices the planner takes the first."""
    fixed = {key: pool.fixed[key] for key in _least_used(uow, pool.fixed)}
    return Pool(fixed, pool.promises, pool.beyond)


def clear(uow: UnitOfWork, model_id: str, pins: Mapping[str, Span]) -> bool:
    """Make room at these very devices; False when something is fixed there or a promise would break for it."""
    end_expired(uow)
    is_clear = _is_clear(uow, model_id, pins)
    if is_clear:
        let_go(uow, [(device, moment_of(span.start)) for device, span in pins.items()])
    return is_clear


def _is_clear(uow: UnitOfWork, model_id: str, pins: Mapping[str, Span]) -> bool:
    model = models.get(uow.session, model_id)
    if model is None or not pins:
        return not pins
    span = hull(list(pins.values()))
    seen = _seen_of_one(uow, model, span)
    if seen.is_enough:
        if any(key not in seen.pool.fixed or not one.is_clear_of(seen.pool.fixed[key]) for key, one in pins.items()):
            return False
        if set(pins) <= set(seen.pool.clear_of(span)):
            return True
    return _pinned(uow, model_id, pins)


def _pinned(uow: UnitOfWork, model_id: str, pins: Mapping[str, Span]) -> bool:
    pool = _levelled(uow, pool_of(uow.session, model_id, uow.now))
    try:
        plan = pool.pinned(pins)
    except TooEntangled:
        return False
    if plan is not None:
        carry_out(uow, pool, plan)
    return plan is not None


def mend(uow: UnitOfWork, model_ids: Iterable[str]) -> None:
    """Facts have changed: whatever can be kept is kept, on other devices where needed, and the rest is broken."""
    end_expired(uow)
    for model_id in model_ids:
        pool = pool_of(uow.session, model_id, uow.now)
        if not pool.is_in_order:
            carry_out(uow, pool, _levelled(uow, pool).mended())


def rescue(uow: UnitOfWork, device_id: str) -> None:
    """This device is free again: promises that had been broken may find room."""
    device = uow.session.get(Device, device_id)
    if device is not None and device.model_id is not None and _is_something_broken(uow, device.model_id):
        mend(uow, [device.model_id])
