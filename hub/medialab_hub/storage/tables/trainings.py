"""Who was shown how to use what: a briefing, or a proof of competence that somebody saw."""

from datetime import date

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel


class Training(SQLModel, table=True):
    """Of one model, or of every model of a class; goes when the person goes."""

    __tablename__ = "training"
    __table_args__ = (CheckConstraint("(model_id IS NULL) <> (class_id IS NULL)", name="one_thing"),)
    id: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    model_id: str | None = Field(default=None, foreign_key="model.id", index=True)
    class_id: str | None = None
    proven_on: date
    valid_until: date | None = None
    """The last day on which it counts; None: for good."""
    actor: str = ""
    """Who saw it."""
