"""The waitlist."""

from pydantic import BaseModel, Field

from medialab_hub.api.schemas.base import Body, Instant
from medialab_hub.domain.waitlist import WaitState


class NewWait(Body):
    """So many of a model in a time that are not free now."""

    model: str
    quantity: int = Field(default=1, ge=1, le=500)
    starts: Instant
    ends: Instant
    institution: str | None = None
    person: str | None = None


class WaitView(BaseModel):
    """Who waits; also stream event `waitlist`. `booking`: the hold that is offered; make a booking of it."""

    id: str
    model: str
    quantity: int
    starts: str
    ends: str
    institution: str | None = None
    person: str | None = None
    state: WaitState
    booking: str | None = None
    since: str


class WaitMade(BaseModel):
    """The place in the line."""

    waiting: str
