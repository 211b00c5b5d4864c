"""What is used up: filament, face pads, batteries. The stock is the sum of what came and went, no number of its own."""

from collections.abc import Iterable
from enum import StrEnum


class SupplyKind(StrEnum):
    """Why the stock changed. `COUNTED`: somebody looked, and so many are there."""

    BOUGHT = "bought"
    USED = "used"
    DISCARDED = "discarded"
    COUNTED = "counted"


class NotThatMany(ValueError):
    """More is to go than is there; `there` is what is."""

    def __init__(self, there: int) -> None:
        super().__init__(there)
        self.there = there


def change_of(kind: SupplyKind, quantity: int, there: int) -> int:
    """By how much the stock of `there` changes. Raises `NotThatMany`, or ValueError for what is no quantity."""
    if quantity < 0 or (quantity == 0 and kind is not SupplyKind.COUNTED):
        raise ValueError("a quantity is above zero")
    if kind is SupplyKind.COUNTED:
        return quantity - there
    if kind is SupplyKind.BOUGHT:
        return quantity
    if quantity > there:
        raise NotThatMany(there)
    return -quantity


def stock(changes: Iterable[int]) -> int:
    """How much is there."""
    return sum(changes)


def is_low(there: int, minimum: int) -> bool:
    """Whether some should be bought: at the minimum there is still enough."""
    return there < minimum
