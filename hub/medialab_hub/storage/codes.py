"""Finds what a label is on."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func
from sqlmodel import Session, col, select

from medialab_hub.storage.tables import Device, LabelCode


def get(session: Session, code: str) -> LabelCode | None:
    """The label of that code."""
    return session.get(LabelCode, code)


def known(session: Session, codes: Iterable[str]) -> set[str]:
    """Which of these were made before."""
    return set(session.exec(select(LabelCode.code).where(col(LabelCode.code).in_(list(codes)))))


def on(session: Session, noun: str, subject: str) -> Sequence[LabelCode]:
    """The labels that stick on a thing, the oldest first."""
    query = select(LabelCode).where(LabelCode.noun == noun, LabelCode.subject_id == subject)
    return session.exec(query.order_by(col(LabelCode.claimed_at), LabelCode.code)).all()


def unclaimed(session: Session, most: int) -> Sequence[LabelCode]:
    """Labels that stick nowhere yet, the oldest first."""
    query = select(LabelCode).where(LabelCode.noun == "")
    return session.exec(query.order_by(col(LabelCode.made_at), LabelCode.code).limit(most)).all()


def tagged(session: Session, tag: str) -> Device | None:
    """The device that carries this asset tag, in capitals; the earliest found when several do."""
    query = select(Device).where(func.upper(Device.asset_tag) == tag, col(Device.merged_into).is_(None))
    return session.exec(query.order_by(col(Device.found_at), Device.id)).first()
