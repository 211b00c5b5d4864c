"""What a booking is at the moment, derived from what people decided and what is out; never stored."""

from collections.abc import Iterable
from enum import StrEnum

from medialab_hub.domain.allocation import AllocationStatus


class BookingKind(StrEnum):
    """What it is for."""

    LOAN = "loan"
    WORKSHOP = "workshop"
    INTERNAL = "internal"
    VISIT = "visit"
    ROOM = "room"


class Decision(StrEnum):
    """What people decided about it."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    CANCELED = "canceled"
    NO_SHOW = "no_show"

    @property
    def is_open(self) -> bool:
        """Its units are promised."""
        return self in (Decision.REQUESTED, Decision.CONFIRMED)


class BookingState(StrEnum):
    """The word people read."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    PACKED = "packed"
    PARTLY_OUT = "partly_out"
    OUT = "out"
    PARTLY_BACK = "partly_back"
    CLOSED = "closed"
    REJECTED = "rejected"
    CANCELED = "canceled"
    NO_SHOW = "no_show"


def state_of(decision: Decision, units: Iterable[AllocationStatus], *, is_packed: bool) -> BookingState:
    """`units`: the status of everything that was taken for it, without what was called off."""
    if not decision.is_open:
        return BookingState(decision.value)
    seen = set(units)
    if AllocationStatus.OUT in seen:
        if AllocationStatus.DONE in seen:
            return BookingState.PARTLY_BACK
        return BookingState.OUT if seen == {AllocationStatus.OUT} else BookingState.PARTLY_OUT
    if seen == {AllocationStatus.DONE}:
        return BookingState.CLOSED
    if AllocationStatus.DONE in seen:
        return BookingState.PARTLY_BACK
    return BookingState.PACKED if is_packed else BookingState(decision.value)
