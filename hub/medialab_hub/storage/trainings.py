"""Finds who was trained for what."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, or_, select

from medialab_hub.storage.tables import Training


def get(session: Session, training_id: str) -> Training | None:
    """The training of that id."""
    return session.get(Training, training_id)


def of_person(session: Session, person_id: str) -> Sequence[Training]:
    """All of a person, the newest first."""
    query = select(Training).where(Training.person_id == person_id)
    return session.exec(query.order_by(col(Training.proven_on).desc(), col(Training.id))).all()


def counts(session: Session, person_id: str, model_id: str, class_id: str | None, day: date) -> bool:
    """True when the person was trained for the model or its class and that still counts on the day."""
    is_meant = [col(Training.model_id) == model_id]
    if class_id is not None:
        is_meant.append(col(Training.class_id) == class_id)
    query = select(Training.id).where(
        Training.person_id == person_id,
        or_(*is_meant),
        col(Training.proven_on) <= day,
        or_(col(Training.valid_until).is_(None), col(Training.valid_until) >= day),
    )
    return session.exec(query.limit(1)).first() is not None
