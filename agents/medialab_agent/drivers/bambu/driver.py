"""The driver of one Bambu Lab printer in LAN mode."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from medialab_agent.drivers.bambu.address import Place, access_code, local_key, places
from medialab_agent.drivers.bambu.checks import verify_clean
from medialab_agent.drivers.bambu.ftps import Card, with_card
from medialab_agent.drivers.bambu.line import Line
from medialab_agent.drivers.bambu.reading import CARD_S, take_reading
from medialab_agent.drivers.bambu.reset import OFF, Reset
from medialab_agent.drivers.bambu.stage import CardFiles
from medialab_agent.drivers.bambu.traces import AllowList, Stored, look
from medialab_agent.drivers.bambu.trust import NamedContext, certificate_of, confirm, context_for
from medialab_agent.drivers.bambu.words import DEVELOPER_HELP, no_card, not_let_in
from medialab_agent.sdk.driver import DeviceLink, Driver
from medialab_agent.sdk.manifest import load_manifest
from medialab_agent.sdk.patience import patiently
from medialab_agent.sdk.printer import SHOWN_UNSEEN, not_shown, remember_kept, remembered_kept, require_clean
from medialab_agent.sdk.staged_files import StagedFiles
from medialab_agent.sdk.steps import Done, Order, Probe, Reading, Say, Step
from medialab_agent.sdk.trouble import DeviceTrouble, NeedsPerson, unreachable
from medialab_wire.base import Scalar
from medialab_wire.progress import Check, CheckResult
from medialab_wire.reports import Access, Identity, IdentityKind
from medialab_wire.sightings import Sighting
from medialab_wire.texts import Text

MANIFEST = load_manifest(Path(__file__).with_name("manifest.toml"))
T = TypeVar("T")
_PIN, _KEPT = "bambu-certificate", "bambu-kept"
_TRUST = Text(de="Dem Drucker neu vertrauen", en="Trust the printer anew")
BLOCKED_S = 60.0
"""How long a code that was refused is not tried again; an entered one makes a new driver, and others seldom change."""
AGAIN_S = 0.5
"""Between two attempts to reach a printer that did not answer."""
LIGHT_S = 2.0
"""How long the lamp flashes."""
FLASHING, SHOWN_S = "flashing", 3.0
"""The lamp's word for it, and how long until it is reported."""
STOP_S = 2.0
"""How long the end of a run may take; a printer that hangs is left to its own protection."""


