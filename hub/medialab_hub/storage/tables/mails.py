"""Mails to be sent, and that they were: for which booking, why and when. To whom, and what they say, is not stored."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from medialab_hub.storage.columns import Moment
from medialab_hub.storage.tables.base import moment


class Mail(SQLModel, table=True):
    """One mail for each occasion of a booking, and never a second; words see `domain.mails`.

    It is written from the booking when it is sent, so that whoever was erased meanwhile is not written to."""

    __tablename__ = "mail"
    __table_args__ = (UniqueConstraint("booking_id", "occasion", "about"),)
    id: str = Field(primary_key=True)
    booking_id: str = Field(foreign_key="booking.id", index=True)
    occasion: str
    about: str = ""
    """The day of return and how late, for reminders."""
    state: str = Field(default="waiting", index=True)
    wanted_at: Moment = moment()
    next_at: Moment = moment()
    """When it is tried; while somebody tries it, when another one may."""
    tries: int = 0
    trouble: str = ""
    reply: int | None = None
    """What the server answered to the last try, its code only."""
    sent_at: Moment | None = moment(optional=True)
