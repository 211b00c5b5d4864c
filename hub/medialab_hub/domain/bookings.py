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
    HELD = "held"
    """Nobody decided yet: somebody is filling in the form, or was offered it, and it is kept for them for a while."""

    @property
    def is_open(self) -> bool:
        """It is to come: a request holds nothing yet, what is confirmed has a device for each unit."""
        return self in (Decision.REQUESTED, Decision.CONFIRMED)


GIVEN_UP = (Decision.REJECTED, Decision.CANCELED, Decision.NO_SHOW)
"""How a booking ends before anything of it was handed out."""


class Excuse(StrEnum):
    """Why staff set a rule of the house aside: a word, never a text, so that it can be journaled."""

    AGREED = "agreed"
    EVENT = "event"
    BOX = "box"
    EXPERIENCED = "experienced"
    URGENT = "urgent"


class BookingState(StrEnum):
    """The word people read."""

    HELD = "held"
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
