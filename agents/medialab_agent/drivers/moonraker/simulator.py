"""A simulated printer behind Moonraker: the same HTTP and websocket protocol over a real socket."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from medialab_agent.drivers.moonraker.address import SERVICE
from medialab_agent.drivers.moonraker.simulated.desk import WEBSOCKET, Desk
from medialab_agent.drivers.moonraker.simulated.machine import Machine
from medialab_agent.drivers.moonraker.simulated.parts import VERSION, Parts
from medialab_agent.drivers.moonraker.simulated.storage_routes import RESIDUE
from medialab_agent.drivers.moonraker.simulated.store import Store
from medialab_agent.sdk.simulated_http import Server, Websockets
from medialab_agent.sdk.simulator import Effect, Fault, Simulator
from medialab_wire.sightings import Sighting

_STAFF_FILES = {
    ("gcodes", "werkstatt/schluesselanhaenger.gcode"): b"G28\nM104 S205\nM140 S60\nG1 X10 Y10\n",
    ("gcodes", "werkstatt/namensschild.gcode"): b"G28\nM104 S205\nM140 S60\nG1 X50 Y10\n",
    ("config", "printer.cfg"): b"[include macros/*.cfg]\n[printer]\nkinematics: corexy\n",
    ("config", "macros/cancel.cfg"): b"[gcode_macro CANCEL_PRINT]\ngcode:\n  BASE_CANCEL_PRINT\n",
    ("config", "moonraker.conf"): b"[authorization]\ntrusted_clients:\n  127.0.0.1\n",
}
_LEARNER_FILE = b"G28\nM104 S210\nM140 S60\n" + b"G1 X1 Y1\nG1 X9 Y9\n" * 200
_LOADED = {"printer": {"kinematics": "corexy"}, "extruder": {"nozzle_diameter": "0.4"}}
API_KEY = "00112233445566778899aabbccddeeff"
"""Of the simulated Moonraker; a simulator protects nothing."""


@dataclass
class MoonrakerSimulator(Simulator):
    """One printer. `trusts`: lets everybody in without a key; `sockets`: how many websockets it has room for."""

    name: str = "Klipper"
    trusts: bool = True
    sockets: int = 50
    announce: bool = False
    address: str = "127.0.0.1"
    port: int = 0
    parts: Parts = field(init=False)
    _server: Server = field(init=False)
    _announcement: Any = field(init=False, default=None)

    def __post_init__(self) -> None:
        store = Store()
        for (root, path), content in _STAFF_FILES.items():
            store.put(root, path, content)
        store.database = {
            ("moonraker", "instance_id"): self.uuid,
            ("mainsail", "general.printername"): self.name,
        }
        machine = Machine(time.monotonic, self._tell, store.note_print, configuration=dict(_LOADED))
        self.parts = Parts(self.name, machine, store, self.faults, self._tell, API_KEY, self.trusts)
        self._desk = Desk(self.parts, self._note, self._die)
        self._server = Server(self._desk.handle, Websockets(WEBSOCKET, self._desk.greet, self.sockets))

    def _tell(self, method: str, params: list[Any]) -> None:
        self._desk.tell(method, params)

    def _note(self, verb: str, subject: str) -> None:
        self.log.append(Effect(time.monotonic(), verb, subject))

    def _die(self) -> None:
        self._dying = asyncio.create_task(self._server.stop())

    @property
    def label(self) -> str:
        """See `Simulator`: its name."""
        return self.name

    @property
    def uuid(self) -> str:
        """What it announces and what its database says."""
        return uuid5(NAMESPACE_DNS, self.serial).hex

    async def start(self) -> None:
        """Listen on loopback, on the same port after a restart."""
        await self._server.start(self.address, self.port)
        self.port = self._server.port
        if self.announce:
            from medialab_agent.drivers.moonraker.simulated.announce import announced

            self._announcement = await announced(self.sighting(), self.address, self.port)

    async def stop(self) -> None:
        """Vanish without a farewell."""
        if self._announcement is not None:
            await self._announcement.async_close()
            self._announcement = None
        await self._server.stop()

    def sighting(self) -> Sighting:
        """As mDNS shows it."""
        name = f"Moonraker-{self.uuid[:8]} @ {self.serial}"
        facts = {"type": SERVICE, "name": name, "host": f"{self.serial}.local"}
        here = {"address": self.address, "port": str(self.port)}
        txt = {"txt.uuid": self.uuid, "txt.version": VERSION}
        return Sighting(source="mdns", key=f"{name}.{SERVICE}.local.", facts={**facts, **here, **txt})

    def film(self) -> None:
        """Leave a finished timelapse."""
        self.parts.store.put("timelapse", "anna_20261123.mp4", b"\0" * 100)
        if Fault.RESIDUE in self.faults:
            self.parts.store.put("timelapse", RESIDUE, b"\0" * 10)

    def soil(self) -> None:
        """Files, a film, a queue, a history, changed factors, and a print running hot."""
        store, machine = self.parts.store, self.parts.machine
        for path in ("klasse 7b/anna.gcode", "ben_teil2.gcode", "klasse 7b/Würfel Çelik.gcode", "geheim.txt"):
            store.put("gcodes", path, _LEARNER_FILE)
        self.film()
        store.queue.append("ben_teil2.gcode")
        store.note_print("klasse 7b/anna.gcode", "complete")
        machine.speed_factor, machine.extrude_factor, machine.fan, machine.offset_z = 2.5, 0.8, 1.0, 0.15
        machine.start("ben_teil2.gcode", _LEARNER_FILE)

    def residue(self) -> Mapping[str, int]:
        """What is left, by its own account."""
        store, machine = self.parts.store, self.parts.machine
        machine.advance()
        foreign = [place for place in store.files if place not in _STAFF_FILES and place[0] == "gcodes"]
        return {
            "files": len(foreign) + (("gcodes", "klasse 7b") in store.folders),
            "timelapses": sum(root == "timelapse" for root, _ in store.files),
            "history": len(store.history) + len(store.queue),
            "overrides": sum(value != 1.0 for value in (machine.speed_factor, machine.extrude_factor))
            + sum(value != 0.0 for value in (machine.fan, machine.offset_z)),
            "jobs": int(machine.has_job) + int(bool(machine.file)),
            "heaters": sum(heater.target > 0 for heater in machine.heaters().values()),
        }


def scene() -> tuple[MoonrakerSimulator, ...]:
    """The printers of the practice lab; one film of the second cannot be deleted."""
    return (
        MoonrakerSimulator("klipper-sim-01", name="Drucker Marder"),
        MoonrakerSimulator("klipper-sim-02", name="Drucker Wiesel", faults={Fault.RESIDUE}),
    )
