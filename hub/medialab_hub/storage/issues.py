"""Finds open issues."""

from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, func, select

from medialab_hub.storage.chunks import IDS, fetch, fetch_rows
from medialab_hub.storage.tables import OpenIssue

_BY_ID = select(OpenIssue).where(col(OpenIssue.id).in_(IDS))
_COUNTS = (
    select(OpenIssue.device_id, func.count())
    .where(col(OpenIssue.device_id).in_(IDS))
    .group_by(col(OpenIssue.device_id))
)


def every(session: Session) -> Sequence[OpenIssue]:
    """All open issues, oldest first."""
    return session.exec(select(OpenIssue).order_by(col(OpenIssue.since), OpenIssue.id)).all()


def many(session: Session, ids: Iterable[str]) -> list[OpenIssue]:
    """The issues of these ids that are still open."""
    return fetch(session, _BY_ID, ids)


def counts(session: Session, devices: Iterable[str]) -> dict[str, int]:
    """How many issues each of these devices has."""
    return dict(fetch_rows(session, _COUNTS, devices))
