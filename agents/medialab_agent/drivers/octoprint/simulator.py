"""A simulated printer behind OctoPrint: the same HTTP, push and pairing protocol over a real socket."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from medialab_agent.drivers.octoprint.address import SERVICE
from medialab_agent.drivers.octoprint.simulated.access import Access
from medialab_agent.drivers.octoprint.simulated.desk import WEBSOCKET, Desk
from medialab_agent.drivers.octoprint.simulated.machine import Machine
from medialab_agent.drivers.octoprint.simulated.parts import VERSION, Parts
from medialab_agent.drivers.octoprint.simulated.storage_routes import RESIDUE
from medialab_agent.drivers.octoprint.simulated.store import Store
from medialab_agent.sdk.simulated_http import Server, Websockets
from medialab_agent.sdk.simulator import Effect, Fault, Simulator
from medialab_wire.sightings import Sighting

_STAFF_FILES = {
    "werkstatt/schluesselanhaenger.gcode": b"G28\nM104 S205\nM140 S60\nG1 X10 Y10\n",
    "werkstatt/namensschild.gcode": b"G28\nM104 S205\nM140 S60\nG1 X50 Y10\n",
}
_LEARNER_FILE = b"G28\nM104 S210\nM140 S60\n" + b"G1 X1 Y1\nG1 X9 Y9\n" * 200


@dataclass
class OctoPrintSimulator(Simulator):
    """One printer. Its person clicks “Allow” `allow_after_s` after a request; None: only `decide` does."""

    name: str = "OctoPrint"
    model: str = "Generic RepRap Printer"
    allow_after_s: float | None = 2.0
    announce: bool = False
    address: str = "127.0.0.1"
    port: int = 0
    _parts: Parts = field(init=False)
    _server: Server = field(init=False)
    _announcement: Any = field(init=False, default=None)

    def __post_init__(self) -> None:
        access = Access(time.monotonic, self.allow_after_s, lambda: Fault.LOCKED in self.faults)
        machine = Machine(time.monotonic, self._tell)
        store = Store(self.model, files={("local", path): content for path, content in _STAFF_FILES.items()})
        store.add_folder("werkstatt")
        uuid = str(uuid5(NAMESPACE_DNS, self.serial))
        self._parts = Parts(uuid, self.name, machine, store, access, self.faults, self._tell)
        self._desk = Desk(self._parts, self._note, self._die)
        self._server = Server(self._desk.handle, Websockets(WEBSOCKET, self._desk.greet))

    def _tell(self, kind: str, payload: dict[str, Any]) -> None:
        self._desk.tell(kind, payload)

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
        """What it announces and what its discovery document says."""
        return self._parts.uuid

    @property
    def access(self) -> Access:
        """Keys and pairing requests, for whoever plays the person."""
        return self._parts.access

    @property
    def machine(self) -> Machine:
        """Heaters and job, by its own account."""
        return self._parts.machine

    @property
    def store(self) -> Store:
        """Files, timelapses and profiles, by its own account."""
        return self._parts.store

    async def start(self) -> None:
        """Listen on loopback, on the same port after a restart."""
        await self._server.start(self.address, self.port)
        self.port = self._server.port
        if self.announce:
            from medialab_agent.drivers.octoprint.simulated.announce import announced

            self._announcement = await announced(self.name, self.sighting(), self.address, self.port)

    async def stop(self) -> None:
        """Vanish without a farewell."""
        if self._announcement is not None:
            await self._announcement.async_close()
            self._announcement = None
        await self._server.stop()

    def sighting(self) -> Sighting:
        """As mDNS shows it."""
        service = f"{self.name}.{SERVICE}.local."
        facts = {"type": SERVICE, "name": self.name, "host": f"{self.serial}.local"}
        txt = {"txt.path": "/", "txt.version": VERSION, "txt.api": "0.1", "txt.uuid": self.uuid}
        here = {"address": self.address, "port": str(self.port)}
        return Sighting(source="mdns", key=service, facts={**facts, **here, **txt})

    def film(self) -> None:
        """Leave a finished timelapse and the frames of an unfinished one."""
        store = self._parts.store
        store.movies.append("anna_20261123.mp4")
        store.frames["ben_20261123"] = 3
        if Fault.RESIDUE in self.faults:
            store.movies.append(RESIDUE)

    def put_on_card(self, name: str) -> None:
        """Leave a file on the printer's own memory card."""
        self._parts.store.put(name, _LEARNER_FILE, "sdcard")

    def render(self, name: str, seconds: float) -> None:
        """Begin to make a movie of the frames a camera left; it is there some time later, reset or not."""
        self._parts.store.frames[name] = 3
        self._parts.store.rendering[name] = time.monotonic() + seconds

    def soil(self) -> None:
        """Files, a timelapse, a changed profile, speed at 250 %, and a print running hot."""
        store, machine = self._parts.store, self._parts.machine
        for path in ("klasse 7b/anna.gcode", "ben_teil2.gcode", "klasse 7b/Würfel Çelik.gcode"):
            store.put(path, _LEARNER_FILE)
        self.put_on_card("anna~1.gco")
        self.film()
        self.render("klasse7b_20261123", 3.0)
        store.change_profile("_default", {"volume": {"depth": 123.0}})
        machine.overrides["M220"] = 250
        machine.selected = ("local", "ben_teil2.gcode")
        machine.start(_LEARNER_FILE)

    def residue(self) -> Mapping[str, int]:
        """What is left, by its own account."""
        store, machine = self._parts.store, self._parts.machine
        machine.advance()
        clean = Store(self.model)
        return {
            "files": sum(key[1] not in _STAFF_FILES for key in store.files) + len(store.folders - {"werkstatt"}),
            "timelapses": len(store.movies) + len(store.frames),
            "profiles": sum(profile != clean.profiles.get(name) for name, profile in store.profiles.items()),
            "overrides": sum(value != 100 for value in machine.overrides.values()),
            "jobs": int(machine.has_job) + int(machine.selected is not None),
            "heaters": sum(heater.target > 0 for heater in machine.heaters().values()),
        }


def scene() -> tuple[OctoPrintSimulator, ...]:
    """The printers of the practice lab: most behave, each other one has one fault of the field."""
    healthy = [
        ("op-sim-01", "Drucker Eule", "Original Prusa MK3S"),
        ("op-sim-02", "Drucker Fuchs", "Original Prusa MK3S"),
        ("op-sim-03", "Drucker Igel", "Creality Ender-3 V2"),
        ("op-sim-04", "Drucker Luchs", "Creality Ender-3 V2"),
        ("op-sim-05", "Drucker Otter", "Anycubic i3 Mega"),
    ]
    faulty = [
        ("op-sim-06", "Drucker Rabe", Fault.REFUSE),
        ("op-sim-07", "Drucker Dachs", Fault.RESIDUE),
        ("op-sim-08", "Drucker Specht", Fault.LOCKED),
        ("op-sim-09", "Drucker Molch", Fault.SLOW),
    ]
    return (
        *(OctoPrintSimulator(serial, name=name, model=model) for serial, name, model in healthy),
        *(OctoPrintSimulator(serial, {fault}, name=name) for serial, name, fault in faulty),
    )
