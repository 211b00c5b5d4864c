"""Finds the opening hours and closures."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from medialab_hub.storage.tables import Closure, Opening

ONLY = "opening"
"""Id of the one row."""


def get(session: Session) -> Opening | None:
    """The hours; None until somebody entered them."""
    return session.get(Opening, ONLY)


def closures(session: Session) -> Sequence[Closure]:
    """All of them, the earliest first."""
    return session.exec(select(Closure).order_by(col(Closure.first_day), col(Closure.id))).all()
