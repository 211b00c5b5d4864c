"""Baskets."""

from pydantic import BaseModel, Field

from medialab_hub.api.schemas.base import Body, Instant
from medialab_hub.api.schemas.bookings import LineBody
from medialab_hub.domain.bookings import BookingKind, Excuse


class NewHold(Body):
    """What is kept for a while. `client_key`: any text of the sender's; sent again, it stays one hold."""

    lines: list[LineBody] = Field(min_length=1, max_length=100)
    starts: Instant
    ends: Instant
    kind: BookingKind = BookingKind.LOAN
    client_key: str | None = Field(default=None, min_length=8, max_length=80)
    excuse: Excuse | None = None


class HoldMade(BaseModel):
    """Until when it is kept; after that it is not there any more."""

    hold: str
    until: str


class TakeHold(Body):
    """For whom a hold becomes a booking, or a request of others than staff."""

    institution: str | None = None
    person: str | None = None
    purpose: str = Field(default="", max_length=500)
    group_size: int | None = Field(default=None, ge=1, le=10_000)
    excuse: Excuse | None = None
