"""What a check looks at and what it finds; checks are pure: facts in, findings out."""

from collections.abc import Mapping
from dataclasses import dataclass

from medialab_wire.presence import AgentPhase
from medialab_wire.sightings import BusFact
from medialab_wire.texts import Text


@dataclass(frozen=True)
class DeviceFact:
    """A device as the list shows it."""

    id: str
    name: str
    status: str
    battery: int | None = None
    rivals: tuple[str, ...] = ()
    """Names of devices that may be the same one."""


@dataclass(frozen=True)
class AgentFact:
    """An agent and what it can look at. `devices`: how many hang on it."""

    id: str
    phase: AgentPhase
    host: str = ""
    devices: int = 0
    buses: tuple[BusFact, ...] = ()


@dataclass(frozen=True)
class MailFact:
    """A mail that did not get through, or not yet. `about` names the institution it went to, never a person."""

    id: str
    booking: str
    occasion: str
    trouble: str
    is_failed: bool
    is_servers: bool = False
    """True when no mail gets through."""
    about: str = ""


@dataclass(frozen=True)
class SupplyFact:
    """What is used up: how much is there, and how much should be."""

    id: str
    name: str
    unit: str
    there: int
    minimum: int


@dataclass(frozen=True)
class SupportFact:
    """A question or defect that is open; `name` is the device's."""

    id: str
    device: str
    name: str
    topic: str


@dataclass(frozen=True)
class Suggestion:
    """A remedy: a button when `action` is set, words otherwise."""

    id: str
    text: Text
    action: str | None = None


@dataclass(frozen=True)
class Finding:
    """One thing that needs attention. `check` and `subject` name it: the same finding again is no news."""

    check: str
    subject: str
    severity: str
    title: Text
    detail: Text | None = None
    device: str | None = None
    agent: str | None = None
    suggestions: tuple[Suggestion, ...] = ()


def named(text_de: str, text_en: str, values: Mapping[str, object]) -> Text:
    """A text with a name in it. The name is hostile input; whoever shows it escapes it."""
    return Text(de=text_de.format(**values), en=text_en.format(**values))


OPEN_DEVICE = Suggestion("open-device", Text(de="Gerät ansehen", en="Look at the device"), "open-device")
RESET = Suggestion("reset", Text(de="Noch einmal zurücksetzen", en="Reset again"), "reset")
FIND_ME = Suggestion("find-me", Text(de="Gerät finden", en="Find the device"), "find-me")
