"""A source of sightings: a bus, a network, or something only one driver knows."""

from abc import ABC, abstractmethod
from collections.abc import Callable

from medialab_wire.sightings import BusFact, Sighting

See = Callable[[Sighting], None]
"""Hand over one sighting; called on the event loop's thread only, never blocks."""


class Source(ABC):
    """Runs until cancelled. An absent bus is a stated fact, never an error and never an exit."""

    name: str
    """`usb`, `ble`, `mdns`, `manual` or the driver's own word; equals `Sighting.source`."""

    @abstractmethod
    def fact(self) -> BusFact:
        """Whether this source listens now; when not, why, and what would help."""

    @abstractmethod
    async def run(self, see: See) -> None:
        """Report everything present at once, then every change. Returns only when cancelled."""
