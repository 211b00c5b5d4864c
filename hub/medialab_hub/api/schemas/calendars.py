"""Calendar feeds."""

from pydantic import BaseModel

from medialab_hub.api.schemas.base import Body
from medialab_hub.domain.calendars import FeedScope


class NewFeedBody(Body):
    """`subject`: the institution or the model; none for the whole lab. `public`: says only that something is booked."""

    scope: FeedScope
    subject: str | None = None
    public: bool = False


class FeedMade(BaseModel):
    """`path` is the address after the name of the hub. It is told once, for only its hash is kept."""

    id: str
    path: str


class FeedView(BaseModel):
    """A feed that somebody may be reading; `name` of its institution or model."""

    id: str
    scope: FeedScope
    subject: str | None = None
    name: str
    public: bool
    made: str
