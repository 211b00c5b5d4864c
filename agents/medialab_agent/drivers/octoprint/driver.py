"""The driver of one printer behind OctoPrint."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from medialab_agent.drivers.octoprint import pairing
from medialab_agent.drivers.octoprint.address import Place, local_key, places
from medialab_agent.drivers.octoprint.checks import verify_clean
from medialab_agent.drivers.octoprint.client import Client
from medialab_agent.drivers.octoprint.heat import heaters
from medialab_agent.drivers.octoprint.identify import Identified, identify, wrong_place
from medialab_agent.drivers.octoprint.profiles import read_profiles
from medialab_agent.drivers.octoprint.push import news
from medialab_agent.drivers.octoprint.reading import take_reading
from medialab_agent.drivers.octoprint.reset import Reset, cool
from medialab_agent.drivers.octoprint.stage import Stage
from medialab_agent.drivers.octoprint.traces import AllowList, list_files
from medialab_agent.drivers.octoprint.words import PAIR_HELP, not_paired
from medialab_agent.sdk.driver import DeviceLink, Driver
from medialab_agent.sdk.manifest import load_manifest
from medialab_agent.sdk.patience import patiently
from medialab_agent.sdk.printer import SHOWN_UNSEEN, remember_kept, remembered_kept, require_clean
from medialab_agent.sdk.steps import Done, Order, Probe, Reading, Say, Step
from medialab_agent.sdk.trouble import DeviceTrouble, NeedsPerson, Refused, unreachable
from medialab_wire.base import Scalar
from medialab_wire.progress import Check, CheckResult
from medialab_wire.reports import Access, Identity, IdentityKind
from medialab_wire.sightings import Sighting
from medialab_wire.texts import Text

MANIFEST = load_manifest(Path(__file__).with_name("manifest.toml"))
_KEY, _UUID, _KEPT = "octoprint-key", "octoprint-uuid", "octoprint-kept"
STOP_S = 8.0
"""How long the end of a run may take, cancelling and one order for each kind of heater;
a printer that hangs is left to its own protection."""
SHOW_S = 3.0
"""How long a printer that is to show itself keeps its message."""
_PAIRED = Text(de="OctoPrint nimmt den Schlüssel an", en="OctoPrint accepts the key")
_ALLOW = Text(
    de="Jetzt in OctoPrint anmelden und auf „Erlauben“ klicken", en="Now sign in to OctoPrint and click “Allow”"
)


class OctoPrintDriver(Driver):
    """Speaks REST for readings and orders, and listens to the push socket for news."""

    poll_s = 120.0

    patience_s = 30.0
    """How long an unreachable printer is asked again before a step fails; OctoPrint restarts in 10 to 30 s."""

    def __init__(self, link: DeviceLink) -> None:
        super().__init__(link)
        self._client: Client | None = None
        self._uuid = ""
        self._is_resetting = False
        self._about: dict[str, Scalar] = {}
        self._paired = asyncio.Event()

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
        version = await pairing.accepted_by(client)
        self._about = {"version": version} if version else {}
        identities = (Identity(kind=IdentityKind.PLACE, value=place.base),)
        if found.uuid:
            identities = (Identity(kind=IdentityKind.UUID, value=found.uuid, scope="octoprint"), *identities)
        facts: dict[str, Scalar] = {**self._about, **({"model": found.model} if found.model else {})}
        if version is None:
            self._paired.clear()
            return Probe(found.name or "OctoPrint", "printer", identities, Access.NEEDS_PERSON, PAIR_HELP, facts)
        self._paired.set()
        return Probe(found.name or "OctoPrint", "printer", identities, facts=facts)

    async def _find(self) -> tuple[Place, Identified]:
        """The first address where the announced printer really answers. It is asked without the key, which goes
        only to the printer it was given by."""
        trouble: DeviceTrouble = unreachable("no address")
        for place in places(self.link.sightings):
            client = Client(place.base)
            try:
                found = await identify(client)
                if place.uuid and found.uuid and place.uuid != found.uuid:
                    raise wrong_place(place.uuid, found.uuid)
            except DeviceTrouble as error:
                trouble = error
                await client.close()
                continue
            client = await self._keep(client)
            giver = self.link.memory.get(_UUID) or found.uuid
            client.key = self.link.memory.get(_KEY) if giver == found.uuid else None
            self._client, self._uuid = client, found.uuid
            return place, found
        raise trouble

    async def _keep(self, client: Client) -> Client:
        """The client in use if it has that address, else this one; so a new probe does not cut the push socket."""
        if self._client is not None and self._client.base == client.base:
            await client.close()
            return self._client
        await self.close()
        return client

    async def _reach(self) -> Client:
        if self._client is None:
            await self._find()
        if self._client is None:
            raise unreachable()
        return self._client

    async def _paired_client(self) -> Client:
        client = await self._reach()
        if not client.key:
            raise not_paired()
        return client

    async def report(self) -> Reading:
        kept = remembered_kept(self.link.memory, _KEPT)
        try:
            reading = await take_reading(await self._paired_client(), self._about, kept)
        except NeedsPerson as error:
            self._paired.clear()
            return Reading(access=Access.NEEDS_PERSON, help=error.trouble.remedy, facts=self._about)
        self._paired.set()
        return reading

    async def snapshot(self) -> Mapping[str, Any]:
        client = await self._paired_client()
        files = AllowList.of(await list_files(client))
        return {**files.as_baseline(), **(await read_profiles(client)).as_baseline()}

    async def plan(self, order: Order) -> tuple[Step, ...]:
        if order.action == "pair":
            if await pairing.is_paired(await self._reach()):
                return ()
            return (Step("allow", _ALLOW, deadline_s=300),)
        if order.action == "stage":
            return await Stage(await self._paired_client(), order).plan()
        return await (await self._reset(order)).plan()

    async def _reset(self, order: Order) -> Reset:
        require_clean(order)
        reset = Reset(await self._paired_client(), order)
        remember_kept(self.link.memory, _KEPT, reset.kept.files)
        return reset

    async def do(self, order: Order, step: Step, say: Say) -> Done:
        self._is_resetting = order.action == "reset"
        if order.action == "pair":
            return await self._pair()
        if order.action == "stage":
            stage = Stage(await self._paired_client(), order)
            return await patiently(lambda: stage.do(step, say), self.patience_s)
        reset = await self._reset(order)
        return await patiently(lambda: reset.do(step, say), self.patience_s)

    async def _pair(self) -> Done:
        client = await self._reach()
        if await pairing.is_paired(client):
            return Done(changed=False)
        client.key = None
        key = await pairing.ask_for_key(client)
        self.link.memory.put(_UUID, self._uuid or None)
        self.link.memory.put(_KEY, key)
        client.key = key
        self._paired.set()
        return Done()

    async def verify(self, order: Order) -> tuple[Check, ...]:
        if order.action == "pair":
            passed = await pairing.is_paired(await self._reach())
            return (Check(id="paired", title=_PAIRED, result=CheckResult.PASSED if passed else CheckResult.FAILED),)
        if order.action == "stage":
            return await Stage(await self._paired_client(), order).verify()
        reset, level = await self._reset(order), MANIFEST.level(order.level or "")
        if level is None:
            return ()
        client = await self._paired_client()
        return await patiently(lambda: verify_clean(client, level, reset.kept, reset.profiles), self.patience_s)

    async def find_me(self) -> None:
        client = await self._paired_client()
        # M300 beep, M117 line on the display (https://reprap.org/wiki/G-code); both are harmless while printing
        self.unseen = SHOWN_UNSEEN  # it tells neither message nor sound
        await client.gcode("M117 MediaLab", *["M300 S880 P250", "M300 S0 P250"] * 3)
        await asyncio.sleep(SHOW_S)
        await client.gcode("M117")

    async def stop(self) -> None:
        if not self._is_resetting:  # pairing and staging move and heat nothing, and leave a running print alone
            return
        self._is_resetting = False
        with suppress(DeviceTrouble, TimeoutError):
            async with asyncio.timeout(STOP_S):
                await self._end_and_cool(await self._paired_client())

    async def _end_and_cool(self, client: Client) -> None:
        printer = await client.printer()
        if printer is None:
            return
        if printer.state.flags.has_job:
            with suppress(DeviceTrouble):
                await client.order("/api/job", command="cancel")
        if heaters(printer).are_off is not True:
            await cool(client, printer)

    def watch(self) -> AsyncIterator[None] | None:
        return self._watch()

    async def _watch(self) -> AsyncIterator[None]:
        async for _ in news(self._reach, self._paired):
            yield

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()
            self._client = None


DRIVER = OctoPrintDriver
