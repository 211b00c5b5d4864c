"""Times in which a device is taken: half-open intervals, and what blocks what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class AllocationKind(StrEnum):
    """Why a device is taken."""

    LOAN = "loan"
    WORKSHOP = "workshop"
    MAINTENANCE = "maintenance"
    INSPECTION = "inspection"
    RESET = "reset"
    QUARANTINE = "quarantine"


class AllocationStatus(StrEnum):
    """`held`, `confirmed` and `out` block; the others do not."""

    HELD = "held"
    CONFIRMED = "confirmed"
    OUT = "out"
    DONE = "done"
    BROKEN = "broken"
    CANCELED = "canceled"
    MOVING = "moving"

    @property
    def blocks(self) -> bool:
        """True when nothing else may lie in its time."""
        return self in _BLOCKING


_BLOCKING = {AllocationStatus.HELD, AllocationStatus.CONFIRMED, AllocationStatus.OUT}


@dataclass(frozen=True)
class Interval:
    """From `start` up to and without `end`; None is until further notice. Raises ValueError when it is empty."""

    start: datetime
    end: datetime | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end <= self.start:
            raise ValueError("an interval must not be empty")

    def overlaps(self, other: "Interval") -> bool:
        """True when they share a moment; touching ends share none."""
        return _before(self.start, other.end) and _before(other.start, self.end)

    def contains(self, moment: datetime) -> bool:
        """True when the moment lies in it."""
        return self.start <= moment and _before(moment, self.end)

    def widened(self, before: timedelta, after: timedelta) -> "Interval":
        """With preparation before and turnaround after."""
        return Interval(self.start - before, None if self.end is None else self.end + after)


def _before(moment: datetime, end: datetime | None) -> bool:
    return end is None or moment < end


def is_free(wanted: Interval, taken: Iterable[Interval]) -> bool:
    """True when nothing in `taken` overlaps."""
    return not any(wanted.overlaps(interval) for interval in taken)
