"""A simulated Bambu printer of the P1 kind: a real broker with TLS, implicit FTPS, and calls on UDP 2021."""

import asyncio
import json
import shutil
import socket
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from medialab_agent.drivers.bambu.address import SOURCE
from medialab_agent.drivers.bambu.notify import KIND
from medialab_agent.drivers.bambu.simulated.broker import START_S, PrinterBroker, find_mosquitto, free_port
from medialab_agent.drivers.bambu.simulated.certificates import Authority, Files
from medialab_agent.drivers.bambu.simulated.ftps import FtpsServer, Manners, Storage
from medialab_agent.drivers.bambu.simulated.machine import Machine
from medialab_agent.drivers.bambu.state import DEVELOPER_ERROR
from medialab_agent.sdk.simulator import Effect, Fault, Simulator
from medialab_wire.session import Ack, Broker, Handlers, Session
from medialab_wire.sightings import Sighting

CODE = "12345678"
RESIDUE = "/timelapse/unloeschbar.mp4"
"""The film that stays however often it is deleted."""
_SYSTEM = ("/cache", "/timelapse", "/timelapse/thumbnail", "/logger", "/image")
_STAFF = {"/schluesselanhaenger.gcode.3mf": b"PK" * 300, "/logger/today.log": b"x" * 50}
_LEARNER = b"PK" * 800


