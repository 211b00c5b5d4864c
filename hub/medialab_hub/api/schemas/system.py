"""The hub itself: health, facts, today's overview."""

from pydantic import BaseModel

from medialab_hub.api.schemas.base import Instant
from medialab_wire.texts import Text


class Health(BaseModel):
    """Public and without details: `ok`, or `degraded` when broker or database do not work."""

    status: str
    version: str


class SystemView(BaseModel):
    """For staff: what runs and what that means."""

    version: str
    database: str
    broker: str
    broker_meaning: Text
    outbound: list[str] = []
    """Every connection that leaves the lab network; empty unless somebody switched one on."""
    started: Instant
    seq: int


class JournalEntry(BaseModel):
    """One line of the journal; `actor` is a pseudonymous id."""

    seq: int
    at: Instant
    kind: str
    subject: str
    actor: str
    data: dict[str, object] = {}


class JournalPage(BaseModel):
    """Newest first."""

    items: list[JournalEntry]
    before: int | None = None
