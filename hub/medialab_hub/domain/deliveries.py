"""How things get to who borrows them, and back."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class DeliveryMode(StrEnum):
    """`pickup`: somebody comes to the desk. `tour`: the centre brings and fetches it. `drop_box`: it is fetched at the
    desk and brought back when nobody is there."""

    PICKUP = "pickup"
    TOUR = "tour"
    DROP_BOX = "drop_box"


LONGEST_TRANSPORT = 24 * 60
"""Minutes of one way; as long as that before and after a loan nobody else gets its devices."""


@dataclass(frozen=True)
class Stop:
    """Where a tour stops: what is brought there and what is fetched, as bookings."""

    institution: str
    name: str
    street: str
    postal_code: str
    municipality: str
    brings: tuple[str, ...]
    fetches: tuple[str, ...]


def in_order(stops: Iterable[Stop]) -> list[Stop]:
    """By postal code and street: near places follow each other, without any map."""
    return sorted(stops, key=lambda one: (one.postal_code, one.municipality, one.street, one.name, one.institution))
