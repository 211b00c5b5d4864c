"""The driver of one Calliope mini 2: a program as a file, and the proof from the program itself."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from medialab_agent.drivers.jlink_msd.place import ROOM, SPOKEN, Place, local_key, place_of
from medialab_agent.drivers.jlink_msd.stored import DELETE_THEM, digests, finding
from medialab_agent.sdk.driver import Driver
from medialab_agent.sdk.evidence import Advised
from medialab_agent.sdk.firmware import Found
from medialab_agent.sdk.firmware_history import going_back, remember
from medialab_agent.sdk.firmware_rollback import advice, hold_or_write_again, written_as_allowed
from medialab_agent.sdk.manifest import load_manifest
from medialab_agent.sdk.microbit.banner import Banner
from medialab_agent.sdk.microbit.conversation import make_blink, overhear
from medialab_agent.sdk.microbit.copying import copy_program
from medialab_agent.sdk.microbit.default_program import DefaultProgram, default_program, wish
from medialab_agent.sdk.microbit.findings import Finding, ask_program, checks_of, runs
from medialab_agent.sdk.microbit.hexfile import Memory, memory_of, write_hex
from medialab_agent.sdk.microbit.serial_line import SerialBusy
from medialab_agent.sdk.steps import Done, Order, Probe, Reading, Say, Step
from medialab_agent.sdk.trouble import NeedsPerson, Refused
from medialab_wire.base import Scalar
from medialab_wire.progress import Check
from medialab_wire.reports import Access, Identity, IdentityKind
from medialab_wire.sightings import Sighting
from medialab_wire.texts import Text

MANIFEST = load_manifest(Path(__file__).with_name("manifest.toml"))
_NAME, _KEPT = "robot-name", "stored-programs"
_FLASH = Text(de="Standardprogramm auf das Laufwerk MINI kopieren", en="Copy the default program to the drive MINI")
_START = Text(de="Warten, bis das Standardprogramm läuft", en="Wait until the default program runs")


class JLinkDriver(Driver):
    """Copies to MINI only, reads back through the serial port."""

    listen_s = 2.5
    """Seconds to listen; the default program speaks once a second."""
    proof_s = 6.0
    """Seconds for a proof; reading the whole memory takes half a second."""
    start_s = 15.0
    """Seconds for the start after the drive is back."""

    @classmethod
    def key(cls, sighting: Sighting) -> str | None:
        return local_key(sighting)

    async def probe(self) -> Probe:
        port = next((s.key for s in self.link.sightings if s.present), self.link.key)
        try:
            place = place_of(self.link.sightings)
        except NeedsPerson as error:
            here = Identity(kind=IdentityKind.PLACE, value=port, scope="usb")
            return Probe("", "board", (here,), Access.NEEDS_PERSON, error.trouble.remedy)
        banner, _ = await self._listen(place)
        if banner is not None:
            self.link.memory.put(_NAME, banner.name)
        facts = await self._facts(place, banner)
        return Probe(place.name, "board", self._identities(place, port), facts=facts)

    def _identities(self, place: Place, port: str) -> tuple[Identity, ...]:
        out = [Identity(kind=IdentityKind.SERIAL, value=place.serial, scope="segger")] if place.serial else []
        name = self.link.memory.get(_NAME)
        if name:
            out.append(Identity(kind=IdentityKind.ASSET, value=name, scope="microbit-name"))
        return (*out, Identity(kind=IdentityKind.PLACE, value=port, scope="usb"))

    async def _facts(self, place: Place, banner: Banner | None) -> dict[str, Scalar]:
        details = await asyncio.to_thread(place.mini.details)
        version = details.get("version", "").partition(" compiled")[0][:60]
        facts: dict[str, Scalar] = {"board": place.name}
        if version:
            facts["interface_version"] = version
        if banner:
            facts |= {"robot_name": banner.name, "program": banner.version}
        return facts

    async def _listen(self, place: Place) -> tuple[Banner | None, bool | None]:
        """The banner, and whether something else runs; None: not known."""
        if not place.tty:
            return None, None
        try:
            heard = await overhear(place.tty, self.listen_s)
        except (SerialBusy, NeedsPerson):
            return None, None
        banner = heard.banner if heard.banner and heard.banner.board == SPOKEN else None
        return banner, banner is None

    async def report(self) -> Reading:
        try:
            place = place_of(self.link.sightings)
        except NeedsPerson as error:
            return Reading(access=Access.NEEDS_PERSON, help=error.trouble.remedy)
        banner, is_foreign = await self._listen(place)
        traces = {} if is_foreign is None else {"foreign_program": int(is_foreign)}
        kept = self.link.memory.get(_KEPT)
        stored = await asyncio.to_thread(digests, place.stored)
        if kept is not None and stored is not None:
            traces["stored_programs"] = len(stored - set(kept.split()))
        return Reading(facts=await self._facts(place, banner), traces=traces)

    async def snapshot(self) -> Mapping[str, Any]:
        place = place_of(self.link.sightings)
        stored = sorted(await asyncio.to_thread(digests, place.stored) or ())
        self.link.memory.put(_KEPT, " ".join(stored))
        program = await self._program(place, None)
        return {
            "board": place.device_class,
            "firmware": program.script.id,
            "program": program.script.version,
            "stored": stored,
        }

    async def _program(self, place: Place, order: Order | None) -> DefaultProgram:
        found = Found(place.device_class, chip=ROOM.chip.value, labels=place.labels)
        wanted = wish(order.baseline if order else None, self.link.settings)
        return await asyncio.to_thread(default_program, found, ROOM, wanted)

    async def plan(self, order: Order) -> tuple[Step, ...]:
        if order.action != "reset" or order.level != "clean":
            raise Refused(
                "unknown-order",
                Text(de="Das kann diese Platine nicht.", en="This board cannot do that."),
                detail=f"{order.action} {order.level or ''}",
            )
        place = place_of(self.link.sightings)
        program = await self._program(place, order)
        _answer, found = await ask_program(SPOKEN, ROOM, program, place.tty, self.listen_s)
        if found[0]:
            return ()
        going_back(self.link.memory, program.script, order.params)
        flash = Step("flash", _FLASH, deadline_s=120)
        if not program.can_prove:
            return (flash,)
        attempts = program.script.attempts
        return (flash, Step("start", _START, deadline_s=attempts * (self.start_s + 20) + (attempts - 1) * 120))

    async def do(self, order: Order, step: Step, say: Say) -> Done:
        program = await self._program(place_of(self.link.sightings), order)

        async def write() -> None:
            await self._write(program, say)

        if step.id == "flash":
            words = going_back(self.link.memory, program.script, order.params)
            with written_as_allowed(self.link.memory, program.script, order.exec):
                await write()
            return Done(detail=words)
        if step.id == "start":
            return Done(detail=await hold_or_write_again(program.script, write, lambda: self._runs(program), say))
        raise ValueError(step.id)

    async def _write(self, program: DefaultProgram, say: Say) -> None:
        mini = place_of(self.link.sightings).mini
        content = await asyncio.to_thread(lambda: write_hex(_whole(program.memory)))
        if await copy_program(mini, content, say) is not None:
            raise Refused(
                "board-refused",
                Text(de="Die Platine hat das Programm abgelehnt.", en="The board refused the program."),
                Text(de="Die Platine neu anstecken und noch einmal starten.", en="Replug the board and try again."),
            )

    async def _runs(self, program: DefaultProgram) -> bool:
        """Whether the program says so itself; where nobody can hear it, `verify` tells."""
        place = place_of(self.link.sightings)
        with suppress(NeedsPerson):
            if place.tty:
                return await runs(SPOKEN, ROOM, program, place.tty, self.start_s, self.proof_s)
        return True

    async def verify(self, order: Order) -> tuple[Check, ...]:
        level = MANIFEST.level(order.level or "")
        if level is None:
            return ()
        place = place_of(self.link.sightings)
        program = await self._program(place, order)
        found = await self._findings(place, program, order, self.proof_s)
        if found["program"][0]:
            remember(self.link.memory, program.script)
        is_foreign = found["stored-programs"][0] is False
        return Advised(checks_of(level, found), DELETE_THEM if is_foreign else advice(program.script))

    async def _findings(
        self, place: Place, program: DefaultProgram, order: Order, seconds: float
    ) -> dict[str, Finding]:
        _answer, found = await ask_program(SPOKEN, ROOM, program, place.tty, seconds)
        stored = await asyncio.to_thread(digests, place.stored)
        kept = [str(one) for one in (order.baseline or {}).get("stored", [])]
        return {"program": found, "stored-programs": finding(kept, stored)}

    async def find_me(self) -> None:
        """The default program blinks; another one is left alone."""
        place = place_of(self.link.sightings)
        if not place.tty or not await make_blink(place.tty):
            raise Refused(
                "cannot-show-itself",
                Text(
                    de="Diese Platine kann sich nur zeigen, solange das Standardprogramm läuft.",
                    en="This board can show itself only while the default program runs.",
                ),
                Text(de="Zuerst zurücksetzen.", en="Reset it first."),
            )

    async def stop(self) -> None:
        """Nothing moves, heats or stays awake."""


def _whole(memory: Memory) -> Memory:
    """All of the flash: a J-Link erases only what a file mentions, so the file has to mention everything."""
    return memory_of({0: memory.read(0, ROOM.flash)})


DRIVER = JLinkDriver
