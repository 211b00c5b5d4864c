"""How many of a model are free in a time, why the others are not, and when they will be."""

from datetime import datetime, timedelta
from typing import Any

from medialab_hub.domain.allocation import Interval
from medialab_hub.domain.availability import next_start
from medialab_hub.domain.promises import Span
from medialab_hub.services import plans
from medialab_hub.services.inspection_rows import due_of_model
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


def asked(starts: datetime, ends: datetime) -> Interval:
    """The time somebody asks about. Raises `HubError` when it is empty."""
    if ends <= starts:
        text = Text(de="Das Ende liegt nicht nach dem Anfang.", en="The end is not after the beginning.")
        raise not_understood("empty-time", text)
    return Interval(starts, ends)


def of_all(session: Session, interval: Interval, now: datetime) -> list[Row]:
    """Every lendable model, by name: the fields of `Freedom`, without reasons."""
    return [_count(session, model, interval, now) for model in models.every(session) if model.is_lendable]


def _count(session: Session, model: Model, interval: Interval, now: datetime) -> Row:
    pool = plans.pool_of(session, model.id, now)
    return {"model": model.id, "devices": len(pool.fixed), "free": pool.free(_wide(model, interval))}


def of_one(session: Session, model_id: str, interval: Interval, quantity: int, now: datetime) -> Row:
    """One model with the reasons, and when `quantity` are free. Raises `NotFound`."""
    model = models.get(session, model_id)
    if model is None:
        raise no_such("model", model_id)
    pool, span = plans.pool_of(session, model_id, now), _wide(model, interval)
    free = pool.free(span)
    horizon = plans.span_of(Interval(interval.start + LOOKED_AHEAD)).start
    start = span.start if free >= quantity else next_start(pool, span, quantity, horizon)
    before = timedelta(minutes=model.prep_min)
    return {
        "model": model_id,
        "devices": len(pool.fixed),
        "free": free,
        "next_start": None if start is None else stamp(plans.moment_of(start) + before),
        "reasons": _reasons(session, model_id, span, now),
    }


def _wide(model: Model, interval: Interval) -> Span:
    before, after = timedelta(minutes=model.prep_min), timedelta(minutes=model.turnaround_min)
    return plans.span_of(interval.widened(before, after))


def _reasons(session: Session, model_id: str, span: Span, now: datetime) -> list[Row]:
    found = []
    for row in rows.busy(session, model_id, now):
        taken = plans.span_of(Interval(row.start, plans.end_of(row, now)))
        if row.status != "broken" and taken.overlaps(span):
            found.append({"device": row.device, "kind": row.kind, "until": stamp(row.end)})
    taken_away = due_of_model(session, model_id, models.usable(session, model_id))
    return found + [
        {"device": device, "kind": "test_due", "until": None}
        for device, due in taken_away.items()
        if plans.span_of(Interval(due)).overlaps(span)
    ]
