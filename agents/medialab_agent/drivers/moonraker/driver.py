"""The driver of one printer behind Moonraker."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from medialab_agent.drivers.moonraker.about import name_of, read_about
from medialab_agent.drivers.moonraker.address import Place, key_for, local_key, places, usable
from medialab_agent.drivers.moonraker.checks import verify_clean
from medialab_agent.drivers.moonraker.client import Client
from medialab_agent.drivers.moonraker.configuration import read_configuration
from medialab_agent.drivers.moonraker.identify import Identified, identify
from medialab_agent.drivers.moonraker.machine import read_machine, shows
from medialab_agent.drivers.moonraker.push import news
from medialab_agent.drivers.moonraker.reading import take_reading
from medialab_agent.drivers.moonraker.reset import Reset
from medialab_agent.drivers.moonraker.stage import Gcodes
from medialab_agent.drivers.moonraker.traces import AllowList
from medialab_agent.drivers.moonraker.words import MOVED, TOO_MANY, WRONG_KEY, klipper_down, not_trusted
from medialab_agent.sdk.driver import DeviceLink, Driver
from medialab_agent.sdk.manifest import load_manifest
from medialab_agent.sdk.patience import patiently
from medialab_agent.sdk.printer import SHOWN_UNSEEN, not_shown, remember_kept, remembered_kept, require_clean
from medialab_agent.sdk.staged_files import StagedFiles
from medialab_agent.sdk.steps import Done, Order, Probe, Reading, Say, Step
from medialab_agent.sdk.trouble import DeviceTrouble, NeedsPerson, Refused, unreachable
from medialab_wire.base import Scalar
from medialab_wire.progress import Check
from medialab_wire.reports import Access, Identity, IdentityKind
from medialab_wire.sightings import Sighting
from medialab_wire.texts import Text

MANIFEST = load_manifest(Path(__file__).with_name("manifest.toml"))
_KEPT, _OPENED = "moonraker-kept", "moonraker-opened"
STOP_S = 8.0
"""How long the end of a run may take, with two orders that Klipper may answer late;
a printer that hangs is left to its own protection."""
MESSAGE, SHOW_S = "MediaLab", 3.0
"""What a printer that is to show itself writes on its display, and for how long."""


class MoonrakerDriver(Driver):
    """Speaks HTTP for readings and orders, and listens to one websocket for news."""

    poll_s = 300.0
    """What matters is pushed; without a push connection each attempt to get one, at most 60 s apart, asks too."""

    patience_s = 30.0
    """How long an unreachable printer is asked again before a step fails; Moonraker restarts in 3 to 20 s."""

    def __init__(self, link: DeviceLink) -> None:
        super().__init__(link)
        self._client: Client | None = None
        self._is_resetting = False
        self._is_full = False
        self._about: dict[str, Scalar] = {}
        self._let_in = asyncio.Event()

    @classmethod
    def key(cls, sighting: Sighting) -> str | None:
        return local_key(sighting)

    async def probe(self) -> Probe:
        try:
            place, found = await self._find()
        except Refused as error:
            known = places(self.link.sightings)[:1]
            identities = tuple(Identity(kind=IdentityKind.PLACE, value=place.base) for place in known)
            return Probe("", "printer", identities, Access.FAILED, error.trouble.text)
        client = await self._reach()
        identities = (Identity(kind=IdentityKind.PLACE, value=place.base),)
        if found.uuid:
            identities = (Identity(kind=IdentityKind.UUID, value=found.uuid, scope="moonraker"), *identities)
        if not found.is_open:
            self._let_in.clear()
            remedy = self._remedy(client)
            return Probe(self._announced() or "Klipper", "printer", identities, Access.NEEDS_PERSON, remedy)
        self._about = {"version": found.version, **await read_about(client)}
        self._let_in.set()
        return Probe(await name_of(client) or self._announced() or "Klipper", "printer", identities, facts=self._about)

    def _announced(self) -> str:
        """The host's own name, of an announcement such as `Moonraker-98d06564 @ klipper-p2`."""
        names = (sighting.facts.get("name", "") for sighting in self.link.sightings)
        return next((name.rpartition(" @ ")[2] for name in names if name), "")[:200]

    def _remedy(self, client: Client) -> Text | None:
        if self.link.access.get("key"):
            return MOVED if self._opened() not in (None, client.base) else WRONG_KEY
        return not_trusted(client.own_address, has_key=client.key is not None).trouble.remedy

    async def _find(self) -> tuple[Place, Identified]:
        """The first address where the announced printer really answers, that first which the entered key opened."""
        trouble: DeviceTrouble = unreachable("no address")
        opened = self._opened()
        for place in sorted(places(self.link.sightings), key=lambda place: place.base != opened):
            client = Client(place.base)
            try:
                found = await identify(client, self._key_at(place), place.uuid)
            except DeviceTrouble as error:
                trouble = error
                await client.close()
                continue
            self._note_opened(client, found)
            await self._keep(client)
            return place, found
        raise trouble

    def _opened(self) -> str | None:
        """Where the key that was entered opened the printer; a key that was forgotten opened nothing."""
        if self.link.memory.get(_OPENED) is not None and not self.link.access.get("key"):
            self.link.memory.put(_OPENED, None)
        return self.link.memory.get(_OPENED)

    def _key_at(self, place: Place) -> str | None:
        """The key entered for this printer, once it opened it only for that address, for anybody can announce a uuid;
        without one, the key written for the address."""
        entered = self.link.access.get("key")
        if not entered:
            return key_for(place.host, self.link.settings)
        return usable(entered) if self._opened() in (None, place.base) else None

    def _note_opened(self, client: Client, found: Identified) -> None:
        if found.is_open and client.key is not None and self.link.access.get("key") and self._opened() is None:
            self.link.memory.put(_OPENED, client.base)

    async def _keep(self, client: Client) -> None:
        """The client in use if it has that address, else this one; so a new probe does not cut what is under way."""
        if self._client is not None and self._client.base == client.base:
            self._client.key, self._client.own_address = client.key, client.own_address
            await client.close()
            return
        await self.close()
        self._client = client

    async def _reach(self) -> Client:
        if self._client is None:
            await self._find()
        if self._client is None:
            raise unreachable()
        return self._client

    async def report(self) -> Reading:
        kept = remembered_kept(self.link.memory, _KEPT)
        client = await self._reach()
        try:
            reading = await take_reading(client, self._about, kept, TOO_MANY if self._is_full else None)
        except NeedsPerson as error:
            self._let_in.clear()
            remedy = self._remedy(client) if self.link.access.get("key") else error.trouble.remedy
            return Reading(access=Access.NEEDS_PERSON, help=remedy, facts=self._about)
        self._let_in.set()
        return reading

    async def snapshot(self) -> Mapping[str, Any]:
        client = await self._reach()
        machine = await read_machine(client)
        if not machine.is_ready:
            raise klipper_down(machine.klippy)
        configuration = await read_configuration(client, machine)
        return {**(await AllowList.of(client)).as_baseline(), **configuration.as_baseline()}

    async def plan(self, order: Order) -> tuple[Step, ...]:
        if order.action == "stage":
            return await (await self._staged(order)).plan()
        return await (await self._reset(order)).plan()

    async def _staged(self, order: Order) -> StagedFiles:
        return StagedFiles(Gcodes(await self._reach()), order)

    async def _reset(self, order: Order) -> Reset:
        require_clean(order)
        reset = Reset(await self._reach(), order)
        remember_kept(self.link.memory, _KEPT, ((path, size) for path, size, _ in reset.kept.files))
        return reset

    async def do(self, order: Order, step: Step, say: Say) -> Done:
        self._is_resetting = order.action == "reset"
        if order.action == "stage":
            stage = await self._staged(order)
            return await patiently(lambda: stage.do(step, say), self.patience_s)
        reset = await self._reset(order)
        return await patiently(lambda: reset.do(step, say), self.patience_s)

    async def verify(self, order: Order) -> tuple[Check, ...]:
        if order.action == "stage":
            return await (await self._staged(order)).verify()
        reset, level = await self._reset(order), MANIFEST.level(order.level or "")
        if level is None:
            return ()
        client = await self._reach()
        return await patiently(lambda: verify_clean(client, level, reset.kept, reset.configuration), self.patience_s)

    async def find_me(self) -> None:
        client = await self._reach()
        # M300 beep, M117 line on the display (https://reprap.org/wiki/G-code); Klipper passes over what it lacks
        await client.gcode(f"M117 {MESSAGE}", *["M300 S880 P250", "M300 S0 P250"] * 3)
        shown = await shows(client, MESSAGE)
        self.unseen = SHOWN_UNSEEN if shown is None else None
        await asyncio.sleep(0.0 if shown is False else SHOW_S)
        await client.gcode("M117")
        if shown is False:
            raise not_shown()

    async def stop(self) -> None:
        if not self._is_resetting:  # staging moves and heats nothing, and leaves a running print alone
            return
        self._is_resetting = False  # what somebody prints after this run is not ours to end
        with suppress(DeviceTrouble, TimeoutError):
            async with asyncio.timeout(STOP_S):
                await self._end_and_cool(await self._reach())

    async def _end_and_cool(self, client: Client) -> None:
        machine = await read_machine(client)
        if machine.has_job:
            with suppress(DeviceTrouble):
                await client.begin("/printer/print/cancel")
        if machine.is_ready and machine.heat.are_off is not True:
            await client.gcode("TURN_OFF_HEATERS")

    def watch(self) -> AsyncIterator[None] | None:
        return news(self._reach, self._let_in, self._note_full)

    def _note_full(self, is_full: bool) -> None:
        self._is_full = is_full

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()
            self._client = None


DRIVER = MoonrakerDriver
