"""What planning is about: fixed times of items, and promises that may be kept by any of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

FOREVER = 2**62
"""End of a time that is open; times are whole microseconds since 1970."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open, preparation and turnaround included."""

    start: int
    end: int

    def overlaps(self, other: "Span") -> bool:
        """True when they share a moment."""
        return self.start < other.end and other.start < self.end

    def is_clear_of(self, others: Iterable["Span"]) -> bool:
        """True when it shares no moment with any of them."""
        start, end = self.start, self.end
        for other in others:  # noqa: SIM110 - asked for each promise of each plan: this takes half as long
            if other.start < end and start < other.end:
                return False
        return True


@dataclass(frozen=True, slots=True)
class Promise:
    """A unit somebody was promised: any item will do. `at`: where it is planned now; None while nowhere."""

    id: str
    span: Span
    at: str | None = None
    must: bool = False
    """It is kept, or there is no plan."""


@dataclass(frozen=True)
class Plan:
    """Where each kept promise goes; `broken` are those for which there is no room."""

    kept: Mapping[str, str]
    broken: tuple[str, ...]


Fixed = Mapping[str, Sequence[Span]]
"""Every item that could be used, with the times in which it cannot."""


def clusters(promises: Iterable[Promise]) -> list[list[Promise]]:
    """Groups that share no moment with each other: what is decided in one does not matter in the next."""
    groups: list[list[Promise]] = []
    end = -FOREVER
    for promise in sorted(promises, key=lambda one: (one.span.start, one.span.end, one.id)):
        if not groups or promise.span.start >= end:
            groups.append([])
        groups[-1].append(promise)
        end = max(end, promise.span.end)
    return groups
