"""Finds wishes that were refused."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import or_
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from medialab_hub.domain.loan_facts import Refused
from medialab_hub.storage.tables import UnmetDemand


def same(session: Session, wish: UnmetDemand, since: datetime) -> UnmetDemand | None:
    """The same wish as it was asked before: who did not say for whom, may have asked for anybody."""
    query = select(UnmetDemand).where(
        UnmetDemand.model_id == wish.model_id,
        UnmetDemand.starts_at == wish.starts_at,
        UnmetDemand.ends_at == wish.ends_at,
        col(UnmetDemand.asked_at) > since,
    )
    if wish.institution_id is not None:
        mine = col(UnmetDemand.institution_id) == wish.institution_id
        query = query.where(or_(mine, col(UnmetDemand.institution_id).is_(None)))
    return session.exec(query.order_by(col(UnmetDemand.institution_id), col(UnmetDemand.id)).limit(1)).first()


def between(session: Session, start: datetime, end: datetime, model: str | None = None) -> list[Refused]:
    """Wishes for a time that begins in the half-open one, in the order they were asked."""
    query = (
        columns(
            col(UnmetDemand.model_id),
            col(UnmetDemand.institution_kind),
            col(UnmetDemand.school_form),
            col(UnmetDemand.municipality),
            col(UnmetDemand.municipality_key),
            col(UnmetDemand.areas),
            col(UnmetDemand.quantity),
            col(UnmetDemand.free),
            col(UnmetDemand.starts_at),
            col(UnmetDemand.ends_at),
            col(UnmetDemand.asked_at),
            col(UnmetDemand.reason),
        )
        .where(col(UnmetDemand.starts_at) >= start, col(UnmetDemand.starts_at) < end)
        .order_by(col(UnmetDemand.asked_at), col(UnmetDemand.id))
    )
    if model is not None:
        query = query.where(col(UnmetDemand.model_id) == model)
    rows: Iterable[Any] = session.connection().execute(query)
    return [Refused._make([*row[:5], tuple(row[5]), *row[6:]]) for row in rows]
