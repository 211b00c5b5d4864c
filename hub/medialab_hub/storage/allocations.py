"""Finds the times in which devices are taken."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, literal_column
from sqlmodel import Session, col, or_, select

from medialab_hub.domain.allocation import AllocationKind, AllocationStatus
from medialab_hub.storage.chunks import IDS, fetch
from medialab_hub.storage.columns import UtcDateTime
from medialab_hub.storage.tables import Allocation, DamageCase

BLOCKING = tuple(status.value for status in AllocationStatus if status.blocks)

_AT = bindparam("at", type_=UtcDateTime())
_ACTIVE = select(Allocation).where(
    col(Allocation.device_id).in_(IDS),
    col(Allocation.status).in_(BLOCKING),
    col(Allocation.starts_at) <= _AT,
    or_(col(Allocation.ends_at).is_(None), col(Allocation.ends_at) > _AT),
)
_IS_OUT = col(Allocation.status) == literal_column("'out'")  # in words, as the index says it
_GOES_ON = or_(
    _IS_OUT,
    and_(
        col(Allocation.kind) == AllocationKind.RESET.value,
        col(Allocation.status) == AllocationStatus.CONFIRMED.value,
        col(Allocation.job_id).is_(None),
    ),
)
"""Until somebody brings it back or proves it, whatever was planned."""


def get(session: Session, allocation_id: str) -> Allocation | None:
    """The allocation of that id."""
    return session.get(Allocation, allocation_id)


def active(session: Session, devices: Iterable[str], at: datetime) -> list[Allocation]:
    """What takes these devices at a moment."""
    return fetch(session, _ACTIVE, devices, at=at)


def of_job(session: Session, job: str) -> Allocation | None:
    """The time a job takes its device."""
    return session.exec(select(Allocation).where(Allocation.job_id == job, Allocation.kind == "reset")).first()


def open_quarantine(session: Session, device: str) -> Allocation | None:
    """The quarantine a device is in because of a reset."""
    of_cases = select(DamageCase.allocation_id).where(col(DamageCase.allocation_id).is_not(None))
    return session.exec(
        select(Allocation).where(
            Allocation.device_id == device,
            Allocation.kind == AllocationKind.QUARANTINE.value,
            col(Allocation.status).in_(BLOCKING),
            col(Allocation.ends_at).is_(None),
            col(Allocation.id).not_in(of_cases),
        )
    ).first()


def awaiting_proof(session: Session, device: str) -> Allocation | None:
    """The time since a device came back and nobody has proven yet that it is clean."""
    return session.exec(
        select(Allocation).where(
            Allocation.device_id == device,
            Allocation.kind == AllocationKind.RESET.value,
            Allocation.status == AllocationStatus.CONFIRMED.value,
            col(Allocation.job_id).is_(None),
        )
    ).first()


def all_awaiting_proof(session: Session, at: datetime) -> Sequence[Allocation]:
    """Every returned device that may be erased by now."""
    return session.exec(
        select(Allocation).where(
            Allocation.kind == AllocationKind.RESET.value,
            Allocation.status == AllocationStatus.CONFIRMED.value,
            col(Allocation.job_id).is_(None),
            or_(col(Allocation.erase_from).is_(None), col(Allocation.erase_from) <= at),
        )
    ).all()


def late(session: Session, at: datetime) -> Sequence[Allocation]:
    """What should be over and is not: devices that are not back, and returned ones that are not proven."""
    return session.exec(select(Allocation).where(_GOES_ON, col(Allocation.blocked_to) <= at)).all()


def out(session: Session, device: str) -> Allocation | None:
    """In whose hands a device is."""
    query = select(Allocation).where(Allocation.device_id == device, _IS_OUT)
    return session.exec(query).first()


def in_the_way(
    session: Session, device: str, start: datetime, end: datetime | None, late_at: datetime | None = None
) -> Sequence[Allocation]:
    """Blocking allocations without a parent that overlap the half-open time; with `late_at` also what should be over
    at that moment and is not, for nobody knows for how long."""
    overlaps = or_(col(Allocation.blocked_to).is_(None), col(Allocation.blocked_to) > start)
    if late_at is not None:
        overlaps = or_(overlaps, and_(_GOES_ON, col(Allocation.blocked_to) <= late_at))
    query = select(Allocation).where(
        Allocation.device_id == device,
        col(Allocation.parent_id).is_(None),
        col(Allocation.status).in_(BLOCKING),
        overlaps,
    )
    if end is not None:
        query = query.where(col(Allocation.blocked_from) < end)
    return session.exec(query).all()
