"""The driver of one board with an ESP32."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from medialab_agent.drivers.esp.target import Target, find_library, target
from medialab_agent.drivers.esp.tool import Chip, Tool
from medialab_agent.sdk.driver import DeviceLink, Driver
from medialab_agent.sdk.evidence import Advised, count
from medialab_agent.sdk.firmware_history import going_back, remember
from medialab_agent.sdk.firmware_rollback import AGAIN, advice, record, written_as_allowed
from medialab_agent.sdk.manifest import load_manifest
from medialab_agent.sdk.steps import Done, Order, Probe, Reading, Say, Step
from medialab_agent.sdk.trouble import DeviceTrouble, Refused
from medialab_wire.base import Scalar
from medialab_wire.progress import Check, CheckResult
from medialab_wire.reports import Identity, IdentityKind
from medialab_wire.sightings import Sighting
from medialab_wire.texts import Text

MANIFEST = load_manifest(Path(__file__).with_name("manifest.toml"))
WRITE = Text(de="Speicher löschen und Grundprogramm aufspielen", en="Erase the memory and put the basic program on")
_FIRMWARE = "esp-firmware"


class EspDriver(Driver):
    """Asking an ESP32 who it is starts it anew; so it is asked once after each plugging in, and after a failure."""

    def __init__(self, link: DeviceLink) -> None:
        super().__init__(link)
        self._tool = Tool(link)
        self._chip: Chip | None = None
        self._is_foreign: bool | None = None
        self._is_read = False
        self._known = ""

    @classmethod
    def key(cls, sighting: Sighting) -> str | None:
        """The serial number of its USB chip; without one, the USB port it is plugged into."""
        return sighting.facts.get("serial") or sighting.facts.get("path") or None

    async def probe(self) -> Probe:
        if self._tool.has_failed:
            self._chip, self._is_read = None, False
        chip = await self._identified()
        identities = (Identity(kind=IdentityKind.MAC, value=chip.mac),)
        return Probe(f"ESP32 {chip.mac[-5:]}", "board", identities, facts=_facts(chip))

    async def report(self) -> Reading:
        chip = await self._identified()
        if not self._is_read:
            self._is_foreign = await self._look(chip)
            self._is_read = True
        if self._is_foreign is None:
            return Reading(facts=_facts(chip))
        known = {} if self._is_foreign else {"program": self._known}
        return Reading(facts=_facts(chip) | known, traces={"foreign_program": int(self._is_foreign)})

    async def snapshot(self) -> Mapping[str, Any]:
        """Which firmware belongs on this board: the lab's default for its chip."""
        wanted = await self._target(await self._identified(), None)
        self.link.memory.put(_FIRMWARE, wanted.firmware.id)
        return {"firmware": wanted.firmware.id, "version": wanted.firmware.script.version, "sha256": wanted.sha256}

    async def plan(self, order: Order) -> tuple[Step, ...]:
        wanted = await self._wanted(order)
        script, chip = wanted.firmware.script, await self._identified()
        if await self._tool.holds(chip.name, wanted.parts):
            if await self._tool.holds(chip.name, wanted.rest):
                return ()
            remember(self.link.memory, script)
        going_back(self.link.memory, script, order.params)
        return (Step("write", WRITE, deadline_s=script.attempts * script.deadline_s + 15),)

    async def do(self, order: Order, step: Step, say: Say) -> Done:
        if step.id != "write":
            raise _unknown(step.id)
        wanted = await self._wanted(order)
        words = going_back(self.link.memory, wanted.firmware.script, order.params)
        self._is_read = False
        chip = await self._identified()
        with written_as_allowed(self.link.memory, wanted.firmware.script, order.exec):
            written = await self._write(wanted, chip, say)
        return Done(detail=words or written)

    async def _write(self, wanted: Target, chip: Chip, say: Say) -> Text:
        """As often as the manifest allows, until the chip holds it."""
        script, is_held = wanted.firmware.script, False
        for attempt in range(script.attempts):
            try:
                await self._tool.write(chip.name, wanted.parts, script.deadline_s, say)
                is_held = await self._tool.holds(chip.name, wanted.parts)
            except DeviceTrouble as error:
                if attempt + 1 == script.attempts or error.trouble.code not in {"program-failed", "program-stalled"}:
                    raise
                continue
            if is_held:
                break
            say(0.0, AGAIN)
        return record(script, attempt + 1, is_held=is_held)

    async def verify(self, order: Order) -> tuple[Check, ...]:
        level = MANIFEST.level(order.level or "")
        wanted = await self._wanted(order)
        if level is None:
            return ()
        chip = await self._identified()
        areas = {"program": wanted.parts, "rest": wanted.rest}
        held = {name: await self._tool.holds(chip.name, area) for name, area in areas.items()}
        self._known = f"{wanted.firmware.id} {wanted.firmware.script.version}"
        self._is_foreign, self._is_read = not held["program"], True
        none = count("Abweichungen", "differences", 0)
        if all(held.values()):
            remember(self.link.memory, wanted.firmware.script)
        checks = tuple(
            Check(
                id=spec.id,
                title=spec.title,
                kind=spec.kind,
                result=CheckResult.PASSED if held[spec.id] else CheckResult.FAILED,
                expected=none,
                observed=none if held[spec.id] else Text(de="Prüfsumme anders", en="checksum differs"),
            )
            for spec in level.checks
        )
        return Advised(checks, advice(wanted.firmware.script))

    async def find_me(self) -> None:
        """It starts anew; most boards flicker then. A lamp of its own cannot be relied upon."""
        await self._tool.identify()

    async def stop(self) -> None:
        """Nothing outlives a run: esptool ended with its step."""

    async def _identified(self) -> Chip:
        if self._chip is None:
            self._chip = await self._tool.identify()
        return self._chip

    async def _look(self, chip: Chip) -> bool | None:
        """Whether a foreign program is on it; None when no firmware says what belongs there."""
        try:
            wanted = await self._target(chip, self.link.memory.get(_FIRMWARE))
        except Refused:
            return None
        self._known = f"{wanted.firmware.id} {wanted.firmware.script.version}"
        return not await self._tool.holds(chip.name, wanted.parts)

    async def _wanted(self, order: Order) -> Target:
        if order.action != "reset" or order.level != "clean":
            raise _unknown(f"{order.action} {order.level or ''}")
        told = (order.baseline or {}).get("firmware")
        return await self._target(await self._identified(), told if isinstance(told, str) else None)

    async def _target(self, chip: Chip, script_id: str | None) -> Target:
        return await asyncio.to_thread(lambda: target(find_library(self.link), chip, script_id))


def _facts(chip: Chip) -> dict[str, Scalar]:
    return {"chip": chip.name, "mac": chip.mac, "flash_mb": round(chip.flash / 1024 / 1024, 1)}


def _unknown(detail: str) -> Refused:
    words = Text(de="Das kann dieses Board nicht.", en="This board cannot do that.")
    return Refused("unknown-order", words, None, detail)


DRIVER = EspDriver
