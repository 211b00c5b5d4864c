"""Issues: what is wrong, and what would help."""

from pydantic import BaseModel

from medialab_hub.api.schemas.base import Instant
from medialab_wire.texts import Text


class Suggestion(BaseModel):
    """A remedy: a button when `action` is set (`reset`, `find-me`, `pair`, `merge`, `open-device`), words otherwise."""

    id: str
    text: Text
    action: str | None = None


class IssueView(BaseModel):
    """One thing that needs attention; also stream event `issue` (with `gone` once it is over)."""

    id: str
    check: str
    severity: str
    """`info`, `warning` or `error`."""
    title: Text
    detail: Text | None = None
    device: str | None = None
    agent: str | None = None
    suggestions: list[Suggestion] = []
    since: Instant
    gone: bool = False
