"""The base of every driver: seven verbs for one device."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from medialab_agent.sdk.steps import Done, Order, Probe, Reading, Say, Step
from medialab_wire.progress import Check
from medialab_wire.sightings import Sighting
from medialab_wire.texts import Text


class Memory(Protocol):
    """A few small secrets of one device, such as a pairing key. Kept on the agent with mode 0600, never sent."""

    def get(self, name: str) -> str | None:
        """The stored value, or None."""

    def put(self, name: str, value: str | None) -> None:
        """Store durably, or forget with None."""


@dataclass
class DeviceLink:
    """What a driver instance is given: its key, the sightings that led to it (kept current), settings, memory.

    `access` is what a person entered for this very device, by the keys of the manifest's `access`; it goes before
    settings. When it changes, a new instance is made."""

    key: str
    sightings: tuple[Sighting, ...]
    memory: Memory
    settings: Mapping[str, str] = field(default_factory=dict)
    access: Mapping[str, str] = field(default_factory=dict, repr=False)


class Driver(ABC):
    """One device of one family. Created when a sighting matches, closed when the device is gone.

    All methods run on one event loop; the session calls one at a time except `stop`. They raise `DeviceTrouble`;
    anything else is a defect of the driver. Deadlines and cancellation come from outside as `CancelledError`."""

    poll_s: ClassVar[float] = 30.0
    """Seconds between two readings when `watch` says nothing."""
    reading_s: ClassVar[float | None] = None
    """Seconds a probe or a reading may take where the usual ten are too few: devices wait for a turn at a radio."""

    unseen: Text | None = None
    """Set by `find_me`, said with its result: what of it nobody could read back."""

    def __init__(self, link: DeviceLink) -> None:
        self.link = link

    @classmethod
    @abstractmethod
    def key(cls, sighting: Sighting) -> str | None:
        """A local key, stable over replug, another port and a restart where the device allows; None: not ours.

        Sightings with equal keys are one connection."""

    @abstractmethod
    async def probe(self) -> Probe:
        """Ask the device who it is. Changes nothing."""

    @abstractmethod
    async def report(self) -> Reading:
        """Read its state. Changes nothing."""

    @abstractmethod
    async def plan(self, order: Order) -> tuple[Step, ...]:
        """The steps that would carry out the order now; empty when nothing is to do. Changes nothing."""

    @abstractmethod
    async def do(self, order: Order, step: Step, say: Say) -> Done:
        """Carry out one step. Doing it again after an interruption must be harmless."""

    @abstractmethod
    async def verify(self, order: Order) -> tuple[Check, ...]:
        """Read back, with commands of its own, every check the level demands. Never uses what `do` returned."""

    @abstractmethod
    async def find_me(self) -> None:
        """Make the device show itself (sound, light, screen) for a few seconds."""

    @abstractmethod
    async def stop(self) -> None:
        """Undo whatever must not outlive a run (keep-awake, motion, heat) and end what is going on. Never raises."""

    async def snapshot(self) -> Mapping[str, Any]:
        """What a baseline of the present state consists of; JSON, no personal data."""
        return {}

    def watch(self) -> AsyncIterator[None] | None:
        """Yields whenever a new reading is worth taking, for devices that push; None: poll."""
        return None

    async def close(self) -> None:
        """Release sockets and tasks."""
