"""Finds safety tests: the last of each kind, and those of one device."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from medialab_hub.domain.inspections import InspectionKind, InspectionResult, LastTest
from medialab_hub.storage.tables import Allocation, Device, Inspection, Model

MOST = 200
"""Tests of one device that are shown."""


def of_device(session: Session, device: str) -> Sequence[Inspection]:
    """Its tests, the latest first."""
    query = select(Inspection).where(Inspection.device_id == device)
    order = (col(Inspection.done_at).desc(), col(Inspection.entered_at).desc(), col(Inspection.id).desc())
    return session.exec(query.order_by(*order).limit(MOST)).all()


def last(session: Session, model: str | None = None, device: str | None = None) -> dict[str, list[LastTest]]:
    """The last test of each kind by device: of one model, of one device, or of all."""
    order = (col(Inspection.done_at).desc(), col(Inspection.entered_at).desc(), col(Inspection.id).desc())
    rank = func.row_number().over(partition_by=[col(Inspection.device_id), col(Inspection.kind)], order_by=order)
    query = columns(
        col(Inspection.device_id),
        col(Inspection.kind),
        col(Inspection.result),
        col(Inspection.done_at),
        col(Inspection.next_due),
        rank.label("place"),
    )
    if device is not None:
        query = query.where(col(Inspection.device_id) == device)
    if model is not None:
        query = query.join(Device, col(Device.id) == col(Inspection.device_id)).where(col(Device.model_id) == model)
    ranked = query.subquery()
    found: dict[str, list[LastTest]] = {}
    for key, kind, result, done, due, _ in session.connection().execute(columns(ranked).where(ranked.c.place == 1)):
        found.setdefault(key, []).append(LastTest(InspectionKind(kind), InspectionResult(result), done, due))
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
