"""What a calendar feed shows: bookings as events, and who may see how much of one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from medialab_wire.texts import Text

PAST, AHEAD = timedelta(days=90), timedelta(days=500)
"""How far a feed looks back and ahead: into the next school year."""
CANCELED_FOR = timedelta(days=30)
"""So long after its end something called off is still told, so that every calendar has heard of it."""


class FeedScope(StrEnum):
    """Of what a feed tells."""

    LAB = "lab"
    INSTITUTION = "institution"
    MODEL = "model"


BOOKED = Text(de="gebucht", en="booked")
REQUESTED = Text(de="Anfrage", en="Request")
"""Put before what is not agreed yet."""
KIT = Text(de="Koffer", en="Kit")
KINDS = {
    "workshop": Text(de="Workshop", en="Workshop"),
    "visit": Text(de="Besuch", en="Visit"),
    "room": Text(de="Raum", en="Room"),
    "internal": Text(de="Intern", en="Internal"),
}


@dataclass(frozen=True)
class CalendarEvent:
    """One booking. `summary` names things and institutions, never people."""

    key: str
    revision: int
    made: datetime
    starts: datetime
    ends: datetime
    summary: str
    is_canceled: bool = False
    is_tentative: bool = False


@dataclass(frozen=True)
class Feed:
    """A whole calendar."""

    key: str
    name: str
    language: str
    events: tuple[CalendarEvent, ...]


def summary_of(things: list[tuple[int, str]], institution: str) -> str:
    """`16 × Tablet, Koffer 3 – Grundschule am Wald`."""
    counted = ", ".join(name if count == 1 else f"{count} × {name}" for count, name in things)
    return " – ".join(part for part in (counted, institution) if part)
