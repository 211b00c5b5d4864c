"""The driver of one LEGO hub with the LEGO Wireless Protocol 3."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from medialab_agent.drivers.lego_lwp3 import messages as m
from medialab_agent.drivers.lego_lwp3 import words
from medialab_agent.drivers.lego_lwp3.hub import Hub
from medialab_agent.sdk.bluetooth import BleLine, farewell, show_for
from medialab_agent.sdk.driver import DeviceLink, Driver
from medialab_agent.sdk.steps import Done, Order, Probe, Reading, Say, Step
from medialab_wire.progress import Check, CheckResult
from medialab_wire.reports import Identity, IdentityKind
from medialab_wire.sightings import Sighting

MAKER = f"manufacturer.{m.COMPANY:04x}"
KNOWN_NAME, KNOWN_FIRMWARE = "name", "firmware"
"""In the driver's memory: what the hub is called in its baseline; the firmware it told last."""


class Lwp3Driver(Driver):
    """See `Driver`. Identity, name and kind come from the advertisement: nobody is kept from connecting for that.

    Settings: `air`, `show_s` (see `sdk.bluetooth`)."""

    poll_s = 60.0

    def __init__(self, link: DeviceLink) -> None:
        super().__init__(link)
        self._line = BleLine(link)
        self._battery: int | None = None
        self._advertised = self._name = ""

    @classmethod
    def key(cls, sighting: Sighting) -> str | None:
        """Its Bluetooth address, which LEGO's hubs never change."""
        return sighting.facts.get("address") if sighting.source == "ble" else None

    async def probe(self) -> Probe:
        """What it advertises."""
        kind = self._kind()
        facts = {"model": m.MODELS.get(kind, "LEGO Hub"), "hub_kind": f"{kind:02x}"}
        identities = (Identity(kind=IdentityKind.MAC, value=self.link.key, scope="lego"),)
        return Probe(self._line.facts.get("name", "") or facts["model"], "robot", identities, facts=facts)

    async def report(self) -> Reading:
        """What it advertises, and what it told when it was last connected for an order."""
        known = self.link.memory.get(KNOWN_NAME)
        firmware = self.link.memory.get(KNOWN_FIRMWARE)
        return Reading(
            facts={"firmware": firmware} if firmware else {},
            volatile={} if self._battery is None else {"battery": self._battery},
            traces={} if known is None else {"renamed": int(self._named() != known)},
        )

    async def snapshot(self) -> Mapping[str, Any]:
        """What the hub is called; nothing else of learners' stays on it."""
        async with self._hub() as hub:
            name = await self._look(hub)
        self.link.memory.put(KNOWN_NAME, name)
        return {"name": name}

    async def plan(self, order: Order) -> tuple[Step, ...]:
        """Rename, when somebody renamed it."""
        if order.action == "look":
            return (words.LOOK,)
        self.link.memory.put(KNOWN_NAME, _wanted(order))
        async with self._hub() as hub:
            is_renamed = await self._look(hub) != _wanted(order)
        return (words.RENAME,) if is_renamed else ()

    async def do(self, order: Order, step: Step, say: Say) -> Done:  # noqa: ARG002 - too short to tell of progress
        """One step on a connection of its own."""
        async with self._hub() as hub:
            name = await self._look(hub)
            if step.id == "look" or name == _wanted(order):
                return Done(changed=False)
            await hub.rename(_wanted(order))
        return Done()

    async def verify(self, order: Order) -> tuple[Check, ...]:
        """The name, read on a connection of its own; whether programs can be there at all, from the hub's kind."""
        if order.action == "look":
            return ()
        async with self._hub() as hub:
            is_same = await self._look(hub) == _wanted(order)
        return (_name_check(is_same), _programs_check(self._kind()))

    async def find_me(self) -> None:
        """Lets the light blink."""
        async with self._hub() as hub:
            await hub.show(is_busy=True)
            try:
                await show_for(self.link)
            finally:
                await farewell(hub.show(is_busy=False))

    async def stop(self) -> None:
        """Nothing outlives a run: a hub's light is its own again when the connection ends."""

    @asynccontextmanager
    async def _hub(self) -> AsyncIterator[Hub]:
        async with self._line.open(urgent=True) as gatt:
            yield await Hub.meet(gatt)

    async def _look(self, hub: Hub) -> str:
        self._name, self._advertised = await hub.name(), self._line.facts.get("name", "")
        self._battery = await hub.battery()
        self.link.memory.put(KNOWN_FIRMWARE, await hub.firmware())
        return self._name

    def _named(self) -> str:
        """The newest name: what was read, unless the advertisement has changed since."""
        advertised = self._line.facts.get("name", "")
        return self._name if self._name and advertised in ("", self._advertised) else advertised

    def _kind(self) -> int:
        return m.kind_of(self._line.facts.get(MAKER, "")) or 0


def _wanted(order: Order) -> str:
    return str((order.baseline or {}).get("name", ""))


def _name_check(is_same: bool) -> Check:
    return Check(
        id="name",
        title=words.NAME,
        result=CheckResult.PASSED if is_same else CheckResult.FAILED,
        expected=words.SAME,
        observed=words.SAME if is_same else words.OTHER,
    )


def _programs_check(kind: int) -> Check:
    is_known = kind in m.KEEPS_NO_PROGRAMS
    return Check(
        id="programs",
        title=words.PROGRAMS,
        result=CheckResult.PASSED if is_known else CheckResult.UNKNOWN,
        observed=words.KEEPS_NONE if is_known else words.MAY_KEEP,
    )


DRIVER = Lwp3Driver
