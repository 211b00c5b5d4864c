"""Wishes that had to be refused: what people would have borrowed, without saying who."""

from sqlmodel import Field, SQLModel

from medialab_hub.storage.columns import Moment
from medialab_hub.storage.tables.base import document, moment


class UnmetDemand(SQLModel, table=True):
    """One wish for a model that was refused, however often it was asked within a day; `quantity` is the most asked."""

    __tablename__ = "unmet_demand"
    id: str = Field(primary_key=True)
    model_id: str = Field(foreign_key="model.id", index=True)
    quantity: int
    free: int
    """How many could have been promised then."""
    starts_at: Moment = moment(index=True)
    ends_at: Moment = moment()
    reason: str
    """Code of the refusal."""
    institution_kind: str = ""
    school_form: str = ""
    municipality: str = ""
    municipality_key: str = ""
    areas: list[str] = document(list)
    institution_id: str | None = None
    """By which the same wish is known again; whether it is still there does not matter."""
    asked_at: Moment = moment(index=True)
    """First."""
