"""Finds how devices were bought, and how much those of a time were lent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func
from sqlalchemy import select as columns
from sqlmodel import Session, and_, col, select, update

from medialab_hub.domain.allocation import AllocationKind, AllocationStatus
from medialab_hub.storage.columns import hours_between
from medialab_hub.storage.tables import Acquisition, Allocation, Device

_WAS_OUT = (AllocationStatus.OUT.value, AllocationStatus.DONE.value)
_LENT = (AllocationKind.LOAN.value, AllocationKind.WORKSHOP.value)


def get(session: Session, device: str) -> Acquisition | None:
    """How it was bought; None until somebody entered it."""
    return session.get(Acquisition, device)


def move(session: Session, device: str, other: str) -> None:
    """How the second was bought holds for the first, of which nothing is known: they are one."""
    if get(session, device) is None:
        query = update(Acquisition).where(col(Acquisition.device_id) == other)
        session.exec(query.values(device_id=device))


def programmes(session: Session) -> Sequence[str]:
    """Names that are in use, by name."""
    query = select(Acquisition.programme).where(Acquisition.programme != "").distinct()
    return session.exec(query.order_by(col(Acquisition.programme))).all()


@dataclass(frozen=True)
class Lent:
    """A device of the inventory, its purchase, and how much it was out in the time asked for."""

    purchase: Acquisition | None
    loans: int
    hours: float
    is_retired: bool


def lent(session: Session, since: datetime, until: datetime) -> list[Lent]:
    """Every device that ever was in the inventory; a loan that reaches over the edge counts up to it."""
    start = case((col(Allocation.starts_at) < since, since), else_=col(Allocation.starts_at))
    end = case((col(Allocation.ends_at) > until, until), else_=col(Allocation.ends_at))
    is_it = and_(
        col(Allocation.device_id) == col(Device.id),
        col(Allocation.kind).in_(_LENT),
        col(Allocation.status).in_(_WAS_OUT),
        col(Allocation.starts_at) < until,
        col(Allocation.ends_at) > since,
    )
    query = (
        columns(
            Acquisition, func.count(col(Allocation.id)), func.sum(hours_between(start, end)), col(Device.retired_at)
        )
        .select_from(Device)
        .outerjoin(Acquisition, col(Acquisition.device_id) == col(Device.id))
        .outerjoin(Allocation, is_it)
        .where(col(Device.adopted_at).is_not(None), col(Device.merged_into).is_(None))
        .group_by(col(Device.id), *Acquisition.__table__.columns)  # type: ignore[attr-defined]
    )
    rows = session.execute(query).all()
    return [Lent(one, loans, float(hours or 0), retired is not None) for one, loans, hours, retired in rows]
