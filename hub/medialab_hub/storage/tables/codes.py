"""Codes on labels: printed before anybody knows what for, claimed when they stick."""

from sqlmodel import Field, SQLModel

from medialab_hub.storage.columns import Moment
from medialab_hub.storage.tables.base import moment


class LabelCode(SQLModel, table=True):
    """A code that was made; `noun` and `subject_id` say what it sticks on, empty and None while it is not claimed."""

    __tablename__ = "label_code"
    code: str = Field(primary_key=True)
    noun: str = ""
    """`device`, `kit`, `place`, `person`."""
    subject_id: str | None = Field(default=None, index=True)
    made_at: Moment = moment()
    claimed_at: Moment | None = moment(optional=True)
    claimed_by: str = ""
