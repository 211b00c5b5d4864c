"""Calendar feeds: who has the address of one reads it without signing in."""

from sqlmodel import Field, SQLModel

from medialab_hub.storage.columns import Moment
from medialab_hub.storage.tables.base import moment


class CalendarFeed(SQLModel, table=True):
    """`scope` is a word of `domain.calendars`; only the hash of the secret in its address is kept."""

    __tablename__ = "calendar_feed"
    id: str = Field(primary_key=True)
    scope: str
    institution_id: str | None = Field(default=None, foreign_key="institution.id", index=True)
    model_id: str | None = Field(default=None, foreign_key="model.id", index=True)
    is_public: bool = False
    """Says only that something is booked, not what and for whom."""
    secret_hash: str = Field(unique=True)
    made_by: str = ""
    made_at: Moment = moment()
    revoked_at: Moment | None = moment(optional=True)
