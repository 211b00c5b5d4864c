"""The simulated interface, first half: version, access, state, job and machine (octoprint/server/api, 1.11.8)."""

from xml.sax.saxutils import escape

from medialab_agent.drivers.octoprint.simulated.parts import EMPTY, VERSION, Call, Route, error
from medialab_agent.sdk.simulated_http import Reply


def _version(_: Call) -> Reply:
    return Reply.of({"api": "0.1", "server": VERSION, "text": f"OctoPrint {VERSION}"})


def _discovery(call: Call) -> Reply:
    device = (
        f"<friendlyName>{escape(call.parts.name)}</friendlyName><manufacturer>The OctoPrint Project</manufacturer>"
        f"<UDN>uuid:{call.parts.uuid}</UDN>"
    )
    xml = f'<?xml version="1.0"?>\n<root xmlns="urn:schemas-upnp-org:device-1-0"><device>{device}</device></root>'
    return Reply(200, xml.encode(), {"Content-Type": "application/xml"})


def _probe(_: Call) -> Reply:
    return EMPTY


def _request(call: Call) -> Reply:
    app = call.ask.json().get("app")
    if not isinstance(app, str):
        return error(400, "No app name provided")
    token = call.parts.access.request(app)
    if token is None:
        return error(429, "You have made too many app key requests. Please try again later.")
    return Reply.of({"app_token": token, "auth_dialog": ""}, 201, Location=f"/plugin/appkeys/request/{token}")


def _poll(call: Call) -> Reply:
    status, key = call.parts.access.poll(call.args["token"])
    return Reply.of({"api_key": key} if key else {"message": "Awaiting decision"}, status)


def _decide(call: Call) -> Reply:
    return EMPTY if call.parts.access.decide(call.args["token"], bool(call.ask.json().get("decision"))) else error(404)


def _appkeys(call: Call) -> Reply:
    keys = [{"app_id": app, "user_id": "admin"} for app in call.parts.access.keys]
    return Reply.of({"keys": keys, "pending": call.parts.access.pending()})


def _appkeys_command(call: Call) -> Reply:
    body = call.ask.json()
    app = str(body.get("app", ""))
    if body.get("command") == "generate":
        return Reply.of({"user_id": "admin", "app_id": app, "api_key": call.parts.access.generate(app)})
    if body.get("command") != "revoke" or call.parts.access.keys.pop(app, None) is None:
        return error(400)
    return EMPTY


def _login(call: Call) -> Reply:
    return Reply.of({"name": "admin", "session": call.parts.access.login()})


def _state(call: Call) -> Reply:
    machine = call.parts.machine
    if not machine.connected:
        return error(409, "Printer is not operational")
    heaters = {n: {"actual": round(h.actual, 2), "target": h.target, "offset": 0} for n, h in machine.heaters().items()}
    return Reply.of({"state": {"text": machine.word(), "flags": machine.flags(), "error": ""}, "temperature": heaters})


def _job(call: Call) -> Reply:
    origin, path = call.parts.machine.selected or (None, None)
    completion = call.parts.machine.completion()
    left = None if completion is None else int(600 - completion * 6)
    return Reply.of(
        {
            "job": {"file": {"origin": origin, "path": path, "name": path and path.rpartition("/")[2]}},
            "progress": {"completion": completion, "printTimeLeft": left},
            "state": call.parts.machine.word(),
        }
    )


def _job_command(call: Call) -> Reply:
    machine, command = call.parts.machine, call.ask.json().get("command")
    if not machine.connected:
        return error(409, "Printer is not operational")
    if command not in {"start", "restart", "pause", "cancel"}:
        return error(400, "command is invalid")
    if command == "start":
        if machine.has_job:
            return error(409, "Printer already has an active print job, did you mean 'restart'?")
        if machine.selected is not None:
            machine.start(call.parts.store.files.get(machine.selected, b""))
        return EMPTY
    if not machine.has_job or (command == "restart" and not machine.is_paused):
        return error(409, "Printer is neither printing nor paused")
    if command == "cancel":
        machine.cancel()
    elif command == "pause":
        action = call.ask.json().get("action", "toggle")
        machine.pause(not machine.is_paused if action == "toggle" else action == "pause")
    return EMPTY


def _heater(call: Call) -> Reply:
    body, name = call.ask.json(), call.args["name"]
    if not call.parts.machine.connected:
        return error(409, "Printer is not operational")
    if name == "chamber":
        return error(409, "Printer does not have a heated chamber")
    targets = body.get("targets") if name == "tool" else {"bed": body.get("target")}
    if body.get("command") != "target" or not isinstance(targets, dict):
        return error(400, "command is invalid")
    if not all(isinstance(value, int | float) for value in targets.values()):
        return error(400, "target is invalid")
    for heater, value in targets.items():
        call.parts.machine.set_target(heater, value)
    return EMPTY


def _head(call: Call) -> Reply:
    if call.ask.json().get("command") not in {"jog", "home", "feedrate"}:
        return error(400, "command is invalid")
    if not call.parts.machine.connected or call.parts.machine.is_printing:
        return error(409, "Printer is not operational or currently printing")
    call.parts.machine.gcode("G28")
    return EMPTY


def _gcode(call: Call) -> Reply:
    body = call.ask.json()
    if not call.parts.machine.connected:
        return error(409, "Printer is not operational")
    lines = body.get("commands", [body.get("command")])
    if not isinstance(lines, list) or lines == [None]:
        return error(400, "Need one of 'command', 'commands' or 'script'")
    for line in lines:
        call.parts.machine.gcode(str(line))
    return EMPTY


def _connection(call: Call) -> Reply:
    current = {"state": call.parts.machine.word(), "port": "VIRTUAL", "baudrate": 115200}
    return Reply.of({"current": {**current, "printerProfile": call.parts.store.selected}, "options": {}})


def _connect(call: Call) -> Reply:
    body = call.ask.json()
    if body.get("command") not in {"connect", "disconnect", "fake_ack"}:
        return error(400, "command is invalid")
    wanted = body.get("printerProfile", call.parts.store.selected)
    if wanted not in call.parts.store.profiles:
        return error(400, "printerProfile is invalid")
    call.parts.store.selected = wanted
    call.parts.machine.connect(body["command"] != "disconnect")
    return EMPTY


ROUTES = (
    Route("GET", "/plugin/discovery/discovery.xml", _discovery, public=True),
    Route("GET", "/plugin/appkeys/probe", _probe, public=True),
    Route("POST", "/plugin/appkeys/request", _request, public=True),
    Route("GET", "/plugin/appkeys/request/(?P<token>[^/]+)", _poll, public=True),
    Route("POST", "/plugin/appkeys/decision/(?P<token>[^/]+)", _decide),
    Route("GET", "/api/plugin/appkeys", _appkeys),
    Route("POST", "/api/plugin/appkeys", _appkeys_command),
    Route("POST", "/api/login", _login),
    Route("GET", "/api/version", _version),
    Route("GET", "/api/printer", _state),
    Route("GET", "/api/job", _job),
    Route("POST", "/api/job", _job_command),
    Route("POST", "/api/printer/(?P<name>tool|bed|chamber)", _heater),
    Route("POST", "/api/printer/printhead", _head),
    Route("POST", "/api/printer/command", _gcode),
    Route("GET", "/api/connection", _connection),
    Route("POST", "/api/connection", _connect),
)
