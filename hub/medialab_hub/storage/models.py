"""Finds models and their devices."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from medialab_hub.storage.chunks import IDS
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


_USABLE = columns(col(Device.model_id), col(Device.id)).where(
    col(Device.model_id).in_(IDS),
    col(Device.adopted_at).is_not(None),
    col(Device.retired_at).is_(None),
    col(Device.merged_into).is_(None),
)


def usable(session: Session, model_id: str) -> list[str]:
    """Ids of its devices that belong to the inventory."""
    return usable_of(session, [model_id])[model_id]


def usable_of(session: Session, models: Iterable[str]) -> dict[str, list[str]]:
    """The same of several models."""
    found: dict[str, list[str]] = {key: [] for key in models}
    for model, device in session.connection().execute(_USABLE, {"ids": list(found)}):
        if model is not None:
            found[model].append(device)
    return found
