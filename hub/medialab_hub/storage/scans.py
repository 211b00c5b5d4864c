"""Finds scan sessions, what was scanned in them, and what came of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import Session, col, or_, select

from medialab_hub.domain.allocation import AllocationStatus
from medialab_hub.domain.bookings import Decision
from medialab_hub.storage.tables import Allocation, Booking, BookingLine, ScanMove, ScanRow, ScanSession


def get(session: Session, scans: str) -> ScanSession | None:
    """The session of that id."""
    return session.get(ScanSession, scans)


def by_client_key(session: Session, key: str) -> ScanSession | None:
    """The session that was opened with this key."""
    return session.exec(select(ScanSession).where(ScanSession.client_key == key)).first()


def latest(session: Session, most: int) -> Sequence[ScanSession]:
    """Sessions, the newest first."""
    query = select(ScanSession).order_by(col(ScanSession.opened_at).desc(), ScanSession.id)
    return session.exec(query.limit(most)).all()


def events(session: Session, scans: str) -> Sequence[ScanRow]:
    """Everything that was taken, in no order that matters."""
    return session.exec(select(ScanRow).where(ScanRow.session_id == scans)).all()


def these(session: Session, scans: str, ids: Iterable[str]) -> Sequence[ScanRow]:
    """Those of these events that were taken before."""
    query = select(ScanRow).where(ScanRow.session_id == scans, col(ScanRow.event_id).in_(list(ids)))
    return session.exec(query).all()


_ORDER = (
    col(ScanMove.at),
    col(ScanMove.client),
    col(ScanMove.sequence),
    col(ScanMove.event_id),
    col(ScanMove.session_id),
)


def moves(session: Session, scans: str) -> Sequence[ScanMove]:
    """What came of a session."""
    return session.exec(select(ScanMove).where(ScanMove.session_id == scans)).all()


def bookings_of(session: Session, scans: str) -> list[str]:
    """For which bookings things went out or came back in a session."""
    query = (
        select(BookingLine.booking_id)
        .join(Allocation, col(Allocation.line_id) == BookingLine.id)
        .join(ScanMove, col(ScanMove.allocation_id) == Allocation.id)
        .where(ScanMove.session_id == scans)
    )
    return sorted(session.exec(query.distinct()).all())


def moves_since(session: Session, devices: Iterable[str], since: datetime) -> Sequence[ScanMove]:
    """What scans did to these devices from a moment on, in whatever session."""
    query = select(ScanMove).where(col(ScanMove.device_id).in_(list(devices)), col(ScanMove.at) >= since)
    return session.exec(query).all()


def move_before(session: Session, device: str, moment: datetime) -> ScanMove | None:
    """The last scan before the moment that handed the device out or took it back, or found it handed out."""
    query = select(ScanMove).where(
        ScanMove.device_id == device, col(ScanMove.at) < moment, col(ScanMove.allocation_id).is_not(None)
    )
    return session.exec(query.order_by(*(one.desc() for one in _ORDER))).first()


def was_out(session: Session, device: str, moment: datetime) -> bool:
    """True when it was in somebody's hands then by other ways than scans."""
    query = select(Allocation.id).where(
        Allocation.device_id == device,
        col(Allocation.line_id).is_not(None),
        col(Allocation.id).not_in(
            select(ScanMove.allocation_id).where(
                ScanMove.device_id == device, ScanMove.kind == "out", col(ScanMove.allocation_id).is_not(None)
            )
        ),
        col(Allocation.starts_at) <= moment,
        or_(
            Allocation.status == AllocationStatus.OUT.value,
            (col(Allocation.status) == AllocationStatus.DONE.value) & (col(Allocation.ends_at) >= moment),
        ),
    )
    return session.exec(query.limit(1)).first() is not None


def promised_to(session: Session, person: str, now: datetime, until: datetime) -> Sequence[Booking]:
    """What a person has booked, begins before `until`, is not over and not closed; the earliest first."""
    query = select(Booking).where(
        Booking.person_id == person,
        Booking.decision == Decision.CONFIRMED.value,
        col(Booking.starts_at) <= until,
        col(Booking.ends_at) > now,
        col(Booking.closed_at).is_(None),
    )
    return session.exec(query.order_by(col(Booking.starts_at), Booking.id)).all()
