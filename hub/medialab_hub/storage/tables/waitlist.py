"""Who waits until so many of a model become free in a time."""

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from medialab_hub.storage.columns import Moment
from medialab_hub.storage.tables.base import moment


class WaitlistEntry(SQLModel, table=True):
    """`state` is a word of `domain.waitlist`; who came first is served first, if it is enough for them."""

    __tablename__ = "waitlist_entry"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="order"),
        CheckConstraint("quantity > 0", name="quantity"),
    )
    id: str = Field(primary_key=True)
    model_id: str = Field(foreign_key="model.id", index=True)
    quantity: int = 1
    starts_at: Moment = moment()
    ends_at: Moment = moment()
    institution_id: str | None = Field(default=None, foreign_key="institution.id", index=True)
    person_id: str | None = Field(default=None, foreign_key="person.id", index=True)
    state: str = Field(default="waiting", index=True)
    booking_id: str | None = Field(default=None, index=True)
    """The hold that was offered, or the booking it became."""
    offer_h: int = 24
    """For so many hours an offer is held."""
    created_at: Moment = moment()
    created_by: str = ""
