"""Access to a device: what it asks for, and what of it was entered."""

from pydantic import BaseModel, Field, SecretStr

from medialab_hub.api.schemas.base import Body, Instant
from medialab_hub.domain.access import KeyState
from medialab_wire.texts import Text


class AccessKeyView(BaseModel):
    """One thing the device asks for. What was entered is never shown, not even in part."""

    key: str
    title: Text
    where: Text | None = None
    """Where it stands on the device."""
    optional: bool = False
    pattern: str | None = None
    """What all of it has to look like: one class of characters and their number, as in HTML's `pattern`."""
    pattern_help: Text | None = None
    """The same in words."""
    state: KeyState
    """`again`: its agent was installed anew, so that it has to be entered once more."""
    since: Instant | None = None
    by: Text | None = None


class AccessComputerView(BaseModel):
    """A computer of the lab to which it goes when it is entered, or which has it."""

    name: str
    present: bool
    """It is there now: what is forgotten is gone from it at once."""
    holds: bool
    """It was given something and has not been there since to hear that it was forgotten."""


class AccessView(BaseModel):
    """All it asks for; nothing when its driver asks for nothing."""

    keys: list[AccessKeyView] = []
    computers: list[AccessComputerView] = []
    why: Text | None = None
    """Why nothing can be entered now."""


class AccessEntry(Body):
    """All of it anew; what is left out is forgotten. Sealed at once, and in no answer, journal or log."""

    values: dict[str, SecretStr] = Field(min_length=1, max_length=8)
