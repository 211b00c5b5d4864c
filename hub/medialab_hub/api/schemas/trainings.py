"""Trainings."""

from datetime import date

from pydantic import BaseModel

from medialab_hub.api.schemas.base import Body


class NewTraining(Body):
    """Of one model, or of every model of a class. `valid_until` is the last day; none: for good."""

    proven_on: date
    model: str | None = None
    class_id: str | None = None
    valid_until: date | None = None


class TrainingView(BaseModel):
    """Who saw it is in the journal."""

    id: str
    model: str | None = None
    class_id: str | None = None
    proven_on: date
    valid_until: date | None = None


class TrainingMade(BaseModel):
    """The training that was entered."""

    training: str
