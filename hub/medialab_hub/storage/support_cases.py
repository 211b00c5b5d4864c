"""Finds questions and defects, and what was written in them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import Session, col, func, or_, select, update

from medialab_hub.storage.tables import SupportCase, SupportEntry

MOST = 500
"""Cases that are shown at once."""


def get(session: Session, case: str) -> SupportCase | None:
    """The case of that id."""
    return session.get(SupportCase, case)


def find(session: Session, device: str | None, *, is_open: bool | None) -> Sequence[SupportCase]:
    """The latest first; of one device, open or closed ones only."""
    query = select(SupportCase)
    if device is not None:
        query = query.where(SupportCase.device_id == device)
    if is_open is not None:
        ended = col(SupportCase.closed_at)
        query = query.where(ended.is_(None) if is_open else ended.is_not(None))
    return session.exec(query.order_by(col(SupportCase.opened_at).desc(), col(SupportCase.id)).limit(MOST)).all()


def how_many_open(session: Session, device: str, *, of_guests: bool) -> int:
    """Open cases of one device; with `of_guests` those that nobody with an account opened."""
    query = select(func.count()).where(SupportCase.device_id == device, col(SupportCase.closed_at).is_(None))
    if of_guests:
        query = query.where(SupportCase.opened_by == "")
    return session.exec(query).one()


def blank(session: Session, bookings: Collection[str], closed_before: datetime) -> set[str]:
    """Empty what was written in settled cases of these bookings, or of any that were settled before; their ids."""
    settled = select(SupportCase.id).where(
        col(SupportCase.closed_at).is_not(None),
        or_(col(SupportCase.booking_id).in_(bookings), col(SupportCase.closed_at) < closed_before),
    )
    wanted = col(SupportEntry.case_id).in_(settled), col(SupportEntry.words) != ""
    found = session.exec(update(SupportEntry).where(*wanted).values(words="").returning(col(SupportEntry.case_id)))
    return {key for (key,) in found.all()}


def entries(session: Session, cases: Collection[str]) -> Sequence[SupportEntry]:
    """What was written in these, in the order it was written."""
    query = select(SupportEntry).where(col(SupportEntry.case_id).in_(cases))
    return session.exec(query.order_by(col(SupportEntry.at), col(SupportEntry.id))).all()
