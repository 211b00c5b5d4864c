"""The driver of one camera, recorder or card reader that shows its card as a drive: it looks, and never writes."""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from medialab_agent.drivers.memory_card.contents import Card, look
from medialab_agent.drivers.memory_card.kinds import kind_of
from medialab_agent.drivers.memory_card.mounting import mounted, unreadable
from medialab_agent.sdk.driver import Driver
from medialab_agent.sdk.evidence import count, listed
from medialab_agent.sdk.manifest import load_manifest
from medialab_agent.sdk.steps import Done, Order, Probe, Reading, Say, Step
from medialab_agent.sdk.trouble import Refused, unreachable
from medialab_wire.progress import Check, CheckResult
from medialab_wire.reports import Identity, IdentityKind
from medialab_wire.sightings import Sighting
from medialab_wire.texts import Text

MANIFEST = load_manifest(Path(__file__).with_name("manifest.toml"))
LEVEL = "empty"
BOARDS = frozenset({"microbit", "mini", "flash", "maintenance", "rpi-rp2", "sensebox", "circuitpy"})
"""Labels of drives that are the door to a chip, not a card."""
NONE = Text(de="keine fremden Dateien", en="no foreign files")
WORDS = {
    "photos": ("Fotos", "photos"),
    "videos": ("Videos", "videos"),
    "recordings": ("Aufnahmen", "recordings"),
    "files": ("andere Dateien", "other files"),
}


