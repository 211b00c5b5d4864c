"""What somebody would like to have, and under which rules they may ask for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from medialab_hub.domain.allocation import Interval
from medialab_hub.domain.bookings import BookingKind, Decision, Excuse


@dataclass(frozen=True)
class LineWish:
    """`quantity` of a model, or a whole kit, or this device; exactly one of the three. `only`: of the kit."""

    model: str | None = None
    kit: str | None = None
    device: str | None = None
    quantity: int = 1
    only: frozenset[str] = frozenset()


@dataclass(frozen=True)
class HouseRules:
    """Who asks: staff may set rules aside with an excuse, others may not.

    `zone`: `Settings.timezone`; None: nobody asks when it is open and for how many days it is lent.
    `is_handed_out_now`: somebody stands at the desk, so nobody asks whether it is open now."""

    zone: ZoneInfo | None
    is_staff: bool = False
    excuse: Excuse | None = None
    is_handed_out_now: bool = False


AT_THE_DESK = HouseRules(zone=None, is_staff=True, is_handed_out_now=True)
"""For what is scanned while somebody waits: who may have it at all."""


@dataclass(frozen=True)
class Wish:
    """A booking that somebody would like to have. `client_key`: sent again, it stays one booking.

    `rules` None: what is asked for is already a fact, and no rule of the house applies."""

    lines: Sequence[LineWish]
    interval: Interval
    kind: BookingKind = BookingKind.LOAN
    decision: Decision = Decision.CONFIRMED
    institution: str | None = None
    person: str | None = None
    purpose: str = ""
    group_size: int | None = None
    client_key: str | None = None
    series: str | None = None
    rules: HouseRules | None = None
