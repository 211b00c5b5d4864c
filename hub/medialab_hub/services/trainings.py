"""Enters who was trained for what, and looks it up when something is lent that needs it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from medialab_hub.domain.events import Happened
from medialab_hub.services.device_classes import known_class
from medialab_hub.services.models import require_model
from medialab_hub.services.people import require_person
from medialab_hub.services.person_rows import PEOPLE
from medialab_hub.services.refusals import no_such, not_understood
from medialab_hub.storage import trainings
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Model, Training
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text


@dataclass(frozen=True)
class Proof:
    """Of one model, or of every model of a class; `valid_until` is the last day, None: for good."""

    proven_on: date
    model: str | None = None
    class_id: str | None = None
    valid_until: date | None = None


def add(uow: UnitOfWork, person_id: str, proof: Proof, actor: str) -> str:
    """Somebody saw it; returns the training. Raises `HubError` for nonsense, `NotFound`."""
    person = require_person(uow, person_id)
    if (proof.model is None) == (proof.class_id is None):
        text = Text(de="Ein Modell oder einen Gerätetyp angeben.", en="Name either a model or a class of devices.")
        raise not_understood("one-thing", text)
    if proof.model is not None:
        require_model(uow, proof.model)
    if proof.valid_until is not None and proof.valid_until < proof.proven_on:
        text = Text(de="Die Einweisung endet vor ihrem Anfang.", en="The training ends before it begins.")
        raise not_understood("training-order", text)
    training = Training(
        id=uow.new_id("tra"),
        person_id=person.id,
        model_id=proof.model,
        class_id=known_class(proof.class_id),
        proven_on=proof.proven_on,
        valid_until=proof.valid_until,
        actor=actor,
    )
    uow.session.add(training)
    uow.session.flush()
    uow.record(Happened.TRAINING_ADDED, training.id, actor)
    uow.touch(PEOPLE, person.id)
    return training.id


def remove(uow: UnitOfWork, training_id: str, actor: str) -> None:
    """It was entered by mistake, or no longer counts. Raises `NotFound`."""
    training = trainings.get(uow.session, training_id)
    if training is None:
        raise no_such("training", training_id)
    person = training.person_id
    uow.session.delete(training)
    uow.session.flush()
    uow.record(Happened.TRAINING_REMOVED, training_id, actor)
    uow.touch(PEOPLE, person)


def of_person(session: Session, person_id: str) -> list[dict[str, Any]]:
    """The fields of `TrainingView`, the newest first."""
    return [
        {
            "id": one.id,
            "model": one.model_id,
            "class_id": one.class_id,
            "proven_on": one.proven_on.isoformat(),
            "valid_until": None if one.valid_until is None else one.valid_until.isoformat(),
        }
        for one in trainings.of_person(session, person_id)
    ]


def is_trained(session: Session, person_id: str, model: Model, moment: datetime) -> bool:
    """True when the person may be lent this model on that day."""
    return trainings.counts(session, person_id, model.id, model.class_id, moment.date())
