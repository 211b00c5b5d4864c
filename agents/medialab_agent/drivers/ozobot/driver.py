"""The driver of one Ozobot Evo."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from medialab_agent.drivers.ozobot import advert, checks, words
from medialab_agent.drivers.ozobot.evo import Evo
from medialab_agent.sdk.bluetooth import BleLine, farewell, show_for
from medialab_agent.sdk.driver import DeviceLink, Driver
from medialab_agent.sdk.gatt import refused
from medialab_agent.sdk.steps import Done, Order, Probe, Reading, Say, Step
from medialab_wire.base import Scalar
from medialab_wire.progress import Check
from medialab_wire.reports import Identity, IdentityKind
from medialab_wire.sightings import Sighting

MAKER = f"manufacturer.{advert.COMPANY:04x}"
KNOWN_NAME = "name"
"""In the driver's memory: what the robot is called in its baseline."""


class OzobotDriver(Driver):
    """See `Driver`. Readings need no connection: who it is and its firmware are advertised.

    Settings: `air`, `show_s` (see `sdk.bluetooth`)."""

    poll_s = 60.0

    def __init__(self, link: DeviceLink) -> None:
        super().__init__(link)
        self._line = BleLine(link)
        self._battery: int | None = None
        self._name = self._advertised = ""

    @classmethod
    def key(cls, sighting: Sighting) -> str | None:
        """Its hardware id; its address where that is not advertised."""
        if sighting.source != "ble":
            return None
        told = advert.told_in_hex(sighting.facts.get(MAKER, ""))
        return told.id if told else sighting.facts.get("address")

    async def probe(self) -> Probe:
        """What it advertises."""
        facts = self._line.facts
        told = advert.told_in_hex(facts.get(MAKER, ""))
        place = Identity(kind=IdentityKind.PLACE, value=facts.get("address", self.link.key), scope="ble")
        serial = (Identity(kind=IdentityKind.SERIAL, value=told.id, scope="ozobot"),) if told else ()
        known: dict[str, Scalar] = {"model": "Ozobot Evo"}
        if told:
            known |= {"firmware": told.firmware, "product": told.product}
        return Probe(facts.get("name", "") or "Ozobot Evo", "robot", (*serial, place), facts=known)

    async def report(self) -> Reading:
        """Whether somebody renamed it, and the battery as it was at the last order."""
        known = self.link.memory.get(KNOWN_NAME)
        return Reading(
            volatile={} if self._battery is None else {"battery": self._battery},
            traces={} if known is None else {"renamed": int(self._named() != known)},
        )

    async def snapshot(self) -> Mapping[str, Any]:
        """Name, volume and brightness."""
        async with self._evo() as evo:
            if evo is None:
                found: dict[str, Any] = {"name": self._line.facts.get("name", "")}
            else:
                volume, brightness = await evo.settings()
                found = {"name": await evo.name(), "volume": volume, "brightness": brightness}
        self.link.memory.put(KNOWN_NAME, found["name"])
        return found

    async def plan(self, order: Order) -> tuple[Step, ...]:
        """Stop always; set back what differs; a person tries whether a program is left."""
        good = checks.Good.of(order)
        self.link.memory.put(KNOWN_NAME, good.name)
        async with self._evo() as evo:
            if evo is None:
                return (words.PROGRAM,)
            renamed, changed = await evo.name() != good.name, await evo.settings() != good.settings
        steps = (words.STOP, *((words.RENAME,) if renamed else ()), *((words.SET_UP,) if changed else ()))
        return (*steps, words.PROGRAM)

    async def do(self, order: Order, step: Step, say: Say) -> Done:  # noqa: ARG002 - too short to tell of progress
        """One step on a connection of its own."""
        good = checks.Good.of(order)
        async with self._evo() as evo:
            if evo is None:
                raise refused("firmware older than 3")
            match step.id:
                case "stop":
                    await evo.stop()
                    return Done(changed=False)
                case "rename":
                    await evo.rename(good.name)
                case "set-up":
                    await evo.set_up(*good.settings)
                case _:
                    raise ValueError(step.id)
        return Done()

    async def verify(self, order: Order) -> tuple[Check, ...]:
        """On a connection of its own: see `checks`."""
        async with self._evo() as evo:
            return await checks.all_of(evo, checks.Good.of(order), self._line.facts.get("name", ""))

    async def find_me(self) -> None:
        """All lights green for some seconds."""
        async with self._evo() as evo:
            if evo is None:
                raise refused("firmware older than 3")
            await evo.shine(0, 255, 0)
            try:
                await show_for(self.link)
            finally:
                await farewell(evo.shine(0, 0, 0))

    async def stop(self) -> None:
        """Nothing outlives a run: nothing is ever started here."""

    @asynccontextmanager
    async def _evo(self) -> AsyncIterator[Evo | None]:
        async with self._line.open(urgent=True) as gatt:
            evo = await Evo.meet(gatt)
            if evo is not None:
                self._battery = await evo.battery()
                self._name, self._advertised = await evo.name(), self._line.facts.get("name", "")
            yield evo

    def _named(self) -> str:
        """The newest name: what was read, unless the advertisement has changed since."""
        advertised = self._line.facts.get("name", "")
        return self._name if self._name and advertised in ("", self._advertised) else advertised


DRIVER = OzobotDriver
