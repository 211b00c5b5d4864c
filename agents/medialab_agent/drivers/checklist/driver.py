"""The driver of one device without an interface: it plans what hands do, and claims nothing of its own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from medialab_agent.drivers.checklist.lists import QUESTIONS, Checklist, checklist_of
from medialab_agent.sdk.driver import Driver
from medialab_agent.sdk.manifest import load_manifest
from medialab_agent.sdk.steps import Done, Order, Probe, Reading, Say, Step
from medialab_agent.sdk.trouble import Refused
from medialab_wire.progress import Check
from medialab_wire.reports import Identity, IdentityKind
from medialab_wire.sightings import Sighting
from medialab_wire.texts import Text

LEVEL = "checked"
MANIFEST = load_manifest(Path(__file__).with_name("manifest.toml"))


def _cannot_show_itself() -> Refused:
    return Refused(
        "no-signal",
        Text(de="Dieses Gerät kann sich nicht bemerkbar machen.", en="This device cannot make itself noticed."),
        Text(
            de="Suchen Sie die Nummer auf seinem Etikett.",
            en="Look for the number on its label.",
        ),
    )


class ChecklistDriver(Driver):
    """See `Driver`. The address is `checklist://<class>.<number>`, such as `checklist://bee-bot.7`."""

    poll_s = 3600.0

    @classmethod
    def key(cls, sighting: Sighting) -> str | None:
        """Its address, which the hub made up when the device was entered."""
        address = sighting.facts.get("address", "")
        return address if sighting.source == "manual" and address else None

    @property
    def _class(self) -> str:
        """What stands before the last dot: `bee-bot` of `bee-bot.7`."""
        return self.link.key.rpartition(".")[0] or self.link.key

    @property
    def _list(self) -> Checklist:
        return checklist_of(self._class)

    async def probe(self) -> Probe:
        """Who it is was decided by whoever entered it."""
        number = self.link.key.rpartition(".")[2]
        identity = Identity(kind=IdentityKind.UUID, value=self.link.key, scope="checklist")
        return Probe(f"{self._list.name.de} {number}", self._list.kind, (identity,))

    async def report(self) -> Reading:
        """Nothing can be read: only that people look after it."""
        return Reading(facts={"class": self._class, "by_hand": True})

    async def snapshot(self) -> Mapping[str, Any]:
        """Which questions belong to it, so that a changed list is noticed."""
        return {"questions": list(QUESTIONS)}

    async def plan(self, order: Order) -> tuple[Step, ...]:
        """One question a check."""
        if order.action != "reset" or order.level != LEVEL:
            raise Refused("unknown-order", Text(de="Das kann dieses Gerät nicht.", en="This device cannot do that."))
        level = MANIFEST.level(LEVEL)
        titles = {check.id: check.title for check in level.checks} if level else {}
        return tuple(Step(q, titles[q], ask=self._list.asks[q], check=q) for q in QUESTIONS)

    async def do(self, order: Order, step: Step, say: Say) -> Done:  # noqa: ARG002 - the contract's parameters
        """Every step is a person's."""
        raise ValueError(step.id)

    async def verify(self, order: Order) -> tuple[Check, ...]:  # noqa: ARG002 - the contract's parameter
        """Nothing can be read back; what people ticked is added by the runtime."""
        return ()

    async def find_me(self) -> None:
        """Raises `Refused`: it has no light, sound or screen that could be reached."""
        raise _cannot_show_itself()

    async def stop(self) -> None:
        """Nothing is ever set in motion."""


DRIVER = ChecklistDriver
