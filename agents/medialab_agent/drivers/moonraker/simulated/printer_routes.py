"""Calls of the simulated Moonraker that concern itself and its machine."""

from typing import Any

from medialab_agent.drivers.moonraker.simulated.parts import VERSION, Call, Route, error, result
from medialab_agent.sdk.simulated_http import Reply

_UNREADY = "Printer is shutdown"


def _server_info(call: Call) -> Reply:
    klippy = call.parts.machine.klippy
    about = {"klippy_connected": klippy != "disconnected", "klippy_state": klippy, "moonraker_version": VERSION}
    return result({**about, "components": ["history", "job_queue"], "failed_components": [], "warnings": []})


def _printer_info(call: Call) -> Reply:
    about = {"state": call.parts.machine.klippy, "state_message": "", "app": "Klipper"}
    return result({**about, "hostname": call.parts.name, "software_version": "v0.13.0"})


def _access_info(call: Call) -> Reply:
    about = {"default_source": "moonraker", "available_sources": ["moonraker"]}
    return result({**about, "login_required": False, "trusted": call.parts.lets_in(call.ask.headers)})


def _item(call: Call) -> Reply:
    namespace, key = call.ask.query.get("namespace", ""), call.ask.query.get("key", "")
    if (namespace, key) not in call.parts.store.database:
        return error(404, f"Key '{key}' in namespace '{namespace}' not found")
    return result({"namespace": namespace, "key": key, "value": call.parts.store.database[namespace, key]})


def _objects(call: Call) -> Reply:
    return result({"objects": ["gcode", "toolhead", *call.parts.machine.status()]})


def wanted(status: dict[str, dict[str, Any]], objects: dict[str, list[str] | None]) -> dict[str, dict[str, Any]]:
    """What somebody asked for, of everything there is."""
    return {
        name: {field: value for field, value in status[name].items() if fields is None or field in fields}
        for name, fields in objects.items()
        if name in status
    }


def _query(call: Call) -> Reply:
    objects = {name: fields.split(",") if fields else None for name, fields in call.ask.query.items()}
    return result({"eventtime": call.parts.machine.now(), "status": wanted(call.parts.machine.status(), objects)})


def _script(call: Call) -> Reply:
    if "script" not in call.ask.query:
        return error(400, "No data for argument: script")
    if call.parts.machine.klippy != "ready":
        return error(400, _UNREADY)
    for line in call.ask.query["script"].splitlines():
        call.parts.machine.gcode(line)
    return result("ok")


def _start(call: Call) -> Reply:
    file = call.ask.query.get("filename", "")
    if call.parts.machine.has_job:
        return error(400, "SD busy")
    if ("gcodes", file) not in call.parts.store.files:
        return error(400, "Unable to open file")
    call.parts.machine.start(file, call.parts.store.files["gcodes", file])
    return result("ok")


def _pause(call: Call) -> Reply:
    call.parts.machine.pause()
    return result("ok")


def _cancel(call: Call) -> Reply:
    call.parts.machine.cancel()
    return result("ok")


def _stop(call: Call) -> Reply:
    call.parts.machine.shut_down()
    return result("ok")


def _restart(call: Call) -> Reply:
    call.parts.machine.restart()
    return result("ok")


def _shim(_: Call) -> Reply:
    return Reply.of({"server": "1.5.0", "api": "0.1", "text": f"OctoPrint (Moonraker {VERSION})"})


ROUTES = (
    Route("GET", "/server/info", _server_info),
    Route("GET", "/access/info", _access_info, public=True),
    Route("GET", "/server/database/item", _item),
    Route("GET", "/api/version", _shim),
    Route("GET", "/printer/info", _printer_info, klippy=True),
    Route("GET", "/printer/objects/list", _objects, klippy=True),
    Route("GET", "/printer/objects/query", _query, klippy=True),
    Route("POST", "/printer/gcode/script", _script, klippy=True),
    Route("POST", "/printer/print/start", _start, klippy=True),
    Route("POST", "/printer/print/pause", _pause, klippy=True),
    Route("POST", "/printer/print/cancel", _cancel, klippy=True),
    Route("POST", "/printer/emergency_stop", _stop, klippy=True),
    Route("POST", "/printer/firmware_restart", _restart, klippy=True),
)
