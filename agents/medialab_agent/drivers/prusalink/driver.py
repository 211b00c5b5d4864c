"""The driver of one Prusa printer with PrusaLink."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from medialab_agent.drivers.prusalink import cooling
from medialab_agent.drivers.prusalink.address import Place, local_key, places
from medialab_agent.drivers.prusalink.checks import verify_clean
from medialab_agent.drivers.prusalink.client import Client
from medialab_agent.drivers.prusalink.credentials import credentials_for
from medialab_agent.drivers.prusalink.identify import (
    Identified,
    identify,
    is_prusalink,
    other_product,
    wrong_place,
)
from medialab_agent.drivers.prusalink.reading import take_reading
from medialab_agent.drivers.prusalink.reset import Reset
from medialab_agent.drivers.prusalink.stage import PrintFiles
from medialab_agent.drivers.prusalink.traces import AllowList, list_files
from medialab_agent.drivers.prusalink.watching import news
from medialab_agent.drivers.prusalink.words import not_let_in
from medialab_agent.sdk.driver import DeviceLink, Driver
from medialab_agent.sdk.manifest import load_manifest
from medialab_agent.sdk.patience import patiently
from medialab_agent.sdk.printer import remember_kept, remembered_kept, require_clean
from medialab_agent.sdk.staged_files import StagedFiles
from medialab_agent.sdk.steps import Done, Order, Probe, Reading, Say, Step
from medialab_agent.sdk.trouble import DeviceTrouble, NeedsPerson, Refused, unreachable
from medialab_wire.base import Scalar
from medialab_wire.progress import Check
from medialab_wire.reports import Access, Identity, IdentityKind
from medialab_wire.sightings import Sighting
from medialab_wire.texts import Text

MANIFEST = load_manifest(Path(__file__).with_name("manifest.toml"))
_SERIAL, _KEPT = "prusalink-serial", "prusalink-kept"
STOP_S = 2.0
"""How long the end of a run may take; a printer that hangs is left to its own protection."""


class PrusaLinkDriver(Driver):
    """Speaks HTTP for readings and orders; asks the small status often while something happens."""

    poll_s = 120.0

    patience_s = 30.0
    """How long an unreachable printer is asked again before a step fails; PrusaLink restarts in 15 to 30 s."""

    def __init__(self, link: DeviceLink) -> None:
        super().__init__(link)
        self._client: Client | None = None
        self._found: Identified | None = None
        self._finding = asyncio.Lock()
        self._is_resetting = False

    @classmethod
    def key(cls, sighting: Sighting) -> str | None:
        return local_key(sighting)

    async def probe(self) -> Probe:
        try:
            async with self._finding:
                place, found = await self._find()
        except (NeedsPerson, Refused) as error:
            known = places(self.link.sightings)[:1]
            identities = tuple(Identity(kind=IdentityKind.PLACE, value=place.base) for place in known)
            access = Access.NEEDS_PERSON if isinstance(error, NeedsPerson) else Access.FAILED
            return Probe(self._announced(), "printer", identities, access, error.trouble.remedy)
        identities = (Identity(kind=IdentityKind.PLACE, value=place.base),)
        if found.serial:
            identities = (Identity(kind=IdentityKind.SERIAL, value=found.serial, scope="prusa"), *identities)
        return Probe(found.name or found.model or "PrusaLink", "printer", identities, facts=self._about())

    def _announced(self) -> str:
        return next((s.facts["name"] for s in self.link.sightings if s.facts.get("name")), "PrusaLink")

    def _about(self) -> dict[str, Scalar]:
        found = self._found
        if found is None:
            return {}
        words: dict[str, Scalar] = {"version": found.version, "firmware": found.firmware, "model": found.model}
        nozzle: dict[str, Scalar] = {} if found.nozzle_mm is None else {"nozzle_mm": found.nozzle_mm}
        can_cool = {"cools_by": "file" if found.is_buddy else "command"}
        return {**{key: value for key, value in words.items() if value}, **nozzle, **can_cool}

    async def _find(self) -> tuple[Place, Identified]:
        """The first address where this printer really answers. A stranger is asked without password or key."""
        trouble: DeviceTrouble = unreachable("no address")
        for place in places(self.link.sightings):
            try:
                found = await self._look(place)
            except DeviceTrouble as error:
                trouble = error
                continue
            return place, found
        raise trouble

    async def _look(self, place: Place) -> Identified:
        client = await self._client_for(place)
        found = await identify(client)
        known = self.link.memory.get(_SERIAL)
        if known and found.serial != known:
            raise wrong_place()
        self.link.memory.put(_SERIAL, found.serial or None)
        self._found = found
        return found

    async def _client_for(self, place: Place) -> Client:
        """The client in use if it is the right one, else a new one in its place."""
        credentials = credentials_for(place, self.link.settings, self.link.access)
        if self._client is not None and (self._client.base, self._client.credentials) == (place.base, credentials):
            return self._client
        stranger = Client(place.base)
        try:
            if not await is_prusalink(stranger):
                raise other_product()
        finally:
            await stranger.close()
        if credentials is None:
            raise not_let_in(has_credentials=False)
        await self.close()
        self._client = Client(place.base, credentials)
        return self._client

    async def _reach(self) -> Client:
        async with self._finding:
            if self._client is None or self._found is None:
                await self._find()
        if self._client is None:
            raise unreachable()
        return self._client

    @property
    def _is_buddy(self) -> bool:
        return self._found is not None and self._found.is_buddy

    async def report(self) -> Reading:
        kept = remembered_kept(self.link.memory, _KEPT)
        client = await self._reach()
        return await take_reading(client, self._about(), kept, is_buddy=self._is_buddy)

    async def snapshot(self) -> Mapping[str, Any]:
        return AllowList.of(await list_files(await self._reach())).as_baseline()

    async def plan(self, order: Order) -> tuple[Step, ...]:
        if order.action == "stage":
            return await (await self._staged(order)).plan()
        return await (await self._reset(order)).plan()

    async def _staged(self, order: Order) -> StagedFiles:
        return StagedFiles(PrintFiles(await self._reach(), is_buddy=self._is_buddy), order)

    async def _reset(self, order: Order) -> Reset:
        require_clean(order)
        client = await self._reach()
        reset = Reset(client, order, is_buddy=self._is_buddy)
        remember_kept(self.link.memory, _KEPT, reset.kept.files)
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
        return await patiently(
            lambda: verify_clean(client, level, reset.kept, is_buddy=self._is_buddy), self.patience_s
        )

    async def find_me(self) -> None:
        """It has no sound, no light and no message to order; its READY state shows on the display, but PrusaLink 0.8.1
        answers 500 when it is to be taken back."""
        raise Refused(
            "cannot-show",
            Text(de="Dieser Drucker kann sich nicht zeigen.", en="This printer cannot show itself."),
            Text(
                de="Seine Adresse steht an der Anzeige des Druckers unter „Netzwerk“.",
                en="Its address stands on the printer's display under “Network”.",
            ),
        )

    async def stop(self) -> None:
        if not self._is_resetting:
            return
        self._is_resetting = False
        with suppress(DeviceTrouble, TimeoutError):
            async with asyncio.timeout(STOP_S):
                await self._end_and_cool(await self._reach())

    async def _end_and_cool(self, client: Client) -> None:
        status = await client.status()
        if status.printer.is_working and status.job is not None and status.job.id is not None:
            with suppress(DeviceTrouble):
                await client.call("DELETE", f"/api/v1/job/{status.job.id}", (204, 404))
        if not self._is_buddy:
            await cooling.heaters_off(client)

    def watch(self) -> AsyncIterator[None] | None:
        return news(self._reach)

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()


DRIVER = PrusaLinkDriver
