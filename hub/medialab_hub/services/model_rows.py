"""What is shown of models, and that they changed."""

from collections.abc import Collection

from medialab_hub.services.refusals import no_such
from medialab_hub.storage import models
from medialab_hub.storage.noun import Noun, Row
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Model


def view(model: Model) -> Row:
    """The fields of `ModelView`, without how many devices it has."""
    return model.model_dump()


def every(session: Session) -> list[Row]:
    """All models with the number of their devices."""
    return [{**view(model), "devices": len(models.usable(session, model.id))} for model in models.every(session)]


def devices_of(session: Session, model_id: str) -> list[str]:
    """Ids of its devices that belong to the inventory. Raises `NotFound`."""
    if models.get(session, model_id) is None:
        raise no_such("model", model_id)
    return models.usable(session, model_id)


def _rows(session: Session, ids: Collection[str], _seq: int) -> dict[str, Row]:
    found = (models.get(session, key) for key in ids)
    return {one.id: {**view(one), "devices": len(models.usable(session, one.id))} for one in found if one is not None}


MODELS = Noun("model", _rows)
