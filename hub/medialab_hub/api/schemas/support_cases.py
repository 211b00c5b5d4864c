"""Questions and defects, with their history, and what stands behind a label for guests."""

from datetime import date

from pydantic import BaseModel, Field

from medialab_hub.api.schemas.base import Body, Instant
from medialab_hub.domain.support_cases import SupportTopic
from medialab_wire.texts import Text


class SupportEntryView(BaseModel):
    """What somebody wrote; `by` None: a guest."""

    at: Instant
    by: Text | None
    words: str


class SupportCaseView(BaseModel):
    """One case with all that was written, the oldest first."""

    id: str
    device: str
    device_name: str
    topic: SupportTopic
    booking: str | None
    opened: Instant
    closed: Instant | None
    of_guest: bool
    version: int
    history: list[SupportEntryView]


class NewSupportCase(Body):
    """What it is about; nothing about people."""

    device: str
    topic: SupportTopic
    words: str = Field(default="", max_length=1000)


class SupportWords(Body):
    """An answer, or how it was settled."""

    words: str = Field(default="", max_length=1000)


class GuestThing(BaseModel):
    """A device that belongs to the label."""

    device: str
    name: str


class GuestCard(BaseModel):
    """What a label is on, for somebody without an account: no person, no school, no booking."""

    code: str
    name: str
    things: list[GuestThing]
    is_out: bool
    due: date | None
    """The last local day of the loan."""
    is_overdue: bool


class GuestReport(Body):
    """What a guest tells about one of the things of the card."""

    device: str
    topic: SupportTopic
    words: str = Field(default="", max_length=1000)
