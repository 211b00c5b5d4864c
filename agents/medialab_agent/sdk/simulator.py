"""The base of every simulator: a peer that speaks the device's real protocol over a real socket, faults included."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from medialab_wire.sightings import Sighting


class Fault(StrEnum):
    """Faults every simulator offers; how each shows is the protocol's business."""

    HANG = "hang"
    """Accepts commands and never answers."""
    DIE = "die"
    """Drops off the bus at the first command that changes something."""
    REFUSE = "refuse"
    """Refuses one kind of erasing, as some makers do."""
    LOCKED = "locked"
    """Is locked by a PIN or password a person set."""
    RESIDUE = "residue"
    """Keeps one trace that no step removes."""
    GARBAGE = "garbage"
    """Answers rubbish."""
    SLOW = "slow"
    """Answers slowly, within its deadlines."""


@dataclass(frozen=True)
class Effect:
    """One thing that was done to the simulated device, by its own account. `at` is monotonic seconds."""

    at: float
    verb: str
    subject: str = ""


def _unseen(_sighting: Sighting) -> None:
    """Nobody watches."""


@dataclass
class Simulator(ABC):
    """One simulated device."""

    serial: str
    faults: set[Fault] = field(default_factory=set)
    log: list[Effect] = field(default_factory=list)
    show: Callable[[Sighting], None] = field(default_factory=lambda: _unseen, init=False, repr=False, compare=False)
    """Told by a device that leaves the bus or comes back by itself, on any thread; whoever watches it sets this."""

    @property
    def label(self) -> str:
        """What people would call it."""
        return self.serial

    @abstractmethod
    async def start(self) -> None:
        """Open its sockets on loopback and be discoverable."""

    @abstractmethod
    async def stop(self) -> None:
        """Vanish, as if unplugged."""

    @abstractmethod
    def sighting(self) -> Sighting:
        """How discovery would see it."""

    @abstractmethod
    def soil(self) -> None:
        """Leave behind what a group of learners leaves behind."""

    @abstractmethod
    def residue(self) -> Mapping[str, int]:
        """What is still there of it, by its own account; all zero or empty when clean."""

    def consent(self) -> None:
        """Somebody standing at the device says yes to what it asks; nothing when it asks nothing."""

    def hands(self, step: str) -> bool:
        """Somebody does at the device what a step of that id asks for; False when it cannot be done."""
        return bool(step)
