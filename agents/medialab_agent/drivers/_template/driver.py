"""The driver of one toy box."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from medialab_agent.drivers._template.protocol import ask, garbled
from medialab_agent.sdk.driver import Driver
from medialab_agent.sdk.steps import Done, Order, Probe, Reading, Say, Step
from medialab_agent.sdk.trouble import DeviceTrouble
from medialab_wire.progress import Check, CheckResult
from medialab_wire.reports import Identity, IdentityKind
from medialab_wire.sightings import Sighting
from medialab_wire.texts import Text


class ToyBoxDriver(Driver):
    """See `Driver`. Settings: none."""

    poll_s = 10.0

    @classmethod
    def key(cls, sighting: Sighting) -> str | None:
        """Its address: this device has no serial number that is visible from outside."""
        address = sighting.facts.get("address")
        return f"{address}:{sighting.facts.get('port', '')}" if address else None

    async def probe(self) -> Probe:
        """Its serial number and its name."""
        serial, _, name = (await self._ask("HELLO")).partition(" ")
        if not serial:
            raise garbled("")
        return Probe(name, "gadget", (Identity(kind=IdentityKind.SERIAL, value=serial, scope="toy-box"),))

    async def report(self) -> Reading:
        """Battery, firmware, and how many files are there that the last known baseline does not name."""
        battery, _, firmware = (await self._ask("STATE")).partition(" ")
        if not battery.isdecimal():
            raise garbled(battery)
        kept = frozenset((self.link.memory.get("kept") or "").split("\n"))
        foreign = [name for name in await self._files() if name not in kept]
        return Reading(facts={"firmware": firmware}, volatile={"battery": int(battery)}, traces={"files": len(foreign)})

    async def snapshot(self) -> Mapping[str, Any]:
        """The files that belong to the device."""
        return {"files": await self._files()}

    async def plan(self, order: Order) -> tuple[Step, ...]:
        """Delete what is too much, then have a person wipe the surface."""
        self.link.memory.put("kept", "\n".join(self._kept(order)))
        wipe = Step(
            "wipe",
            Text(de="Oberfläche abwischen", en="Wipe the surface"),
            ask=Text(de="Bitte die Oberfläche abwischen.", en="Please wipe the surface."),
            check="wiped",
        )
        if not await self._foreign(order):
            return (wipe,)
        return (Step("delete", Text(de="Fremde Dateien löschen", en="Delete foreign files"), deadline_s=30), wipe)

    async def do(self, order: Order, step: Step, say: Say) -> Done:
        """Deletes whatever is foreign now, so that doing it again is harmless."""
        if step.id != "delete":
            raise ValueError(step.id)
        foreign = await self._foreign(order)
        for number, name in enumerate(foreign):
            await self._ask(f"DELETE {name}")
            say((number + 1) / len(foreign))
        return Done(changed=bool(foreign))

    async def verify(self, order: Order) -> tuple[Check, ...]:
        """Reads the list of files again; what the person ticks is added by the runtime."""
        count = len(await self._foreign(order))
        return (
            Check(
                id="files",
                title=Text(de="Keine fremden Dateien", en="No foreign files"),
                result=CheckResult.FAILED if count else CheckResult.PASSED,
                expected=Text.same("0"),
                observed=Text.same(str(count)),
            ),
        )

    async def find_me(self) -> None:
        """Beeps."""
        await self._ask("BEEP")

    async def stop(self) -> None:
        """Ends a beep."""
        with suppress(DeviceTrouble):
            await self._ask("STOP")

    async def _ask(self, command: str) -> str:
        facts = next((s.facts for s in self.link.sightings if s.present), {})
        return await ask(facts.get("address", ""), int(facts.get("port", "0")), command)

    async def _files(self) -> list[str]:
        return [name for name in (await self._ask("LIST")).split(" ") if name]

    async def _foreign(self, order: Order) -> list[str]:
        kept = self._kept(order)
        return [name for name in await self._files() if name not in kept]

    def _kept(self, order: Order) -> list[str]:
        return [str(name) for name in (order.baseline or {}).get("files", [])]


DRIVER = ToyBoxDriver
