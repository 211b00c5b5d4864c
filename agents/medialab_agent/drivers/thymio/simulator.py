"""Simulated Thymio II robots: Aseba on a pty, as a real one's USB port or its dongle shows it, faults included."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

from medialab_agent.drivers.thymio.simulated import ACTIVE, PROGRAM, USED, Thymio
from medialab_agent.sdk.simulated_port import Port
from medialab_agent.sdk.simulator import Effect, Fault, Simulator
from medialab_wire.sightings import Sighting

LEARNERS = (5, 0xFFFF, 5, 0xFFF0, 9, 0x20C8, 0x4051, 0x20C8, 0x4052, 0x0000, 0x1001, 0x40F0)
"""A program as learners write it: at the start and at a timer it sets both wheels in motion."""


@dataclass
class ThymioSimulator(Simulator):
    """One robot. `Fault.LOCKED`: somebody opened its menu of settings, in which it does not answer; `Fault.REFUSE`: its
    permanent memory takes no new content; `Fault.RESIDUE`: it keeps its name."""

    name: str = ""
    is_radio: bool = False
    has_number: bool = True
    robot: Thymio = field(init=False)

    def __post_init__(self) -> None:
        self.name = self.name or self.serial
        uuid = blake2b(self.serial.encode(), digest_size=16).digest() if self.has_number else bytes(16)
        self.robot = Thymio(self.name, uuid, self.faults, self._note)
        self.robot.die = self.pull
        self._port = Port(self.robot)

    async def start(self) -> None:
        """Plug in; the node may be another one than before."""
        if not self._port.is_there:
            self._port.start()

    async def stop(self) -> None:
        """Unplug."""
        self._port.stop()

    def pull(self) -> None:
        """The plug is pulled, and nobody told discovery yet."""
        self._port.stop()

    def sighting(self) -> Sighting:
        """As USB discovery shows it; a Thymio has no serial number there."""
        facts = {
            "vid": "0617",
            "pid": "000c" if self.is_radio else "000a",
            "product": "Thymio-II Wireless" if self.is_radio else "Thymio-II",
            "path": f"simulated-usb-{self.serial}",
            "tty": self._port.path,
        }
        return Sighting(source="usb", key=f"/simulated/{self.serial}", facts=facts)

    def soil(self) -> None:
        """A program that runs and is stored, its values, a name of the learners' own, a card with recordings."""
        robot = self.robot
        robot.program = [*LEARNERS, *([0] * (PROGRAM - len(LEARNERS)))]
        robot.flash = list(robot.program)
        robot.pc, robot.flags = LEARNERS[2], ACTIVE
        robot.set("motor.left.target", 200)
        robot.set("motor.right.target", 200)
        robot.variables[USED : USED + 3] = [7, 42, -1]
        robot.name = "Robo von Anna"
        robot.has_card, robot.recordings = True, 2
        robot.set("sd.present", 1)

    def residue(self) -> Mapping[str, int]:
        """What is left of that."""
        robot = self.robot
        return {
            "program": sum(map(bool, robot.program)),
            "stored": sum(map(bool, robot.flash)),
            "values": sum(map(bool, robot.variables[USED:])),
            "moving": sum(map(bool, robot.value("motor.left.target") + robot.value("motor.right.target"))),
            "renamed": int(robot.name != self.name),
            "recordings": robot.recordings,
        }

    def hands(self, step: str) -> bool:
        """Takes the card out; the robot looks for it at its next reset."""
        if step == "card":
            self.robot.has_card, self.robot.recordings = False, 0
        return step == "card"

    def _note(self, verb: str) -> None:
        self.log.append(Effect(time.monotonic(), verb))


def scene() -> tuple[ThymioSimulator, ...]:
    """Three for the practice lab: by cable, by radio, and one whose name nobody can change."""
    return (
        ThymioSimulator("Thymio 1"),
        ThymioSimulator("Thymio 2", is_radio=True),
        ThymioSimulator("Thymio 3", {Fault.RESIDUE}),
    )
