"""The lab of the race, and what its visitors want: drawn by chance, the same again with the same seed.

Knows nothing of the hub: a client is a light program."""

import random
from dataclasses import dataclass

MODELS, DEVICES, DAYS = 12, 4, 5
"""Models, devices of each, and days over which bookings are spread: so few that many wishes are refused."""
KEPT = 30
"""Bookings a visitor keeps; older ones are called off, so that there is room for the next."""
VISITORS = 8
HOURS = (1, 4, 24, 72)


@dataclass(frozen=True)
class Wanted:
    """`quantity` of a model, or this device; `start_h` hours from now, for `hours`."""

    model: str | None
    device: str | None
    quantity: int
    start_h: int
    hours: int


def model(number: int) -> str:
    """Id of a model; those with an even number need no time after a loan."""
    return f"mod-{number}"


def device(of: int, number: int) -> str:
    """Id of a device."""
    return f"dev-{of}-{number}"


def draw(chance: random.Random) -> Wanted:
    """What somebody would like to have."""
    of, start_h, hours = chance.randrange(MODELS), chance.randrange(1, 24 * DAYS), chance.choice(HOURS)
    if chance.random() < 0.2:
        return Wanted(None, device(of, chance.randrange(DEVICES)), 1, start_h, hours)
    return Wanted(model(of), None, chance.choice((1, 1, 1, 2, 3)), start_h, hours)
