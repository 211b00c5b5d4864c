"""The driver: one iPad through usbmuxd, and by the school's device management where that is switched on."""

import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from medialab_agent.drivers.apple_ios import checks, describe, erase, inventory, managed, services, tidy, troubles
from medialab_agent.drivers.apple_ios.checks import Evidence
from medialab_agent.drivers.apple_ios.device import IPad
from medialab_agent.drivers.apple_ios.erase import Erase, Mark
from medialab_agent.drivers.apple_ios.identity import key_of
from medialab_agent.drivers.apple_ios.inventory import Inventory
from medialab_agent.drivers.apple_ios.managed import ManagedErase
from medialab_agent.drivers.apple_ios.mdm.connector import MdmSettings, switched_off
from medialab_agent.drivers.apple_ios.mux import Mux
from medialab_agent.drivers.apple_ios.tidy import Wanted
from medialab_agent.drivers.apple_ios.troubles import NotTrusted
from medialab_agent.sdk.driver import DeviceLink, Driver
from medialab_agent.sdk.manifest import load_manifest
from medialab_agent.sdk.steps import Done, Order, Probe, Reading, Say, Step
from medialab_agent.sdk.trouble import DeviceTrouble, Refused
from medialab_wire.progress import Check
from medialab_wire.reports import Access
from medialab_wire.sightings import Sighting
from medialab_wire.texts import Text

_log = logging.getLogger(__name__)
T = TypeVar("T")
MANIFEST = load_manifest(Path(__file__).with_name("manifest.toml"))
FRESH_S = 2.0
"""Seconds a reading serves both probe and report."""
_TAP = Step("trust", Text(de="Auf dem iPad „Vertrauen“ antippen", en="Tap “Trust” on the iPad"), deadline_s=300)


