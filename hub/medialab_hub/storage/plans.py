"""Finds what is planned with the devices of a model, in plain rows: a plan is made of thousands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from medialab_hub.domain.allocation import AllocationKind, AllocationStatus
from medialab_hub.storage.allocations import BLOCKING
from medialab_hub.storage.tables import Allocation, Device


@dataclass(frozen=True, slots=True)
class Busy:
    """Preparation and turnaround included; `end` None: until further notice."""

    id: str
    device: str
    kind: str
    status: str
    is_pinned: bool
    job: str | None
    start: datetime
    end: datetime | None


def busy(session: Session, model_id: str, since: datetime) -> list[Busy]:
    """Everything that takes a device of the model after that moment, or is not over though it should be, and promises
    for which there was no room."""
    takes = and_(
        col(Allocation.status).in_(BLOCKING),
        or_(
            col(Allocation.blocked_to).is_(None),
            col(Allocation.blocked_to) > since,
            col(Allocation.status) == AllocationStatus.OUT.value,
            and_(col(Allocation.kind) == AllocationKind.RESET.value, col(Allocation.job_id).is_(None)),
        ),
    )
    waits = and_(
        col(Allocation.status) == AllocationStatus.BROKEN.value,
        col(Allocation.line_id).is_not(None),
        col(Allocation.ends_at) > since,
    )
    query = (
        columns(
            col(Allocation.id),
            col(Allocation.device_id),
            col(Allocation.kind),
            col(Allocation.status),
            col(Allocation.is_pinned),
            col(Allocation.job_id),
            col(Allocation.blocked_from),
            col(Allocation.blocked_to),
        )
        .join(Device, col(Device.id) == Allocation.device_id)
        .where(col(Device.model_id) == model_id, col(Allocation.parent_id).is_(None), or_(takes, waits))
    )
    return [Busy(*row) for row in session.connection().execute(query)]


def these(session: Session, ids: Iterable[str]) -> Sequence[Allocation]:
    """The rows of these allocations, to be changed."""
    return session.exec(select(Allocation).where(col(Allocation.id).in_(list(ids)))).all()
