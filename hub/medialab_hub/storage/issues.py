"""Finds open issues."""

from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, func, select

from medialab_hub.storage.chunks import in_chunks
from medialab_hub.storage.tables import OpenIssue


def every(session: Session) -> Sequence[OpenIssue]:
    """All open issues, oldest first."""
    return session.exec(select(OpenIssue).order_by(col(OpenIssue.since), OpenIssue.id)).all()


def many(session: Session, ids: Iterable[str]) -> list[OpenIssue]:
    """The issues of these ids that are still open."""
    return in_chunks(ids, lambda part: session.exec(select(OpenIssue).where(col(OpenIssue.id).in_(part))).all())


def counts(session: Session, devices: Iterable[str]) -> dict[str, int]:
    """How many issues each of these devices has."""
    rows = in_chunks(
        devices,
        lambda part: session.exec(
            select(OpenIssue.device_id, func.count())
            .where(col(OpenIssue.device_id).in_(part))
            .group_by(col(OpenIssue.device_id))
        ).all(),
    )
    return {device: count for device, count in rows if device is not None}