@dataclass
class BambuSimulator(Simulator):
    """One printer on an address of its own. `tick_s`: between two looks at itself; `notify_s`: between two calls."""

    name: str = "P1S Lab"
    developer_mode: bool = True
    code: str = CODE
    address: str = "127.44.0.2"
    mqtt_port: int = 0
    ftps_port: int = 0
    udp_port: int = 0
    tick_s: float = 0.1
    notify_s: float = 0.5
    slow_s: float = 0.3
    authority: Authority = field(default_factory=Authority)
    pushalls: int = 0
    machine: Machine = field(init=False)
    storage: Storage = field(init=False)

    def __post_init__(self) -> None:
        self.machine = Machine(time.monotonic, self.developer_mode)
        self.storage = Storage({**dict.fromkeys(_SYSTEM), **_STAFF}, self._may_delete)
        manners = Manners(self._code_now, lambda: Fault.HANG in self.faults, lambda: Fault.GARBAGE in self.faults)
        self._ftps = FtpsServer(self.storage, manners)
        self._folder: Path | None = None
        self._files: Files | None = None
        self._broker: PrinterBroker | None = None
        self._session: Session | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._told: dict[str, Any] = {}
        self._is_locked = False

    @property
    def label(self) -> str:
        """See `Simulator`: its name."""
        return self.name

    @property
    def ca(self) -> Path:
        """The authority's certificate, once it was started."""
        assert self._files is not None
        return self._files.ca

    @property
    def settings(self) -> dict[str, str]:
        """What reaches it: ports other than the usual ones, and the code somebody entered."""
        ports = {"mqtt_port": self.mqtt_port, "ftps_port": self.ftps_port, "udp_port": self.udp_port}
        return {"code": self.code, **{name: str(port) for name, port in ports.items()}}

    def _code_now(self) -> str:
        return "changed1" if Fault.LOCKED in self.faults else self.code

    async def start(self) -> None:
        """Open broker and FTPS, and call. Raises `SceneUnavailable` without mosquitto."""
        find_mosquitto()
        self.mqtt_port = self.mqtt_port or free_port(self.address)
        self.ftps_port = self.ftps_port or free_port(self.address)
        if self._folder is None or self._files is None:
            self._folder = Path(tempfile.mkdtemp(prefix="bambu-sim-"))
            self._files = self.authority.issue(self.serial, self._folder)
        self._broker = PrinterBroker(self._folder, self.address)
        await self._broker.start(self.mqtt_port, self._code_now(), self._files)
        await self._ftps.start(self.address, self.ftps_port, str(self._files.certificate), str(self._files.key))
        inner = Broker(f"mqtt://{self.address}:{self._broker.inner}", f"printer-{self.serial}", clean=True)
        listens = asyncio.Event()
        handlers = Handlers(self._heard, lambda _lost: listens.set())
        self._session = Session(inner, [f"device/{self.serial}/request"], handlers)
        self._session.connect()
        async with asyncio.timeout(START_S):
            await listens.wait()
        self._tasks = {asyncio.create_task(self._tick()), asyncio.create_task(self._notify())}

    async def stop(self) -> None:
        """Vanish."""
        tasks = self._tasks - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._ftps.stop()
        if self._broker is not None:
            await self._broker.stop()
        if self._session is not None:
            session, self._session = self._session, None
            await session.close(0)

    def clear_away(self) -> None:
        """Remove its files from the disk, at the very end."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def sighting(self) -> Sighting:
        """As the driver's own source shows it."""
        facts = {"serial": self.serial, "model": "C12", "name": self.name, "version": "01.08.02.00", "connect": "lan"}
        return Sighting(source=SOURCE, key=self.serial, facts={**facts, "address": self.address})

    def soil(self) -> None:
        """Files, films, and a print running hot at full speed."""
        files = self.storage.files
        files |= {"/anna.gcode.3mf": _LEARNER, "/klasse 7b": None, "/klasse 7b/Würfel Çelik.3mf": _LEARNER}
        files |= {"/cache/ben.3mf": _LEARNER, "/timelapse/video_2026.mp4": _LEARNER}
        files |= {"/timelapse/thumbnail/video_2026.jpg": b"\xff\xd8"}
        if Fault.RESIDUE in self.faults:
            files[RESIDUE] = _LEARNER
        self.machine.begin("anna.gcode.3mf")
        self.machine.fields["spd_lvl"] = 4

    def residue(self) -> Mapping[str, int]:
        """What is left, by its own account."""
        own, fields = {*_SYSTEM, *_STAFF}, self.machine.fields
        return {
            "files": sum(path not in own for path in self.storage.files),
            "jobs": int(self.machine.is_working),
            "heaters": sum(fields[f"{part}_target_temper"] > 0 for part in ("nozzle", "bed")),
            "speed": int(fields["spd_lvl"] != 2),
        }

    def _may_delete(self, path: str) -> bool | None:
        if Fault.DIE in self.faults:
            self._die()
        if Fault.REFUSE in self.faults:
            return False
        if path == RESIDUE:
            return None
        self.log.append(Effect(time.monotonic(), "delete", path))
        return True

    def _die(self) -> None:
        self._dying = asyncio.create_task(self.stop())

    def _heard(self, _topic: str, payload: bytes, ack: Ack) -> None:
        ack()
        task = asyncio.create_task(self._answer(json.loads(payload)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, message: dict[str, dict[str, Any]]) -> None:
        if Fault.SLOW in self.faults:
            await asyncio.sleep(self.slow_s)
        for kind, body in message.items():
            command = str(body.get("command", ""))
            answer = {**body, "result": "success", "reason": ""}
            if (kind, command) == ("pushing", "pushall"):
                self.pushalls += 1
                self._push(self.machine.fields, full=True)
            elif (kind, command) == ("info", "get_version"):
                module = {"name": "ota", "sw_ver": "01.08.02.00", "hw_ver": "OTA", "sn": self.serial}
                self._report({"info": {**answer, "module": [module]}})
            elif kind in {"print", "system"}:
                self._command(kind, command, body, answer)

    def _command(self, kind: str, command: str, body: dict[str, Any], answer: dict[str, Any]) -> None:
        if Fault.DIE in self.faults:
            self._die()
        if self.faults & {Fault.DIE, Fault.HANG}:
            return
        if not self.machine.developer_mode:
            failed = {"result": "failed", "reason": "mqtt message verify failed", "err_code": DEVELOPER_ERROR}
            self._report({kind: {**answer, **failed}})
            return
        before = {**self.machine.fields, "homed": self.machine.homed}
        if reason := self.machine.obey(command, body):
            answer |= {"result": "failed", "reason": reason}
        if before != {**self.machine.fields, "homed": self.machine.homed}:
            self.log.append(Effect(time.monotonic(), command, ""))
        self._report({kind: answer})
        self._push_changes()

    def _report(self, message: dict[str, Any]) -> None:
        payload = b"\x00{\xff]" if Fault.GARBAGE in self.faults else json.dumps(message).encode()
        if self._session is not None:
            self._session.publish(f"device/{self.serial}/report", payload)

    def _push(self, fields: Mapping[str, Any], *, full: bool) -> None:
        self._told = {**self._told, **fields}
        self._report({"print": {**fields, "command": "push_status", "msg": int(not full), "sequence_id": "1"}})

    def _push_changes(self) -> None:
        changed = {key: value for key, value in self.machine.fields.items() if self._told.get(key) != value}
        if changed:
            self._push(changed, full=False)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(self.tick_s)
            self.machine.advance()
            self._push_changes()
            if Fault.LOCKED in self.faults and not self._is_locked and self._broker is not None and self._files:
                self._is_locked = True
                await self._broker.stop()
                await self._broker.start(self.mqtt_port, self._code_now(), self._files)

    async def _notify(self) -> None:
        lines = {
            "Host": "239.255.255.250:1990", "Server": "UPnP/1.0", "Location": self.address, "NT": KIND,
            "NTS": "ssdp:alive", "USN": self.serial, "Cache-Control": "max-age=1800", "DevModel.bambu.com": "C12",
            "DevName.bambu.com": self.name, "DevSignal.bambu.com": "-44", "DevConnect.bambu.com": "lan",
            "DevBind.bambu.com": "free", "DevVersion.bambu.com": "01.08.02.00",
        }  # fmt: skip
        call = "NOTIFY * HTTP/1.1\r\n" + "".join(f"{key}: {value}\r\n" for key, value in lines.items()) + "\r\n"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mouth:
            mouth.bind((self.address, 0))
            while self.udp_port:
                with suppress(OSError):
                    mouth.sendto(call.encode(), ("127.0.0.1", self.udp_port))
                await asyncio.sleep(self.notify_s)


def _free_udp_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def open_scene(stack: AsyncExitStack, simulators: Sequence[Simulator]) -> Mapping[str, str]:
    """All on the same ports, each on an address of its own. Raises `SceneUnavailable` without mosquitto."""
    find_mosquitto()
    printers = [simulator for simulator in simulators if isinstance(simulator, BambuSimulator)]
    first, udp = printers[0], _free_udp_port()
    ports = free_port(first.address), free_port(first.address)
    for printer in printers:
        printer.mqtt_port, printer.ftps_port = ports
        printer.udp_port = udp
        stack.callback(printer.clear_away)
        stack.push_async_callback(printer.stop)
        await printer.start()
    return {**first.settings, "expire_s": "5"}


def scene() -> tuple[BambuSimulator, ...]:
    """One printer that obeys, and one whose Developer Mode is off."""
    return (
        BambuSimulator("01P00A000000001", name="Drucker Falke", address="127.44.0.2"),
        BambuSimulator("01P00A000000002", name="Drucker Gimpel", address="127.44.0.3", developer_mode=False),
    )
