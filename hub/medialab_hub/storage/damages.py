"""Finds cases of damage and loss, and their photos."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import select as columns
from sqlmodel import Session, col, delete, func, select, update

from medialab_hub.domain.allocation import AllocationStatus
from medialab_hub.storage.allocations import BLOCKING
from medialab_hub.storage.tables import Allocation, Booking, BookingLine, DamageCase, DamagePhoto, Device


class PhotoFacts(NamedTuple):
    """A photo without its bytes."""

    id: str
    case: str
    sha256: str
    size: int
    width: int
    height: int


def get(session: Session, case: str) -> DamageCase | None:
    """The case of that id."""
    return session.get(DamageCase, case)


def some(session: Session, *, device: str | None, is_open: bool | None, most: int) -> Sequence[DamageCase]:
    """Cases, the newest first; of one device, only open or only closed ones where that is asked for."""
    query = select(DamageCase).order_by(col(DamageCase.opened_at).desc(), col(DamageCase.id)).limit(most)
    if device is not None:
        query = query.where(DamageCase.device_id == device)
    if is_open is not None:
        closed = col(DamageCase.closed_at)
        query = query.where(closed.is_(None) if is_open else closed.is_not(None))
    return session.exec(query).all()


def of_booking(session: Session, booking: str) -> Sequence[DamageCase]:
    """What happened during a loan."""
    return session.exec(select(DamageCase).where(DamageCase.booking_id == booking)).all()


def blocks_of(session: Session, device: str) -> Sequence[Allocation]:
    """What keeps a device from being lent because of an open case."""
    query = (
        select(Allocation)
        .join(DamageCase, col(DamageCase.allocation_id) == Allocation.id)
        .where(
            DamageCase.device_id == device,
            col(DamageCase.closed_at).is_(None),
            col(Allocation.status).in_(BLOCKING),
        )
    )
    return session.exec(query).all()


def of_block(session: Session, allocation: str) -> DamageCase | None:
    """The open case because of which this keeps a device."""
    query = select(DamageCase).where(DamageCase.allocation_id == allocation, col(DamageCase.closed_at).is_(None))
    return session.exec(query).first()


def move(session: Session, device: str, other: str) -> None:
    """What happened to the second happened to the first: they are one."""
    query = update(DamageCase).where(col(DamageCase.device_id) == other)
    session.exec(query.values(device_id=device))


def last_loan(session: Session, device: str) -> str | None:
    """The booking for which the device was handed out last."""
    query = (
        select(BookingLine.booking_id)
        .join(Allocation, col(Allocation.line_id) == BookingLine.id)
        .where(
            Allocation.device_id == device,
            col(Allocation.status).in_([AllocationStatus.OUT.value, AllocationStatus.DONE.value]),
        )
        .order_by(col(Allocation.starts_at).desc(), col(Allocation.id))
    )
    return session.exec(query.limit(1)).first()


def photos_of(session: Session, cases: Iterable[str]) -> list[PhotoFacts]:
    """The photos of these cases, the oldest first."""
    table = DamagePhoto
    query = columns(
        col(table.id), col(table.case_id), col(table.sha256), col(table.size), col(table.width), col(table.height)
    )
    query = query.where(col(table.case_id).in_(list(cases))).order_by(col(table.kept_at), col(table.id))
    return [PhotoFacts(*row) for row in session.execute(query)]


def photo(session: Session, photo_id: str) -> DamagePhoto | None:
    """One with its bytes."""
    return session.get(DamagePhoto, photo_id)


def photo_bytes(session: Session) -> int:
    """Bytes of all photos of all cases."""
    return session.exec(select(func.coalesce(func.sum(DamagePhoto.size), 0))).one()


def drop_photos(session: Session, ids: Iterable[str]) -> None:
    """Delete these; their bytes are overwritten (`secure_delete`)."""
    session.exec(delete(DamagePhoto).where(col(DamagePhoto.id).in_(list(ids))))


def photos_about(session: Session, subject: str) -> Sequence[str]:
    """Photos of a device or a case, those an account took, and those of a person's loans."""
    booked = select(Booking.id).where(Booking.person_id == subject)
    about = select(DamageCase.id).where(
        (col(DamageCase.device_id) == subject)
        | (col(DamageCase.id) == subject)
        | (col(DamageCase.booking_id).in_(booked))
    )
    query = select(DamagePhoto.id).where((col(DamagePhoto.case_id).in_(about)) | (col(DamagePhoto.actor) == subject))
    return session.exec(query).all()


def devices_of(session: Session, cases: Iterable[DamageCase]) -> dict[str, Device]:
    """The devices these cases are about."""
    ids = {case.device_id for case in cases}
    return {one.id: one for one in session.exec(select(Device).where(col(Device.id).in_(ids)))}
