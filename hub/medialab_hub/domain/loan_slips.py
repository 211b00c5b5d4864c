"""What a loan slip says: who borrows what from when to when, and what belongs to each thing."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from medialab_hub.domain.accessories import Piece


class SlipPaper(StrEnum):
    """What is printed of a booking."""

    LOAN = "loan"
    """To be signed at hand-over and at return."""
    PACKING = "packing"
    """For who packs and carries: where each thing lies; no person is named."""
    RETURN = "return"
    """A receipt: what is back since when, and what is missing."""


class SlipNote(StrEnum):
    """What a person has to know about one thing on the slip."""

    UNVERIFIED = "unverified"
    """Its last reset could not be checked."""
    RELEASED = "released"
    """The same, and staff let it go nevertheless."""
    FAILED = "failed"
    """A check of its last reset failed."""
    BACK = "back"
    """It has been returned."""


@dataclass(frozen=True)
class SlipItem:
    """One device; `value_cents` None: nobody has said what a new one costs."""

    name: str
    model: str
    tag: str
    pieces: tuple[Piece, ...] = ()
    value_cents: int | None = None
    notes: tuple[SlipNote, ...] = ()
    missing: tuple[Piece, ...] = ()
    """Parts that did not come back."""
    tested: date | None = None
    """Day of its last safety test."""
    place: str = ""
    """Where it lies when it is in the house."""
    is_out: bool = False
    back_at: datetime | None = None


@dataclass(frozen=True)
class SlipGroup:
    """The devices of one model or kit; `title` empty: of neither. `missing`: promised, and no device is free."""

    title: str
    is_kit: bool
    items: tuple[SlipItem, ...]
    missing: int = 0
    pieces: tuple[Piece, ...] = ()
    """What belongs to the case itself."""
    gone: tuple[Piece, ...] = ()
    """Of these, what did not come back."""


@dataclass(frozen=True)
class LoanSlip:
    """Everything on one slip. Times are aware."""

    lab: str
    booking: str
    is_request: bool
    institution: str
    school_number: str
    municipality: str
    person: str
    purpose: str
    starts: datetime
    ends: datetime
    groups: tuple[SlipGroup, ...]
    receiver: str = ""
    """Who takes it, when that is not the person."""

    @property
    def count(self) -> int:
        """Devices on it."""
        return sum(len(group.items) for group in self.groups)

    @property
    def out(self) -> int:
        """Devices of it that are not back."""
        return sum(item.is_out for group in self.groups for item in group.items)

    @property
    def is_all_back(self) -> bool:
        """Every device was handed out and has been returned."""
        return all(item.back_at is not None for group in self.groups for item in group.items)

    @property
    def value_cents(self) -> int | None:
        """What all of it costs; None unless each value is known."""
        values = [item.value_cents for group in self.groups for item in group.items]
        known = [value for value in values if value is not None]
        return sum(known) if known and len(known) == len(values) else None