class MemoryCardDriver(Driver):
    """See `Driver`. Settings: `mount`, a program to use instead of mount(8)."""

    poll_s = 60.0
    patience_s = 45.0
    """Seconds until the device is back after its card was formatted: cameras leave the cable for that."""

    @classmethod
    def key(cls, sighting: Sighting) -> str | None:
        """Vendor, product and serial; the port where there is no serial. None for what is no card."""
        facts = sighting.facts
        labels = {label.lower() for label in facts.get("labels", "").split(":")}
        if sighting.source != "usb" or not facts.get("volumes") or labels & BOARDS:
            return None
        return f"{facts.get('vid', '')}:{facts.get('pid', '')}:{facts.get('serial') or facts.get('path', '')}"

    async def probe(self) -> Probe:
        """Who it is, by what USB says; the card in it may change."""
        facts = self._facts()
        identities = [Identity(kind=IdentityKind.PLACE, value=facts["path"])] if facts.get("path") else []
        if facts.get("serial"):
            scope = f"{facts.get('vid', '')}:{facts.get('pid', '')}"
            identities.insert(0, Identity(kind=IdentityKind.SERIAL, value=facts["serial"], scope=scope))
        name = " ".join(dict.fromkeys(filter(None, (facts.get("vendor"), facts.get("product")))))
        return Probe(name or "Speicherkarte", kind_of(facts), tuple(identities), facts=self._about(facts))

    async def report(self) -> Reading:
        """Counts of what lies on the card."""
        cards = await self._cards()
        traces: dict[str, int] = dict.fromkeys(WORDS, 0)
        for card in cards:
            for kind, number in card.counts().items():
                traces[kind] += number
        about = {**self._about(self._facts()), "cards": len(cards), "storage_total": sum(c.total for c in cards)}
        return Reading(facts=about, volatile={"storage_free": sum(c.free for c in cards)}, traces=traces)

    async def snapshot(self) -> Mapping[str, Any]:
        """Fingerprints of the files that belong to the card."""
        return {"files": sorted(name for card in await self._cards() for name in card.entries)}

    async def plan(self, order: Order) -> tuple[Step, ...]:
        """A person formats, when anything foreign is there, and looks at what no cable shows."""
        if order.action != "reset" or order.level != LEVEL:
            raise Refused("unknown-order", Text(de="Das kann dieses Gerät nicht.", en="This device cannot do that."))
        internal = Step("internal", _title("internal"), ask=_INTERNAL, check="internal")
        if not any(self._foreign(order, await self._cards()).values()):
            return (internal,)
        form = Step("format", Text(de="Speicherkarte formatieren", en="Format the memory card"), ask=_FORMAT)
        return (form, internal)

    async def do(self, order: Order, step: Step, say: Say) -> Done:  # noqa: ARG002 - the contract's parameters
        """Every step is a person's: a card is never written by the hub."""
        raise ValueError(step.id)

    async def verify(self, order: Order) -> tuple[Check, ...]:
        """Read the card again, once the device is back on its cable."""
        cards = await self._when_back()
        foreign = self._foreign(order, cards)
        is_whole = bool(cards) and all(card.is_whole for card in cards)
        seen = listed(count(*WORDS[kind], number) for kind, number in foreign.items() if number)
        if seen is None and not is_whole:
            emptiness = CheckResult.UNKNOWN
        else:
            emptiness = CheckResult.FAILED if seen else CheckResult.PASSED
        whole = CheckResult.PASSED if is_whole else CheckResult.UNKNOWN
        return (
            Check(id="readable", title=_title("readable"), result=whole),
            Check(id="card-empty", title=_title("card-empty"), result=emptiness, expected=NONE, observed=seen or NONE),
        )

    async def find_me(self) -> None:
        """Raises `Refused`: a card has neither light nor sound."""
        raise Refused(
            "no-signal",
            Text(de="Dieses Gerät kann sich nicht bemerkbar machen.", en="This device cannot make itself noticed."),
            Text(
                de="Suchen Sie die Nummer auf seinem Etikett oder folgen Sie dem Kabel.",
                en="Look for the number on its label, or follow the cable.",
            ),
        )

    async def stop(self) -> None:
        """Nothing is ever set in motion; a card is mounted only while it is read."""

    def _facts(self) -> Mapping[str, str]:
        seen = next((s for s in self.link.sightings if s.present and s.facts.get("volumes")), None)
        if seen is None:
            raise unreachable("no card")
        return seen.facts

    def _about(self, facts: Mapping[str, str]) -> dict[str, Any]:
        return {key: facts[key] for key in ("vid", "pid", "product") if facts.get(key)}

    def _is_there(self) -> bool:
        return any(s.present for s in self.link.sightings)

    async def _cards(self) -> list[Card]:
        program = self.link.settings.get("mount", "")
        return [await self._read(node, program) for node in self._facts()["volumes"].split()]

    async def _read(self, node: str, program: str) -> Card:
        async with mounted(node, self._is_there, program) as root:
            try:
                return await asyncio.to_thread(look, root)
            except OSError as error:
                raise unreadable(type(error).__name__) from error

    async def _when_back(self) -> list[Card]:
        end = time.monotonic() + self.patience_s
        while True:
            if any(s.present and s.facts.get("volumes") for s in self.link.sightings):
                return await self._cards()
            if time.monotonic() > end:
                raise unreachable("not back after formatting")
            await asyncio.sleep(0.5)

    def _foreign(self, order: Order, cards: list[Card]) -> dict[str, int]:
        known = frozenset((order.baseline or {}).get("files") or ())
        found = dict.fromkeys(WORDS, 0)
        for card in cards:
            for name, kind in card.kinds.items():
                found[kind] += name not in known
        return found


def _title(check: str) -> Text:
    level = MANIFEST.level(LEVEL)
    found = next((spec.title for spec in level.checks if spec.id == check), None) if level else None
    assert found is not None
    return found


_FORMAT = Text(
    de="Auf der Karte liegen noch Dateien. Formatieren Sie die Karte im Gerät (Menü, „Karte formatieren“) und stecken"
    " Sie es wieder an. Der Hub sieht danach nach.",
    en="There are still files on the card. Format the card in the device (menu, “Format card”) and plug it in again."
    " The hub looks again afterwards.",
)
_INTERNAL = Text(
    de="Öffnen Sie die Wiedergabe: Der interne Speicher muss leer sein. Löschen Sie gemerkte WLAN-Netze und gekoppelte"
    " Handys.",
    en="Open the playback: the internal memory must be empty. Delete remembered Wi-Fi networks and paired phones.",
)

DRIVER = MemoryCardDriver
