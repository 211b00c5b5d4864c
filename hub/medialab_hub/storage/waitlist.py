"""Finds who waits for what."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from medialab_hub.domain.waitlist import WaitState
from medialab_hub.storage.tables import WaitlistEntry

_OPEN = tuple(state.value for state in WaitState if state.is_open)


def get(session: Session, entry_id: str) -> WaitlistEntry | None:
    """The entry of that id."""
    return session.get(WaitlistEntry, entry_id)


def every_open(session: Session) -> Sequence[WaitlistEntry]:
    """Who waits or was offered something, in the order in which they came."""
    query = select(WaitlistEntry).where(col(WaitlistEntry.state).in_(_OPEN))
    return session.exec(query.order_by(col(WaitlistEntry.created_at), col(WaitlistEntry.id))).all()


def waiting(session: Session, model_id: str | None = None) -> Sequence[WaitlistEntry]:
    """Who waits, also for one model only, in the order in which they came."""
    query = select(WaitlistEntry).where(WaitlistEntry.state == WaitState.WAITING.value)
    if model_id is not None:
        query = query.where(WaitlistEntry.model_id == model_id)
    return session.exec(query.order_by(col(WaitlistEntry.created_at), col(WaitlistEntry.id))).all()


def offered(session: Session, booking_id: str) -> Sequence[WaitlistEntry]:
    """To whom this hold was offered."""
    return session.exec(select(WaitlistEntry).where(WaitlistEntry.booking_id == booking_id)).all()


def over(session: Session, now: datetime) -> Sequence[WaitlistEntry]:
    """Who waits for a time that has begun."""
    query = select(WaitlistEntry).where(
        WaitlistEntry.state == WaitState.WAITING.value, col(WaitlistEntry.starts_at) <= now
    )
    return session.exec(query).all()
