"""How many of a model are free in a time, why the others are not, and when they will be."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from medialab_hub.domain.allocation import Interval
from medialab_hub.domain.availability import LARGE, next_start
from medialab_hub.domain.load import hull
from medialab_hub.domain.promises import FOREVER, Span
from medialab_hub.services import plans
from medialab_hub.services.inspection_rows import due_of_models
from medialab_hub.services.refusals import no_such, not_understood
from medialab_hub.services.stamps import stamp
from medialab_hub.storage import models
from medialab_hub.storage import plans as rows
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Model
from medialab_wire.texts import Text

Row = dict[str, Any]
LOOKED_AHEAD = timedelta(days=90)
"""How far the next free time is looked for."""
LOOKED_AT_FIRST = timedelta(days=10)
MANY = 60
"""Devices of a model."""
MICROSECOND = timedelta(microseconds=1)
QUIET = 12
"""Promises around a time that are so few that all models together are asked exactly, too."""


def asked(starts: datetime, ends: datetime) -> Interval:
    """The time somebody asks about. Raises `HubError` when it is empty."""
    if ends <= starts:
        text = Text(de="Das Ende liegt nicht nach dem Anfang.", en="The end is not after the beginning.")
        raise not_understood("empty-time", text)
    return Interval(starts, ends)


def of_all(session: Session, interval: Interval, now: datetime) -> list[Row]:
    """Every lendable model, by name: the fields of `Freedom`, without reasons."""
    found = [model for model in models.every(session) if model.is_lendable]
    counts = _counts(session, found, interval, now)
    return [{"model": model.id, "devices": counts[model.id][0], "free": counts[model.id][1]} for model in found]


def of_one(session: Session, model_id: str, interval: Interval, quantity: int, now: datetime) -> Row:
    """One model with the reasons, and when `quantity` are free. Raises `NotFound`."""
    model = models.get(session, model_id)
    if model is None:
        raise no_such("model", model_id)
    devices, free = _counts(session, [model], interval, now)[model_id]
    span = _wide(model, interval)
    start: int | None = span.start
    if free < quantity:
        start = _next_start(session, model, span, quantity, now)
    before = timedelta(minutes=model.prep_min)
    return {
        "model": model_id,
        "devices": devices,
        "free": free,
        "next_start": None if start is None else stamp(plans.moment_of(start) + before),
        "reasons": _reasons(session, model, span, now),
    }


def _counts(session: Session, found: Sequence[Model], interval: Interval, now: datetime) -> dict[str, tuple[int, int]]:
    """Devices and free ones of each model, with as little reading as will do: first what lies in the time itself, then
    what reaches out of it, and the whole plan only where that does not decide.

    Of several models at once busy ones say how many are certain, and so do hundreds of devices; else it is exact."""
    answers: dict[str, tuple[int, int]] = {}
    spans = {model.id: _wide(model, interval) for model in found}
    left, window = list(found), hull(list(spans.values()) or [plans.span_of(interval)])
    stock = plans.stock_of(session, found)
    for _ in range(2):
        seen = plans.seen_of(session, {model.id: stock[model.id] for model in left}, now, window)
        undecided = []
        for model in left:
            pool = seen[model.id].pool
            low, high = pool.glance(spans[model.id]) if seen[model.id].is_enough else (0, 1)
            answers[model.id] = (len(pool.fixed), low)
            if low < high:
                undecided.append(model)
        left = undecided
        window = hull([window, *(seen[model.id].pool.reach(spans[model.id]) for model in left)])
    for model in left:
        near = seen[model.id].pool
        is_exact = near.size <= QUIET or (len(found) == 1 and near.size * len(near.fixed) <= LARGE)
        if is_exact or not seen[model.id].is_enough:
            pool = plans.pool_of(session, model.id, now)
            answers[model.id] = (len(pool.fixed), pool.free(spans[model.id]))
    return answers


def _next_start(session: Session, model: Model, span: Span, quantity: int, now: datetime) -> int | None:
    """Of hundreds of devices the near future is read first: most of the time it is found there."""
    ahead, near = LOOKED_AHEAD // MICROSECOND, LOOKED_AT_FIRST // MICROSECOND
    stock = plans.stock_of(session, [model])
    if len(stock[model.id]) >= MANY:
        seen = plans.seen_of(session, stock, now, Span(span.start, span.end + near))[model.id]
        start = next_start(seen.pool, span, quantity, span.start + near) if seen.is_enough else None
        if start is not None:
            return start
    return next_start(plans.pool_of(session, model.id, now), span, quantity, span.start + ahead)


def _wide(model: Model, interval: Interval) -> Span:
    before, after = timedelta(minutes=model.prep_min), timedelta(minutes=model.turnaround_min)
    return plans.span_of(interval.widened(before, after))


def _reasons(session: Session, model: Model, span: Span, now: datetime) -> list[Row]:
    found = []
    start, end = plans.moment_of(span.start), plans.moment_of(span.end)
    for row in rows.busy(session, [model.id], now, start, end):
        taken_until = plans.end_of(row, plans.span_of(Interval(now)).start)
        taken = Span(row.start, FOREVER if taken_until is None else taken_until)
        if row.status != "broken" and taken.overlaps(span):
            until = None if row.end is None else stamp(plans.moment_of(row.end))
            found.append({"device": row.device, "kind": row.kind, "until": until})
    taken_away = due_of_models(session, [model], {model.id: models.usable(session, model.id)})
    return found + [
        {"device": device, "kind": "test_due", "until": None}
        for device, due in taken_away.items()
        if plans.span_of(Interval(due)).overlaps(span)
    ]
