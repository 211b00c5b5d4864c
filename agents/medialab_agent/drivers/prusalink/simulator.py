"""A simulated Prusa printer with PrusaLink, on a Pi or in Buddy firmware: the same HTTP protocol over a real socket."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from medialab_agent.drivers.prusalink.address import SERVICE, slug
from medialab_agent.drivers.prusalink.simulated.access import Access
from medialab_agent.drivers.prusalink.simulated.machine import Machine
from medialab_agent.drivers.prusalink.simulated.routes import RESIDUE, Parts, route
from medialab_agent.drivers.prusalink.simulated.store import Store
from medialab_agent.sdk.scene import open_plainly
from medialab_agent.sdk.simulated_desk import FrontDesk
from medialab_agent.sdk.simulated_http import Ask, Reply, Server
from medialab_agent.sdk.simulator import Effect, Fault, Simulator
from medialab_wire.sightings import Sighting

_STAFF_FILES = {
    "werkstatt/schluesselanhaenger.gcode": b"G28\nM104 S205\nM140 S60\nG1 X10 Y10\n",
    "werkstatt/namensschild.gcode": b"G28\nM104 S205\nM140 S60\nG1 X50 Y10\n",
}
_LEARNER_FILE = b"G28\nM104 S210\nM140 S60\nM220 S150\n" + b"G1 X1 Y1\nG1 X9 Y9\n" * 200
_YESTERDAY = 1_795_000_000
PASSWORD = "praktikum-1"  # noqa: S105 - the simulators' own


@dataclass
class PrusaLinkSimulator(Simulator):
    """One printer. `slow_s`: how long it thinks about each answer while it is slow."""

    name: str = "Prusa"
    model: str = "MK3S"
    is_buddy: bool = False
    password: str = PASSWORD
    key: str = "pl-simulated-key"
    settle_s: float = 11.0
    lag_s: float = 1.0
    rescan_s: float = 1.0
    slow_s: float = 0.5
    address: str = "127.0.0.1"
    port: int = 0
    _parts: Parts = field(init=False)
    _server: Server = field(init=False)

    def __post_init__(self) -> None:
        machine = Machine(time.monotonic, self.is_buddy, self.settle_s, self.lag_s)
        store = Store(time.monotonic, self.is_buddy, 0.0 if self.is_buddy else self.rescan_s)
        store.disks[self.storage] = {}
        for path, content in _STAFF_FILES.items():
            store.put(self.storage, path, content, _YESTERDAY)
        self._parts = Parts(self.serial, self.name, self.model, machine, store, self.faults)
        self.access = Access(self.password, self.key, is_buddy=self.is_buddy)
        self._front = FrontDesk(self.faults, self._route, self._condition, self._note, self._die, self._refusal)
        self._server = Server(self._handle)

    @property
    def storage(self) -> str:
        """Where its files are."""
        return "usb" if self.is_buddy else "local"

    @property
    def label(self) -> str:
        """See `Simulator`: its name."""
        return self.name

    @property
    def machine(self) -> Machine:
        """Heaters and job, by its own account."""
        return self._parts.machine

    @property
    def store(self) -> Store:
        """Its files, by its own account."""
        return self._parts.store

    @property
    def settings(self) -> dict[str, str]:
        """What somebody enters so that the driver may speak to it."""
        return {"password": self.password}

    async def start(self) -> None:
        """Listen on loopback, on the same port after a restart."""
        await self._server.start(self.address, self.port)
        self.port = self._server.port

    async def stop(self) -> None:
        """Vanish without a farewell."""
        await self._server.stop()

    def sighting(self) -> Sighting:
        """As mDNS shows it; PrusaLink tells nothing but a path."""
        name = f"PrusaLink at {slug(self.serial)}:{self.port}"
        facts = {"type": SERVICE, "name": name, "host": f"{slug(self.serial).replace('_', '-')}.local", "txt.path": "/"}
        where = {"address": self.address, "port": str(self.port)}
        return Sighting(source="mdns", key=f"{self.serial}.{SERVICE}.local.", facts={**facts, **where})

    def soil(self) -> None:
        """Files, and a print running hot at 150 %."""
        for path in ("klasse 7b/anna.gcode", "ben_teil2.gcode", "klasse 7b/Würfel Çelik.gcode"):
            self.store.put(self.storage, path, _LEARNER_FILE, int(time.time()))
        if Fault.RESIDUE in self.faults:
            self.store.put(self.storage, RESIDUE, _LEARNER_FILE, int(time.time()))
        self.machine.start((self.storage, "ben_teil2.gcode"), _LEARNER_FILE)

    def residue(self) -> Mapping[str, int]:
        """What is left, by its own account."""
        self.machine.advance()
        own = {*_STAFF_FILES, "werkstatt"}
        return {
            "files": sum(path not in own for disk in self.store.disks.values() for path in disk),
            "jobs": int(self.machine.has_job),
            "heaters": sum(heater.target > 0 for heater in self.machine.heaters.values()),
            "factors": sum(factor != 100 for factor in self.machine.factors.values()),
        }

    def lock(self) -> None:
        """Somebody chose another password at the printer."""
        self.access.password, self.access.key = "changed-at-the-panel", "changed-too"
        self.access.forget()

    async def _handle(self, ask: Ask) -> Reply | None:
        self.machine.advance()
        return await self._front.handle(ask, self.slow_s)

    def _refusal(self, ask: Ask) -> Reply | None:
        if Fault.LOCKED in self.faults:
            self.lock()
        return self.access.refusal(ask)

    def _route(self, ask: Ask) -> Reply:
        return route(self._parts, ask)

    def _note(self, verb: str, subject: str) -> None:
        self.log.append(Effect(time.monotonic(), verb, subject))

    def _die(self) -> None:
        self._dying = asyncio.create_task(self._server.stop())

    def _condition(self) -> tuple[object, ...]:
        """Everything a command can change and a person could notice."""
        machine = self.machine
        targets = tuple(heater.target for heater in machine.heaters.values())
        files = tuple(
            (name, path, file.changed) for name, disk in self.store.disks.items() for path, file in disk.items()
        )
        return targets, tuple(machine.factors.values()), machine.state, machine.job, machine.homed, files


async def open_scene(stack: AsyncExitStack, simulators: Sequence[Simulator]) -> dict[str, str]:
    """Start them, and enter their password on this computer."""
    await open_plainly(stack, simulators)
    printers = [simulator for simulator in simulators if isinstance(simulator, PrusaLinkSimulator)]
    return printers[0].settings if printers else {}


def scene() -> tuple[PrusaLinkSimulator, ...]:
    """One printer with a Pi, one with Buddy firmware, and one that refuses to delete."""
    return (
        PrusaLinkSimulator("CZPX1234X004XC00001", name="Drucker Biber", model="MK3S"),
        PrusaLinkSimulator("10589-3742441630000001", name="Drucker Dohle", model="MK4", is_buddy=True),
        PrusaLinkSimulator("CZPX1234X004XC00002", {Fault.REFUSE}, name="Drucker Elster", model="MK3S"),
    )