class IPadDriver(Driver):
    """See `Driver`. Settings: usbmuxd, mdm_kind, mdm_url, mdm_credentials."""

    poll_s = 120.0

    def __init__(self, link: DeviceLink) -> None:
        super().__init__(link)
        self._ipad = IPad(Mux.from_settings(link.settings), link.key)
        self._cached: tuple[float, Inventory] | None = None

    @classmethod
    def key(cls, sighting: Sighting) -> str | None:
        """The UDID."""
        return key_of(sighting)

    async def probe(self) -> Probe:
        """Name and identities; with only what it tells strangers while it does not trust this computer."""
        try:
            now = await self._inventory()
        except NotTrusted as error:
            values = await inventory.read_as_stranger(self._ipad)
            found = describe.identities(self.link.key, values)
            name, told = describe.name_of(values), describe.known_to_all(values)
            return Probe(name, "tablet", found, Access.NEEDS_PERSON, error.trouble.remedy, told)
        return Probe(
            name=describe.name_of(now.values),
            kind="tablet",
            identities=describe.identities(self.link.key, now.values),
            help=describe.note(now),
            facts=describe.facts(now),
        )

    async def report(self) -> Reading:
        """The device as it is now."""
        try:
            now = await self._inventory()
        except NotTrusted as error:
            return Reading(access=Access.NEEDS_PERSON, help=error.trouble.remedy)
        return Reading(
            help=describe.note(now),
            facts=describe.facts(now),
            volatile=describe.volatile(now),
            traces=describe.traces(now),
        )

    async def plan(self, order: Order) -> tuple[Step, ...]:
        """Steps for pairing and for each reset level. Raises `Refused` for an iPad that must not be erased here."""
        if order.action == "pair":
            return () if await self._ipad.is_trusted() else (_TAP,)
        if order.action != "reset":
            return ()
        if order.level == "managed-erase":
            self._management(order)
            return managed.STEPS
        now = await inventory.read(self._ipad)
        if order.level == "erase":
            erase.refuse_unless_ours(now)
            return erase.STEPS
        return tidy.plan(Wanted(now, order.baseline or {}))

    async def do(self, order: Order, step: Step, say: Say) -> Done:
        """One step, reading afresh what is left of it."""
        self._cached = None
        if step.id == _TAP.id:
            return await self._pair(say)
        if order.level == "erase":
            return await self._erase(order, step, say)
        if order.level == "managed-erase":
            management = self._management(order)
            return await (management.order() if step.id == "order" else management.wait(say))
        wanted = Wanted(await inventory.read(self._ipad), order.baseline or {})
        if step.id == tidy.REMOVE_APPS.id:
            return await tidy.remove_apps(self._ipad, wanted, say)
        if step.id == tidy.REMOVE_PROFILES.id:
            return await tidy.remove_profiles(self._ipad, wanted, say)
        raise _unknown(step)

    async def verify(self, order: Order) -> tuple[Check, ...]:
        """Every check of the level from readings of its own; what cannot be read is unknown."""
        level = MANIFEST.level(order.level or "")
        if order.action != "reset" or level is None:
            return ()
        return checks.made(level, await self._evidence(order))

    async def find_me(self) -> None:
        """Restart: Apple offers nothing gentler over a cable that can be seen from across a room."""
        async with self._ipad.session() as session, session.service(services.DIAGNOSTICS) as stream:
            await services.restart(stream)

    async def stop(self) -> None:
        """Nothing outlives a run: an erase that was accepted cannot be called back."""

    async def snapshot(self) -> Mapping[str, Any]:
        """Apps with versions, and profiles."""
        return tidy.baseline_of(await inventory.read(self._ipad))

    async def _inventory(self) -> Inventory:
        if self._cached is None or time.monotonic() - self._cached[0] > FRESH_S:
            self._cached = time.monotonic(), await inventory.read(self._ipad)
        return self._cached[1]

    async def _pair(self, say: Say) -> Done:
        if await self._ipad.is_trusted():
            return Done(changed=False)
        await self._ipad.pair(lambda is_locked: say(0.5, troubles.UNLOCK if is_locked else troubles.TRUST))
        return Done()

    async def _erase(self, order: Order, step: Step, say: Say) -> Done:
        work = Erase(self._ipad, Mark(self.link.memory, order.exec))
        if step.id == "erase":
            return await work.order()
        if step.id == "wait-for-start":
            return await work.wait(say)
        if step.id == "connect":
            return await work.connect()
        raise _unknown(step)

    def _management(self, order: Order) -> ManagedErase:
        settings = MdmSettings.of(self.link.settings)
        if settings is None:
            raise switched_off()
        return ManagedErase(self._ipad, settings.connector(), self.link.memory, order.exec)

    async def _evidence(self, order: Order) -> Evidence:
        if order.level == "session":
            now = await self._unless_trouble(lambda: inventory.read(self._ipad))
            return Evidence(now, Wanted(now, order.baseline or {}) if now else None)
        mark = Mark(self.link.memory, order.exec)
        forgot_us = await self._unless_trouble(lambda: mark.is_gone(self._ipad))
        if order.level == "managed-erase":
            seen = await self._unless_trouble(lambda: self._management(order).is_seen())
            return Evidence(forgot_us=forgot_us, seen_by_mdm=seen)
        return Evidence(
            is_up=await self._unless_trouble(self._is_up),
            forgot_us=forgot_us,
            awaits_setup=await self._unless_trouble(self._awaits_setup),
        )

    async def _is_up(self) -> bool:
        async with self._ipad.door() as door:
            return await door.is_up()

    async def _awaits_setup(self) -> bool | None:
        """As a trusted computer where the iPad lets us, else as a stranger."""
        with contextlib.suppress(NotTrusted):
            return (await inventory.read(self._ipad)).awaits_setup
        values = await inventory.read_as_stranger(self._ipad)
        return True if values.get("ActivationState") == "Unactivated" else None

    async def _unless_trouble(self, look: Callable[[], Awaitable[T]]) -> T | None:
        """What a look gave; None when it came to nothing."""
        try:
            return await look()
        except DeviceTrouble as error:
            _log.warning("%s: a check could not be made: %s", self.link.key, error)
            return None


def _unknown(step: Step) -> Refused:
    return Refused("unknown-step", Text(de="Dieser Schritt ist unbekannt.", en="This step is unknown."), None, step.id)


DRIVER = IPadDriver