class BambuDriver(Driver):
    """Listens to the printer's reports; asks for its full state seldom, for that makes small printers stutter."""

    patience_s = 20.0
    """How long an unreachable printer is asked again before a step fails."""

    def __init__(self, link: DeviceLink) -> None:
        super().__init__(link)
        self._line: Line | None = None
        self._place: Place | None = None
        self._context: NamedContext | None = None
        self._stored: tuple[float, Stored] | None = None
        self._version = ""
        self._news = asyncio.Event()
        self._is_resetting = False
        self._blocked_until = float("-inf")

    @classmethod
    def key(cls, sighting: Sighting) -> str | None:
        return local_key(sighting)

    async def probe(self) -> Probe:
        serial, place, asked = await self._meet()
        where = Identity(kind=IdentityKind.PLACE, value=place.host)
        identities = (Identity(kind=IdentityKind.SERIAL, value=serial, scope="bambu"), where) if serial else (where,)
        if asked is not None:
            return Probe(self._name(), "printer", identities, Access.NEEDS_PERSON, asked.trouble.remedy)
        self._version = await (await self._reach()).version()
        return Probe(self._name(), "printer", identities, facts=self._about())

    async def _meet(self) -> tuple[str, Place, NeedsPerson | None]:
        """Who is where, and what a person has to do first, if anything. A serial number only once it was proven."""
        known = places(self.link.sightings, self.link.settings)
        if not known:
            raise unreachable("no address")
        asked: NeedsPerson | None = None
        try:
            await self._ready()
        except NeedsPerson as error:
            asked = error
        place = self._place or known[0]
        is_proven = self._place is not None and (asked is None or asked.trouble.code != "other-device")
        return place.serial if is_proven else "", place, asked

    async def _ready(self) -> Line:
        """The line, with a state on it. A refused code is not tried again for a while."""
        line = await self._reach()
        try:
            await line.ready()
        except NeedsPerson:
            self._blocked_until = time.monotonic() + BLOCKED_S
            await self.close()
            raise
        return line

    def _name(self) -> str:
        return next((s.facts["name"] for s in self.link.sightings if s.facts.get("name")), "Bambu Lab")

    def _about(self) -> dict[str, Scalar]:
        model = next((s.facts["model"] for s in self.link.sightings if s.facts.get("model")), "")
        words: dict[str, Scalar] = {"version": self._version, "model": model}
        return {key: value for key, value in words.items() if value}

    async def _reach(self) -> Line:
        """The line in use, else a new one. Raises `NeedsPerson` when it is not this printer or lets us not in."""
        if self._line is not None:
            return self._line
        if time.monotonic() < self._blocked_until:
            raise not_let_in(has_code=True)
        trouble: DeviceTrouble = unreachable("no address")
        for place in places(self.link.sightings, self.link.settings):
            try:
                return await self._open(place)
            except DeviceTrouble as error:
                trouble = error
        raise trouble

    async def _open(self, place: Place) -> Line:
        serial, context = await self._trusted(place)
        self._place = place = Place(place.host, place.mqtt_port, place.ftps_port, serial)
        code = access_code(self.link.settings, self.link.access, serial)
        if not code:
            raise not_let_in(has_code=False)
        self._context = context
        self._line = Line(place, serial, code, context, self._news.set)
        self._line.open()
        return self._line

    async def _trusted(self, place: Place) -> tuple[str, NamedContext]:
        """Its serial number and how to talk to it, after it proved who it is."""
        ca, pinned = self.link.settings.get("ca", ""), self.link.memory.get(_PIN) or ""
        serial, shown = await certificate_of(place)
        if not ca and not pinned:
            self.link.memory.put(_PIN, pinned := shown)
        context = context_for(serial, ca=ca, pinned=pinned)
        await confirm(place, context)
        return serial, context

    async def _card(self, work: Callable[[Card], T]) -> T:
        await self._reach()
        if self._place is None or self._context is None:
            raise unreachable()
        code = access_code(self.link.settings, self.link.access, self._place.serial)
        return await with_card(self._place, code, self._context, work)

    async def report(self) -> Reading:
        line = await self._ready()
        state = await line.ready()
        if line.needs_developer_mode:
            return Reading(access=Access.NEEDS_PERSON, help=DEVELOPER_HELP, facts=self._about())
        if self._stored is None or time.monotonic() - self._stored[0] > CARD_S:
            self._stored = time.monotonic(), await self._card(look)
        kept = remembered_kept(self.link.memory, _KEPT)
        return take_reading(state, self._stored[1], self._about(), kept)

    async def snapshot(self) -> Mapping[str, Any]:
        return AllowList.of(await self._card(look)).as_baseline()

    async def plan(self, order: Order) -> tuple[Step, ...]:
        if order.action == "trust":
            return (Step("trust", _TRUST, deadline_s=30),)
        if order.action == "stage":
            return await (await self._staged(order)).plan()
        return await (await self._reset(order)).plan()

    async def _staged(self, order: Order) -> StagedFiles:
        if not (await (await self._ready()).ready()).has_card:
            raise no_card()
        return StagedFiles(CardFiles(self._card), order)

    async def _reset(self, order: Order) -> Reset:
        require_clean(order)
        reset = Reset(await self._reach(), self._card, order)
        remember_kept(self.link.memory, _KEPT, reset.kept.files)
        return reset

    async def do(self, order: Order, step: Step, say: Say) -> Done:
        if order.action == "trust":
            await self.close()
            self._blocked_until = float("-inf")
            self.link.memory.put(_PIN, None)
            await self._reach()
            return Done()
        self._is_resetting, self._stored = order.action == "reset", None
        if order.action == "stage":
            stage = await self._staged(order)
            return await patiently(lambda: stage.do(step, say), self.patience_s, AGAIN_S)
        reset = await self._reset(order)
        return await patiently(lambda: reset.do(step, say), self.patience_s, AGAIN_S)

    async def verify(self, order: Order) -> tuple[Check, ...]:
        if order.action == "trust":
            await (await self._reach()).ready()
            return (Check(id="trusted", title=_TRUST, result=CheckResult.PASSED),)
        if order.action == "stage":
            return await (await self._staged(order)).verify()
        reset, level = await self._reset(order), MANIFEST.level(order.level or "")
        if level is None:
            return ()
        line = await self._reach()
        return await patiently(lambda: verify_clean(line, self._card, level, reset.kept), self.patience_s, AGAIN_S)

    async def find_me(self) -> None:
        line = await self._ready()
        before = (await line.ready()).lamp
        lamp = {"led_node": "chamber_light", "led_on_time": 400, "led_off_time": 400, "loop_times": 5}
        more = {**lamp, "interval_time": 0}
        await line.command("system", "ledctrl", led_mode=FLASHING, **more)
        has_shown = await self._has_lamp(line, FLASHING)
        await asyncio.sleep(LIGHT_S)
        await line.command("system", "ledctrl", led_mode=before, **more)
        if has_shown is False or await self._has_lamp(line, before) is False:
            raise not_shown()
        self.unseen = SHOWN_UNSEEN if has_shown is None else None

    async def _has_lamp(self, line: Line, mode: str) -> bool | None:
        """Whether its lamp is reported like that within `SHOWN_S`; None: it reports none."""
        if (await line.ready()).lamp_mode is None:
            return None
        with suppress(TimeoutError):
            async with asyncio.timeout(SHOWN_S):
                await line.until(lambda state: state.lamp_mode == mode)
                return True
        return False

    async def stop(self) -> None:
        if not self._is_resetting or self._line is None:
            return
        self._is_resetting = False
        with suppress(DeviceTrouble, TimeoutError):
            async with asyncio.timeout(STOP_S):
                state = await self._line.ready()
                if state.is_working:
                    await self._line.command("print", "stop", param="")
                if state.heat.are_off is not True:
                    await self._line.command("print", "gcode_line", param=OFF)

    def watch(self) -> AsyncIterator[None] | None:
        return self._watch()

    async def _watch(self) -> AsyncIterator[None]:
        while True:
            self._news.clear()
            await self._news.wait()
            yield
            await asyncio.sleep(1.0)  # reports come up to ten times a second

    async def close(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            await line.close()


DRIVER = BambuDriver
