"""Explains in words why so many of a model are not free, by kinds and never by names, and what else would do."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from medialab_hub.catalogue.loader import shipped
from medialab_hub.domain.allocation import Interval
from medialab_hub.domain.opening import next_opening
from medialab_hub.services import freedom
from medialab_hub.services.moment_words import in_words
from medialab_hub.services.opening import calendar_of
from medialab_hub.services.refusals import no_such
from medialab_hub.services.stamps import stamp
from medialab_hub.storage import models
from medialab_hub.storage.noun import Row
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Model
from medialab_wire.texts import Text

MOST_SIMILAR = 3
TRIES = 8
"""Looks at a later time until it is free and open."""


@dataclass(frozen=True)
class _Question:
    session: Session
    model: Model
    interval: Interval
    quantity: int
    now: datetime
    zone: ZoneInfo

    def ask(self, interval: Interval) -> Row:
        return freedom.of_one(self.session, self.model.id, interval, self.quantity, self.now)


_WHY = {
    "loan": Text(de="verliehen oder gebucht", en="lent or booked"),
    "workshop": Text(de="für einen Workshop gebucht", en="booked for a workshop"),
    "maintenance": Text(de="in Reparatur", en="being repaired"),
    "inspection": Text(de="in der Prüfung", en="being tested"),
    "reset": Text(de="noch nicht zurückgesetzt", en="not reset yet"),
    "quarantine": Text(de="gesperrt", en="blocked"),
    "test_due": Text(de="ohne gültige Prüfung", en="without a valid test"),
}


def of_one(session: Session, model_id: str, interval: Interval, quantity: int, now: datetime, zone: ZoneInfo) -> Row:
    """The fields of `Freedom` with words, and with alternatives where it is not enough. Raises `NotFound`."""
    model = models.get(session, model_id)
    if model is None:
        raise no_such("model", model_id)
    question = _Question(session, model, interval, quantity, now, zone)
    seen = question.ask(interval)
    others = [] if seen["free"] >= quantity else [*_others(question, seen)]
    return {**seen, "words": _words(model, seen).model_dump(), "alternatives": others}


def _words(model: Model, seen: Row) -> Text:
    why = Counter({one["device"]: one["kind"] for one in seen["reasons"]}.values())
    free, devices = seen["free"], seen["devices"]
    kinds = [(_WHY[kind], number) for kind, number in why.most_common() if kind in _WHY]
    de = "".join(f", {number} {text.de}" for text, number in kinds)
    en = "".join(f", {number} {text.en}" for text, number in kinds)
    return Text(
        de=f"{model.name}: {free} von {devices} in dieser Zeit frei{de}.",
        en=f"{model.name}: {free} of {devices} free at that time{en}.",
    )


def _others(asked: _Question, seen: Row) -> Iterator[Row]:
    later = _later(asked, seen)
    if later is not None:
        yield _row("later", asked.model, asked.quantity, later, asked.zone)
    if seen["free"]:
        yield _row("fewer", asked.model, seen["free"], asked.interval, asked.zone)
    for other in _similar(asked):
        yield _row("similar", other, asked.quantity, asked.interval, asked.zone)


def _later(asked: _Question, seen: Row) -> Interval | None:
    """The next time as long as this one that is free and begins while it is open."""
    assert asked.interval.end is not None
    calendar, length = calendar_of(asked.session, asked.zone), asked.interval.end - asked.interval.start
    for _ in range(TRIES):
        if seen["next_start"] is None:
            return None
        start = datetime.fromisoformat(seen["next_start"])
        opens = start if not any(calendar.hours.values()) else next_opening(calendar, start)
        if opens is None or opens == start:
            return None if opens is None else Interval(start, start + length)
        seen = asked.ask(Interval(opens, opens + length))
    return None


def _similar(asked: _Question) -> Iterable[Model]:
    """Other models of the same kind in the catalogue of which so many are free."""
    kind = _kind_of(asked.model)
    if kind is None:
        return []
    free = {row["model"]: row["free"] for row in freedom.of_all(asked.session, asked.interval, asked.now)}
    others = [one for one in models.every(asked.session) if one.id != asked.model.id and _kind_of(one) == kind]
    return [one for one in others if free.get(one.id, 0) >= asked.quantity][:MOST_SIMILAR]


def _kind_of(model: Model) -> str | None:
    known = None if model.class_id is None else shipped().classes.get(model.class_id)
    return None if known is None else known.kind


def _row(kind: str, model: Model, quantity: int, interval: Interval, zone: tzinfo) -> Row:
    at = in_words(interval.start, zone)
    words = {
        "later": Text(de=f"{quantity} × {model.name} ab {at.de}", en=f"{quantity} × {model.name} from {at.en}"),
        "fewer": Text(de=f"Nur {quantity} × {model.name}", en=f"Only {quantity} × {model.name}"),
        "similar": Text(de=f"Stattdessen {quantity} × {model.name}", en=f"{quantity} × {model.name} instead"),
    }[kind]
    return {
        "kind": kind,
        "model": model.id,
        "quantity": quantity,
        "starts": stamp(interval.start),
        "ends": stamp(interval.end),
        "words": words.model_dump(),
    }
