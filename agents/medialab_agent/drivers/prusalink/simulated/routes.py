"""The simulated interface: PrusaLink's HTTP API (web/{main,files,controls}.py, 0.8.1), and Buddy's part of it."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from medialab_agent.drivers.prusalink.simulated.machine import Machine
from medialab_agent.drivers.prusalink.simulated.store import DIRECTORY, Store
from medialab_agent.sdk.simulated_http import Ask, Reply
from medialab_agent.sdk.simulator import Fault

EMPTY = Reply(204)
RESIDUE = "unloeschbar.gcode"
"""The file that stays however often it is deleted."""


@dataclass
class Parts:
    """One simulated PrusaLink."""

    serial: str
    name: str
    model: str
    machine: Machine
    store: Store
    faults: set[Fault] = field(default_factory=set)

    @property
    def is_buddy(self) -> bool:
        """Which product it is."""
        return self.machine.is_buddy


@dataclass(frozen=True)
class Call:
    """One request that found its route; `args` are the named parts of the path."""

    parts: Parts
    ask: Ask
    args: Mapping[str, Any]


@dataclass(frozen=True)
class Route:
    """One method and path; `on_pi` ones Buddy firmware does not have."""

    method: str
    pattern: str
    answer: Callable[[Call], Reply]
    on_pi: bool = False


def _is_set(ask: Ask, name: str) -> bool:
    """Whether a structured header is true (RFC 9651, 3.3.6)."""
    return ask.headers.get(name, "").strip() == "?1"


def _version(call: Call) -> Reply:
    same: dict[str, Any] = {"api": "2.0.0", "hostname": "prusa", "capabilities": {"upload-by-put": True}}
    if call.parts.is_buddy:
        return Reply.of({**same, "server": "2.1.2", "text": "PrusaLink", "nozzle_diameter": 0.4})
    name = f"PrusaLink {call.parts.model}"
    return Reply.of({**same, "server": "0.8.1", "original": name, "text": "PrusaLink 0.8.1", "firmware": "3.14.1-8237"})


def _info(call: Call) -> Reply:
    about = {"serial": call.parts.serial, "nozzle_diameter": 0.4, "min_extrusion_temp": 170}
    if call.parts.is_buddy:  # the menu offers a name for the network, and no other one
        return Reply.of({**about, "hostname": call.parts.name.lower().replace(" ", "-")})
    return Reply.of({**about, "hostname": "prusa", "name": call.parts.name, "location": "Lab"})


def _job_state(machine: Machine) -> dict[str, Any]:
    return {"id": machine.job, "progress": machine.progress, "time_printing": 10, "time_remaining": 500}


def _status(call: Call) -> Reply:
    machine = call.parts.machine
    status: dict[str, Any] = {"printer": {"state": machine.state, **machine.telemetry()}}
    if machine.has_job:
        status["job"] = _job_state(machine)
    storage = {"path": "/usb/", "name": "usb", "read_only": False}
    status["storage"] = storage if call.parts.is_buddy else [{"path": "/local", "read_only": False}]
    return Reply.of(status)


def _job(call: Call) -> Reply:
    machine = call.parts.machine
    if machine.file is None:
        return EMPTY
    file = {"name": machine.file[1], "path": "/".join(machine.file)}
    return Reply.of({**_job_state(machine), "state": machine.state, "file": file})


def _stop(call: Call) -> Reply:
    machine = call.parts.machine
    if int(call.args["id"]) != machine.job:
        return Reply(404)
    if machine.state not in {"PRINTING", "PAUSED"}:
        return Reply(409)
    machine.stop()
    return EMPTY


def _pause(call: Call) -> Reply:
    machine, pause = call.parts.machine, call.args["what"] == "pause"
    if int(call.args["id"]) != machine.job:
        return Reply(404)
    if machine.state != ("PRINTING" if pause else "PAUSED"):
        return Reply(409)
    machine.state = "PAUSED" if pause else "PRINTING"
    return EMPTY


def _storage(call: Call) -> Reply:
    return Reply.of({"storage_list": call.parts.store.storages()})


def _file(call: Call) -> Reply:
    found = call.parts.store.info(call.args["storage"], (call.args["path"] or "").strip("/"))
    return Reply(404) if found is None else Reply.of(found)


def _content(call: Call) -> Reply:
    storage, path = ("usb" if call.parts.is_buddy else "local"), call.args["path"]
    found = call.parts.store.disks.get(storage, {}).get(path)
    return Reply(404) if found is None or found.content is None else Reply(200, found.content)


def _writable(call: Call) -> Reply | None:
    store, storage = call.parts.store, call.args["storage"]
    if storage not in store.disks:
        return Reply(404)
    return Reply(409) if storage in store.read_only else None


def _make_folder(call: Call) -> Reply:
    store, storage, path = call.parts.store, call.args["storage"], call.args["path"]
    if call.parts.is_buddy and path in store.disks[storage]:
        return Reply(409)
    store.put(storage, path, None, int(time.time()))
    return Reply(201)


def _untakeable(call: Call) -> Reply | None:
    store, ask, is_buddy = call.parts.store, call.ask, call.parts.is_buddy
    disk, path = store.disks[call.args["storage"]], call.args["path"]
    folder = path.rpartition("/")[0]
    if is_buddy and folder and folder not in disk:
        return Reply(422)
    if not ask.body:
        return Reply(411)
    if path in disk and not _is_set(ask, "overwrite"):
        return Reply(409)
    if len(ask.body) > store.free:
        return Reply(507 if is_buddy else 500)
    return None


def _upload(call: Call) -> Reply:
    if (refusal := _writable(call)) is not None:
        return refusal
    store, machine, ask = call.parts.store, call.parts.machine, call.ask
    storage, path = call.args["storage"], call.args["path"]
    if _is_set(ask, "create-folder"):
        return _make_folder(call)
    if (refusal := _untakeable(call)) is not None:
        return refusal
    store.put(storage, path, ask.body, int(time.time()))
    if _is_set(ask, "print-after-upload"):
        store.scan(force=True)
        if not machine.can_start:
            return Reply(409)
        machine.start((storage, path), ask.body)
    return Reply(201)


def _start(call: Call) -> Reply:
    storage, path = call.args["storage"], call.args["path"]
    found = call.parts.store.scan().get(storage, {}).get(path)
    if found is None or found.content is None:
        return Reply(404)
    if not call.parts.machine.can_start:
        return Reply(409)
    call.parts.machine.start((storage, path), found.content)
    return EMPTY


def _delete(call: Call) -> Reply:
    if (refusal := _writable(call)) is not None:
        return refusal
    store, storage, path = call.parts.store, call.args["storage"], call.args["path"]
    found, printed = store.disks[storage].get(path), call.parts.machine.file
    if found is None:
        return Reply(404)
    if printed is not None and (printed == (storage, path) or printed[1].startswith(path + "/")):
        return Reply(409)
    if Fault.REFUSE in call.parts.faults:
        return Reply(500)
    if (
        found.content is None
        and not _is_set(call.ask, "force")
        and any(p.startswith(path + "/") for p in store.disks[storage])
    ):
        return Reply(409)
    if path != RESIDUE:
        store.remove(storage, path)
    return EMPTY


def _ready(call: Call) -> Reply:
    if call.ask.method == "DELETE":
        return Reply(500)  # so does 0.8.1, and the printer stays ready
    if call.parts.machine.state not in {"IDLE", "READY"}:
        return Reply(409)
    call.parts.machine.state = "READY"
    return Reply()


def _tool(call: Call) -> Reply:
    body = call.ask.json()
    if body.get("command") == "target":
        call.parts.machine.gcode(f"M104 S{int(body['targets']['tool0'])}")
    if body.get("command") == "flowrate":
        call.parts.machine.gcode(f"M221 S{int(body['factor'])}")
    return EMPTY


def _bed(call: Call) -> Reply:
    call.parts.machine.gcode(f"M140 S{int(call.ask.json()['target'])}")
    return EMPTY


def _printhead(call: Call) -> Reply:
    body, machine = call.ask.json(), call.parts.machine
    if body.get("command") == "home":
        if machine.state not in {"IDLE", "READY"}:
            return Reply(400)
        machine.homed += 1
    if body.get("command") == "speed":
        machine.gcode(f"M220 S{int(body['factor'])}")
    return EMPTY


_FILES = "/api/v1/files/(?P<storage>[^/]+)"
ROUTES = (
    Route("GET", "/api/version", _version),
    Route("GET", "/api/v1/info", _info),
    Route("GET", "/api/v1/status", _status),
    Route("GET", "/api/v1/job", _job),
    Route("DELETE", r"/api/v1/job/(?P<id>\d+)", _stop),
    Route("PUT", r"/api/v1/job/(?P<id>\d+)/(?P<what>pause|resume)", _pause),
    Route("GET", "/api/v1/transfer", lambda _call: EMPTY),
    Route("GET", "/api/v1/storage", _storage),
    Route("GET", _FILES + "(?P<path>/.*)?", _file),
    Route("GET", f"/api/files/local/{DIRECTORY}/(?P<path>.+)/raw", _content, on_pi=True),
    Route("GET", "/usb/(?P<path>.+)", _content),
    Route("PUT", _FILES + "/(?P<path>.+)", _upload),
    Route("POST", _FILES + "/(?P<path>.+)", _start),
    Route("DELETE", _FILES + "/(?P<path>.+)", _delete),
    Route("POST", "/api/printer/ready", _ready, on_pi=True),
    Route("DELETE", "/api/printer/ready", _ready, on_pi=True),
    Route("POST", "/api/printer/tool", _tool, on_pi=True),
    Route("POST", "/api/printer/bed", _bed, on_pi=True),
    Route("POST", "/api/printer/printhead", _printhead, on_pi=True),
)


def route(parts: Parts, ask: Ask) -> Reply:
    """The answer of the one route that fits."""
    known = [r for r in ROUTES if not (r.on_pi and parts.is_buddy)]
    paths = [(found, match) for found in known if (match := re.fullmatch(found.pattern, ask.path))]
    for found, match in paths:
        if found.method == ask.method:
            return found.answer(Call(parts, ask, match.groupdict()))
    return Reply(405 if paths else 404)
