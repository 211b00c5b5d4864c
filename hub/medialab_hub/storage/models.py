"""Finds models and their devices."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from medialab_hub.storage.tables import Device, Model


def get(session: Session, model_id: str) -> Model | None:
    """The model of that id."""
    return session.get(Model, model_id)


def named(session: Session, name: str) -> Model | None:
    """The model of that name."""
    return session.exec(select(Model).where(Model.name == name)).first()


def of_class(session: Session, class_id: str) -> Model | None:
    """The model whose devices are of that class of the catalogue."""
    return session.exec(select(Model).where(Model.class_id == class_id)).first()


def every(session: Session) -> Sequence[Model]:
    """All of them, by name."""
    return session.exec(select(Model).order_by(col(Model.name))).all()


def usable(session: Session, model_id: str) -> list[str]:
    """Ids of its devices that belong to the inventory."""
    query = select(Device.id).where(
        Device.model_id == model_id,
        col(Device.adopted_at).is_not(None),
        col(Device.retired_at).is_(None),
        col(Device.merged_into).is_(None),
    )
    return list(session.exec(query).all())
