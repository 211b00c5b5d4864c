"""Finds what is planned with the devices of models, in plain rows: a plan is made of thousands."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Dialect,
    Select,
    TypeDecorator,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    type_coerce,
)
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from medialab_hub.storage.chunks import IDS
from medialab_hub.storage.columns import UtcDateTime, hours_between
from medialab_hub.storage.tables import Allocation, Device

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FAR = datetime(9999, 1, 1, tzinfo=UTC)


class Busy(NamedTuple):
    """Preparation and turnaround included, in microseconds since 1970; `end` None: until further notice."""

    model: str
    id: str
    device: str
    kind: str
    status: str
    is_pinned: bool
    job: str | None
    start: int
    end: int | None


class _Micros(TypeDecorator[int]):
    """Microseconds since 1970: of thousands of times that are read for one plan most are full hours."""

    impl = UtcDateTime
    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], int | None]:  # noqa: ARG002
        """From the database; past the conversion of the column."""
        return _micros_of


@lru_cache(maxsize=50_000)
def _micros_of(value: str | datetime | None) -> int | None:
    if value is None:
        return None
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return (moment - _EPOCH) // _MICROSECOND


def _words(column: Any, *values: str) -> ColumnElement[bool]:
    """In the statement itself: with parameters no database takes an index that was made for these words."""
    if len(values) == 1:
        return col(column) == literal_column(f"'{values[0]}'")
    return col(column).in_([literal_column(f"'{value}'") for value in values])


def _moment(name: str) -> ColumnElement[datetime]:
    return bindparam(name, type_=UtcDateTime())


_IS_NOT_EXPIRED = or_(col(Allocation.held_until).is_(None), col(Allocation.held_until) > _moment("since"))
_BLOCKS = and_(
    col(Allocation.parent_id).is_(None), _words(Allocation.status, "held", "confirmed", "out"), _IS_NOT_EXPIRED
)
_GOES_ON = or_(
    _words(Allocation.status, "out"), and_(_words(Allocation.kind, "reset"), col(Allocation.job_id).is_(None))
)
_IS_LATE = and_(_BLOCKS, _GOES_ON, col(Allocation.blocked_to) <= _moment("since"))
_TAKES = and_(
    _BLOCKS,
    col(Allocation.blocked_from) < _moment("end"),
    or_(col(Allocation.blocked_to).is_(None), col(Allocation.blocked_to) > _moment("start"), _IS_LATE),
)
_WAITS = and_(
    _words(Allocation.status, "broken"),
    col(Allocation.line_id).is_not(None),
    col(Allocation.parent_id).is_(None),
    col(Allocation.ends_at) > _moment("since"),
    _IS_NOT_EXPIRED,
)


def _rows(condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    made: Select[*tuple[Any, ...]] = (
        columns(
            col(Device.model_id),
            col(Allocation.id),
            col(Allocation.device_id),
            col(Allocation.kind),
            col(Allocation.status),
            col(Allocation.is_pinned),
            col(Allocation.job_id),
            type_coerce(col(Allocation.blocked_from), _Micros()),
            type_coerce(col(Allocation.blocked_to), _Micros()),
        )
        .join(Allocation, col(Device.id) == Allocation.device_id)
        .where(col(Device.model_id).in_(IDS), condition)
    )
    return made


# Made once: making a statement takes longer than the database takes for a small model.
_TAKEN, _WAITING = _rows(_TAKES), _rows(_WAITS)
_IS_WAITING = columns(
    exists().where(col(Device.model_id) == bindparam("model"), col(Device.id) == col(Allocation.device_id), _WAITS)
)
_HOURS = (
    columns(col(Allocation.device_id), func.sum(hours_between(col(Allocation.starts_at), col(Allocation.ends_at))))
    .where(
        col(Allocation.device_id).in_(IDS),
        _words(Allocation.kind, "loan", "workshop"),
        _words(Allocation.status, "held", "confirmed", "out", "done"),
    )
    .group_by(col(Allocation.device_id))
)


def busy(
    session: Session, models: Iterable[str], since: datetime, start: datetime | None = None, end: datetime | None = None
) -> list[Busy]:
    """Everything that takes a device of these models after `since`, or is not over though it should be, and promises
    for which there was no room; of what takes a device only what touches the time from `start` to `end`."""
    values = {"ids": list(models), "since": since, "start": max(since, start or since), "end": end or _FAR}
    run = session.connection().execute
    return [Busy(*row) for statement in (_TAKEN, _WAITING) for row in run(statement, values).all()]


def is_something_broken(session: Session, model: str, since: datetime) -> bool:
    """True while somebody was promised one and there is no room."""
    return bool(session.connection().execute(_IS_WAITING, {"model": model, "since": since}).scalar())


def hours(session: Session, devices: Iterable[str]) -> dict[str, float]:
    """How long each was and will be in other hands, as far as that is known; who never was is left out."""
    found = session.connection().execute(_HOURS, {"ids": list(devices)})
    return {device: float(total or 0) for device, total in found}


def these(session: Session, ids: Iterable[str]) -> Sequence[Allocation]:
    """The rows of these allocations, to be changed."""
    return session.exec(select(Allocation).where(col(Allocation.id).in_(list(ids)))).all()
