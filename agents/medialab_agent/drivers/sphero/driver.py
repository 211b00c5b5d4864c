"""The driver of one Sphero robot."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from medialab_agent.drivers.sphero import packets_v1, words
from medialab_agent.drivers.sphero.toy_v1 import ToyV1
from medialab_agent.drivers.sphero.toy_v2 import ToyV2
from medialab_agent.drivers.sphero.toys import MINI, MODELS, SPRK, Battery, Model, Toy, model_of
from medialab_agent.sdk.bluetooth import BleLine, farewell, show_for
from medialab_agent.sdk.driver import DeviceLink, Driver
from medialab_agent.sdk.evidence import count
from medialab_agent.sdk.steps import Done, Order, Probe, Reading, Say, Step
from medialab_wire.base import Scalar
from medialab_wire.progress import Check, CheckResult
from medialab_wire.reports import Identity, IdentityKind
from medialab_wire.sightings import Sighting
from medialab_wire.texts import Text

KNOWN_NAME, KNOWN_MODEL, KNOWN_FIRMWARE = "name", "model", "firmware"
"""In the driver's memory: the name of the baseline; the kind of robot, which another name no longer tells; firmware."""


class SpheroDriver(Driver):
    """See `Driver`. A robot is connected when it is met first, for orders, and rarely for its battery. An order wakes
    it and leaves it asleep; readings change neither.

    Settings: `air`, `show_s` (see `sdk.bluetooth`)."""

    poll_s = 900.0
    reading_s = 90.0

    def __init__(self, link: DeviceLink) -> None:
        super().__init__(link)
        self._line = BleLine(link)
        self._battery: Battery | None = None
        self._pictures: int | None = None
        self._name = self._advertised = ""

    @classmethod
    def key(cls, sighting: Sighting) -> str | None:
        """Its Bluetooth address, of which its factory name repeats the last two bytes."""
        return sighting.facts.get("address") if sighting.source == "ble" else None

    async def probe(self) -> Probe:
        """Its address, name and kind."""
        await self._look_when_due()
        identity = Identity(kind=IdentityKind.MAC, value=self.link.key, scope="sphero")
        return Probe(self._named(), "robot", (identity,), facts={"model": self._model().name})

    async def report(self) -> Reading:
        """Battery, firmware, stored pictures, and whether somebody renamed it."""
        await self._look_when_due()
        facts: dict[str, Scalar] = {"firmware": self.link.memory.get(KNOWN_FIRMWARE)}
        volatile: dict[str, Scalar] = {}
        if self._battery is not None:
            facts["charge"] = self._battery.charge.value
            volatile |= {} if self._battery.percent is None else {"battery": self._battery.percent}
        known = self.link.memory.get(KNOWN_NAME)
        traces = {} if known is None else {"renamed": int(self._named() != known)}
        if self._pictures is not None:
            traces["pictures"] = self._pictures
        return Reading(facts=facts, volatile=volatile, traces=traces)

    async def snapshot(self) -> Mapping[str, Any]:
        """What it is called."""
        async with self._toy() as toy:
            name = await toy.name()
        self.link.memory.put(KNOWN_NAME, name)
        return {"name": name}

    async def plan(self, order: Order) -> tuple[Step, ...]:
        """Delete and rename where needed; sleep always, because whether it moves cannot be read; a person looks."""
        self.link.memory.put(KNOWN_NAME, _wanted(order))
        async with self._toy() as toy:
            has_pictures, renamed = bool(await toy.pictures()), await toy.name() != _wanted(order)
        changes = (*((words.PICTURES,) if has_pictures else ()), *((words.RENAME,) if renamed else ()))
        return (*changes, words.REST, words.LOOK)

    async def do(self, order: Order, step: Step, say: Say) -> Done:  # noqa: ARG002 - too short to tell of progress
        """One step on a connection of its own."""
        async with self._toy() as toy:
            match step.id:
                case "pictures":
                    await toy.delete_pictures()
                case "rename":
                    await toy.rename(_wanted(order))
                case "rest":
                    await toy.shine(0, 0, 0)
                    return Done(changed=False)
                case _:
                    raise ValueError(step.id)
        return Done()

    async def verify(self, order: Order) -> tuple[Check, ...]:
        """Name and stored pictures, read on a connection of their own."""
        async with self._toy() as toy:
            is_same, pictures = await toy.name() == _wanted(order), await toy.pictures()
        seen = words.SAME if is_same else words.OTHER
        number = count("gespeicherte Bilder", "stored pictures", pictures)
        none = count("gespeicherte Bilder", "stored pictures", 0)
        return (
            _check("name", words.NAME, is_same, words.SAME, seen),
            _check("pictures", words.NO_PICTURES, not pictures, none, number),
        )

    async def find_me(self) -> None:
        """All lights green for some seconds."""
        async with self._toy() as toy:
            await toy.shine(0, 255, 0)
            try:
                await show_for(self.link)
            finally:
                await farewell(toy.shine(0, 0, 0))

    async def stop(self) -> None:
        """Nothing to do: each connection of an order ends with the robot asleep."""

    @asynccontextmanager
    async def _toy(self, *, urgent: bool = True) -> AsyncIterator[Toy]:
        async with self._line.open(urgent=urgent) as gatt:
            toy: Toy
            model = self._model()
            toy = await ToyV1.meet(gatt) if gatt.has(packets_v1.SEND) else await ToyV2.meet(gatt, model)
            await self._look(toy)
            if not urgent:
                yield toy
                return
            await toy.wake()
            try:
                yield toy
            finally:
                await farewell(toy.sleep())

    async def _look_when_due(self) -> None:
        if self._line.is_due(is_known=self.link.memory.get(KNOWN_FIRMWARE) is not None):
            async with self._toy(urgent=False):
                pass

    async def _look(self, toy: Toy) -> None:
        """Each connection tells how the robot is."""
        self._name, self._advertised = await toy.name(), self._line.facts.get("name", "")
        self._battery, self._pictures = await toy.battery(), await toy.pictures()
        firmware = await toy.firmware()
        if self.link.memory.get(KNOWN_FIRMWARE) != firmware:
            self.link.memory.put(KNOWN_FIRMWARE, firmware)

    def _named(self) -> str:
        """The newest name: what was read, unless the advertisement has changed since."""
        advertised = self._line.facts.get("name", "")
        return self._name if self._name and advertised in ("", self._advertised) else advertised

    def _model(self) -> Model:
        """By its factory name; by what was known before somebody renamed it; else by its service."""
        facts = self._line.facts
        model = model_of(facts.get("name", ""))
        known = self.link.memory.get(KNOWN_MODEL)
        if model is not None and known != model.name:
            self.link.memory.put(KNOWN_MODEL, model.name)
        if model is not None:
            return model
        is_first = packets_v1.SERVICE in facts.get("service_uuids", "")
        return next((one for one in MODELS if one.name == known), SPRK if is_first else MINI)


def _wanted(order: Order) -> str:
    return str((order.baseline or {}).get("name", ""))


def _check(check: str, title: Text, is_well: bool, expected: Text, observed: Text) -> Check:
    result = CheckResult.PASSED if is_well else CheckResult.FAILED
    return Check(id=check, title=title, result=result, expected=expected, observed=observed)


DRIVER = SpheroDriver
