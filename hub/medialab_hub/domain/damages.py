"""Damage and loss: what can be wrong with a device, and how it ends."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DamageKind(StrEnum):
    """`damaged`: nobody gets it until it is mended. `lost`: it is not there until it is found. `part`: something that
    belongs to it is missing; it can be lent nevertheless."""

    DAMAGED = "damaged"
    LOST = "lost"
    PART = "part"

    @property
    def blocks(self) -> bool:
        """Nobody gets the device while the case is open."""
        return self is not DamageKind.PART


class DamageOutcome(StrEnum):
    """How a case was closed. `replaced` and `written_off`: the device itself does not come back."""

    REPAIRED = "repaired"
    FOUND = "found"
    NOTHING = "nothing"
    REPLACED = "replaced"
    WRITTEN_OFF = "written_off"

    @property
    def is_back(self) -> bool:
        """The device can be used again, when its reset is proven."""
        return self in (DamageOutcome.REPAIRED, DamageOutcome.FOUND, DamageOutcome.NOTHING)


@dataclass(frozen=True)
class ShownPhoto:
    """A JPEG; its size in pixels."""

    data: bytes
    width: int
    height: int


@dataclass(frozen=True)
class DamageReport:
    """What an insurer has to know. No person is in it: who was responsible is on the loan slip of the booking."""

    lab: str
    case: str
    kind: DamageKind
    reported: datetime
    written: datetime
    device: str
    model: str
    tag: str
    serials: tuple[str, ...]
    owned_since: datetime | None
    value_cents: int | None
    words: str
    booking: str
    institution: str
    loan: tuple[datetime, datetime] | None
    outcome: DamageOutcome | None
    closed: datetime | None
    photos: tuple[ShownPhoto, ...] = ()
