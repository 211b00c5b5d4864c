"""Finds safety tests: the last of each kind, and those of one device."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, String, bindparam, func
from sqlalchemy import select as columns
from sqlmodel import Session, col, select, update

from medialab_hub.domain.inspections import InspectionKind, InspectionResult, LastTest
from medialab_hub.storage.chunks import IDS
from medialab_hub.storage.tables import Allocation, Device, Inspection, Model

MOST = 200
"""Tests of one device that are shown."""


_LATEST_FIRST = (col(Inspection.done_at).desc(), col(Inspection.entered_at).desc(), col(Inspection.id).desc())
_RANKED = columns(
    col(Inspection.device_id),
    col(Inspection.kind),
    col(Inspection.result),
    col(Inspection.done_at),
    col(Inspection.next_due),
    func.row_number()
    .over(partition_by=[col(Inspection.device_id), col(Inspection.kind)], order_by=_LATEST_FIRST)
    .label("place"),
)
_KEY = bindparam("key", type_=String())


def _lasts(ranked: Select[Any]) -> Select[Any]:
    rows = ranked.subquery()
    return columns(*list(rows.c)[:-1]).where(rows.c.place == 1)


# Made once: making a statement takes longer than the database takes to find that there is nothing.
_OF_ALL = _lasts(_RANKED)
_OF_DEVICE = _lasts(_RANKED.where(col(Inspection.device_id) == _KEY))
_OF_MODELS = _lasts(
    _RANKED.join(Device, col(Device.id) == col(Inspection.device_id)).where(col(Device.model_id).in_(IDS))
)


def of_device(session: Session, device: str) -> Sequence[Inspection]:
    """Its tests, the latest first."""
    query = select(Inspection).where(Inspection.device_id == device)
    return session.exec(query.order_by(*_LATEST_FIRST).limit(MOST)).all()


def move(session: Session, device: str, other: str) -> None:
    """What was entered for the second is of the first: they are one."""
    query = update(Inspection).where(col(Inspection.device_id) == other)
    session.exec(query.values(device_id=device))


def last(session: Session) -> dict[str, list[LastTest]]:
    """The last test of each kind by device."""
    return _by_device(session, _OF_ALL, "")


def last_of_device(session: Session, device: str) -> list[LastTest]:
    """The last test of each kind of one device."""
    return _by_device(session, _OF_DEVICE, device).get(device, [])


def last_of_models(session: Session, models: Iterable[str]) -> dict[str, list[LastTest]]:
    """The last test of each kind by device, of the devices of these models."""
    return _by_device(session, _OF_MODELS, list(models))


def _by_device(session: Session, query: Select[Any], key: str | list[str]) -> dict[str, list[LastTest]]:
    found: dict[str, list[LastTest]] = {}
    for device, kind, result, done, due in session.connection().execute(query, {"key": key, "ids": key}):
        found.setdefault(device, []).append(LastTest(InspectionKind(kind), InspectionResult(result), done, due))
    return found


def open_blocks(session: Session, device: str, kind: InspectionKind) -> Sequence[Allocation]:
    """By what it is out of use since a test of this kind was not passed."""
    query = select(Allocation).join(Inspection, col(Inspection.allocation_id) == col(Allocation.id))
    return session.exec(
        query.where(
            Inspection.device_id == device, Inspection.kind == kind.value, col(Allocation.ends_at).is_(None)
        ).where(Allocation.status == "confirmed")
    ).all()


@dataclass(frozen=True)
class Candidate:
    """A device of the inventory, and the interval of its model."""

    device: str
    model: str | None
    months: int | None


def candidates(session: Session) -> list[Candidate]:
    """Every device of the inventory, by name."""
    query = (
        columns(col(Device.id), col(Device.model_id), col(Model.test_months))
        .outerjoin(Model, col(Model.id) == col(Device.model_id))
        .where(col(Device.adopted_at).is_not(None), col(Device.retired_at).is_(None), col(Device.merged_into).is_(None))
        .order_by(col(Device.name), col(Device.id))
    )
    return [Candidate(*row) for row in session.connection().execute(query)]
