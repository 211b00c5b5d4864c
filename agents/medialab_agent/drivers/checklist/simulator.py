"""A thing on a table: it has no interface, so only hands change it and only eyes see it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from medialab_agent.drivers.checklist.lists import QUESTIONS
from medialab_agent.sdk.simulator import Effect, Fault, Simulator
from medialab_wire.sightings import Sighting

_NO_TO = {
    Fault.HANG: "works",
    Fault.DIE: "works",
    Fault.GARBAGE: "works",
    Fault.REFUSE: "cleared",
    Fault.RESIDUE: "cleared",
    Fault.LOCKED: "complete",
}
"""Which question has to be answered with no, by what is wrong with the thing."""


@dataclass
class ChecklistSimulator(Simulator):
    """One thing. `serial` is its address, such as `bee-bot.7`."""

    left_behind: dict[str, int] = field(default_factory=dict)

    async def start(self) -> None:
        """It lies there."""

    async def stop(self) -> None:
        """It lies there, too."""

    def sighting(self) -> Sighting:
        """As if staff had entered it."""
        facts = {"scheme": "checklist", "address": self.serial}
        return Sighting(source="manual", key=f"checklist://{self.serial}", facts=facts)

    def soil(self) -> None:
        """A stored program, and a flat battery."""
        self.left_behind = {"programs": 1}

    def residue(self) -> Mapping[str, int]:
        """What a look at it would find."""
        return self.left_behind

    def hands(self, step: str) -> bool:
        """A person follows the list honestly; False where the thing does not let them."""
        if any(_NO_TO.get(fault) == step for fault in self.faults):
            return False
        if step in QUESTIONS and self.left_behind and step == "cleared":
            self.left_behind = {}
            self.log.append(Effect(time.monotonic(), "cleared"))
        return True


def scene() -> tuple[ChecklistSimulator, ...]:
    """A small class set, and one of each other kind; one Bee-Bot's wheel is broken."""
    bees = [ChecklistSimulator(f"bee-bot.{number}") for number in range(1, 5)]
    bees[3].faults.add(Fault.DIE)
    others = ("makey-makey.1", "bosch-gtc.1", "rode-wireless-go.1", "bigmack.1", "charging-case.1")
    return (*bees, *map(ChecklistSimulator, others))
