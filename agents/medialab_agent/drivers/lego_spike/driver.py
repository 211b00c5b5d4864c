"""The driver of one SPIKE Prime hub."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

from medialab_agent.drivers.lego_spike import checks, firmware, words
from medialab_agent.drivers.lego_spike.hub import Hub
from medialab_agent.drivers.lego_spike.messages import SLOTS
from medialab_agent.drivers.lego_spike.stage import Program
from medialab_agent.sdk.bluetooth import BleLine, show_for
from medialab_agent.sdk.driver import DeviceLink, Driver
from medialab_agent.sdk.steps import Done, Order, Probe, Reading, Say, Step
from medialab_agent.sdk.trouble import Unreachable
from medialab_wire.progress import Check
from medialab_wire.reports import Identity, IdentityKind
from medialab_wire.sightings import Sighting

KNOWN_NAME, KNOWN_UUID, KNOWN_FIRMWARE = "name", "uuid", "firmware"
"""In the driver's memory: what the hub is called in its baseline; what it told when it was connected last."""


class SpikeDriver(Driver):
    """See `Driver`. A hub is connected when it is met first, for orders, and rarely for its battery; what was read then
    is told until the next time. Settings: `air`, `show_s` (see `sdk.bluetooth`)."""

    poll_s = 900.0
    reading_s = 90.0

    def __init__(self, link: DeviceLink) -> None:
        super().__init__(link)
        self._line = BleLine(link)
        self._battery: int | None = None
        self._name = self._advertised = ""

    @classmethod
    def key(cls, sighting: Sighting) -> str | None:
        """Its Bluetooth address, which LEGO's hubs never change."""
        return sighting.facts.get("address") if sighting.source == "ble" else None

    async def probe(self) -> Probe:
        """Its UUID and its name."""
        await self._look_when_due()
        identities = (
            Identity(kind=IdentityKind.UUID, value=self.link.memory.get(KNOWN_UUID) or "", scope="lego-spike"),
            Identity(kind=IdentityKind.PLACE, value=self.link.key, scope="ble"),
        )
        return Probe(self._named(), "robot", identities, facts={"model": "LEGO SPIKE Prime"})

    async def report(self) -> Reading:
        """Battery, firmware, and whether somebody renamed it; programs cannot be listed."""
        await self._look_when_due()
        known = self.link.memory.get(KNOWN_NAME)
        return Reading(
            facts={"firmware": self.link.memory.get(KNOWN_FIRMWARE)},
            volatile={} if self._battery is None else {"battery": self._battery},
            traces={} if known is None else {"renamed": int(self._named() != known)},
        )

    async def snapshot(self) -> Mapping[str, Any]:
        """What the hub is called; programs are no part of a baseline, for they cannot be read."""
        async with self._hub() as hub:
            name = await hub.name()
        self.link.memory.put(KNOWN_NAME, name)
        return {"name": name}

    async def plan(self, order: Order) -> tuple[Step, ...]:
        """Stop and clear always, because a hub does not say what is stored; rename only when needed."""
        if order.action == firmware.ACTION:
            return await firmware.plan(order)
        if order.action == "stage":
            Program.of(order)
            return (words.UPLOAD,)
        wanted = _wanted(order)
        self.link.memory.put(KNOWN_NAME, wanted)
        async with self._hub() as hub:
            is_renamed = await hub.name() != wanted
        return (words.STOP, words.CLEAR, *((words.RENAME,) if is_renamed else ()))

    async def do(self, order: Order, step: Step, say: Say) -> Done:
        """One step on a connection of its own."""
        if order.action == firmware.ACTION:
            return await self._firmware(order, step, say)
        async with self._hub() as hub:
            match step.id:
                case "stop":
                    await hub.stop_programs()
                    return Done(changed=False)
                case "clear":
                    return await _clear_all(hub, say)
                case "rename":
                    return await _rename(hub, _wanted(order))
                case "upload":
                    return await Program.of(order).upload(hub, say)
        raise ValueError(step.id)

    async def verify(self, order: Order) -> tuple[Check, ...]:
        """On a connection of its own: see `checks`."""
        async with self._hub() as hub:
            if order.action == firmware.ACTION:
                return await firmware.verify(hub, order)
            if order.action == "stage":
                return await Program.of(order).verify(hub)
            return (await checks.programs(hub), await checks.still(hub), await checks.name(hub, _wanted(order)))

    async def find_me(self) -> None:
        """Holds a connection for some seconds: the hub beeps, and its Bluetooth light shines as long as that."""
        async with self._hub():
            await show_for(self.link)

    async def stop(self) -> None:
        """Nothing outlives a run: programs are only stored here, never started."""

    async def _firmware(self, order: Order, step: Step, say: Say) -> Done:
        async with self._hub() as hub:
            done = await firmware.do(hub, order, step, say)
        if step.id == "install" and done.changed:
            await self._until_back()
        return done

    async def _until_back(self) -> None:
        """Returns when the hub answers again after its restart; the step's deadline ends the waiting."""
        while True:
            await asyncio.sleep(firmware.LOOK_EVERY_S)
            with suppress(Unreachable):
                async with self._hub():
                    return

    @asynccontextmanager
    async def _hub(self, *, urgent: bool = True) -> AsyncIterator[Hub]:
        async with self._line.open(urgent=urgent) as gatt:
            hub = await Hub.meet(gatt)
            await self._look(hub)
            yield hub

    async def _look_when_due(self) -> None:
        if self._line.is_due(is_known=self.link.memory.get(KNOWN_UUID) is not None):
            async with self._hub(urgent=False):
                pass

    async def _look(self, hub: Hub) -> None:
        """Each connection tells how the hub is."""
        self._name, self._advertised = await hub.name(), self._line.facts.get("name", "")
        self._battery = (await hub.state()).battery
        for known, value in ((KNOWN_UUID, await hub.uuid()), (KNOWN_FIRMWARE, hub.info.firmware)):
            if self.link.memory.get(known) != value:
                self.link.memory.put(known, value)

    def _named(self) -> str:
        """The newest name: what was read, unless the advertisement has changed since."""
        advertised = self._line.facts.get("name", "")
        return self._name if self._name and advertised in ("", self._advertised) else advertised


def _wanted(order: Order) -> str:
    return str((order.baseline or {}).get("name", ""))


async def _clear_all(hub: Hub, say: Say) -> Done:
    cleared = 0
    for slot in range(SLOTS):
        if await hub.clear(slot):
            cleared += 1
        say((slot + 1) / SLOTS)
    return Done(changed=bool(cleared))


async def _rename(hub: Hub, name: str) -> Done:
    if await hub.name() == name:
        return Done(changed=False)
    await hub.rename(name)
    return Done()


DRIVER = SpikeDriver
