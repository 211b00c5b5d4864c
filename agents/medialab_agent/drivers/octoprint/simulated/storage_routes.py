"""The simulated interface, second half: files, timelapses, profiles (octoprint/server/api, 1.11.8)."""

from typing import Any

from medialab_agent.drivers.octoprint.simulated.parts import EMPTY, Call, Parts, Route, error
from medialab_agent.drivers.octoprint.simulated.store import FREE
from medialab_agent.sdk.simulated_http import Ask, Reply
from medialab_agent.sdk.simulator import Fault

RESIDUE = "unlöschbar.mp4"
"""The movie that stays however often it is deleted."""


def _tagged(parts: Parts, ask: Ask, value: Any) -> Reply:
    tag = parts.store.etag(value)
    if ask.headers.get("if-none-match") == tag and ask.query.get("force") != "true":
        return Reply(304, headers={"ETag": tag})
    return Reply.of(value, ETag=tag)


def _files(call: Call) -> Reply:
    origin = call.args["origin"]
    if origin not in {None, "local", "sdcard"}:
        return error(404)
    return _tagged(call.parts, call.ask, {"files": call.parts.store.listing(origin), "free": FREE, "total": 2 * FREE})


def _upload(call: Call) -> Reply:
    form = call.ask.form()
    folder = form.get("path", ("", b""))[1].decode(errors="replace").strip("/")
    if "foldername" in form:
        name = form["foldername"][1].decode(errors="replace")
        path = f"{folder}/{name}".strip("/")
        call.parts.store.add_folder(path)
        call.parts.tell("FolderAdded", {"path": path})
        return Reply.of({"folder": {"path": path, "origin": "local"}, "done": True}, 201)
    if "file" not in form or not form["file"][0]:
        return error(400, "No file to upload and no folder to create")
    path = f"{folder}/{form['file'][0]}".strip("/")
    if _in_use(call.parts, "local", path):
        return error(409, "Trying to overwrite file that is currently being printed")
    call.parts.store.put(path, form["file"][1])
    call.parts.tell("FileAdded", {"path": path})
    idle = call.parts.machine.connected and not call.parts.machine.has_job
    wants = {name: form.get(name, ("", b""))[1] == b"true" and idle for name in ("select", "print")}
    if any(wants.values()):
        _choose(call.parts, ("local", path), wants["print"])
    about = {"local": {"path": path, "origin": "local"}}
    return Reply.of(
        {"files": about, "done": True, "effectiveSelect": wants["select"], "effectivePrint": wants["print"]}, 201
    )


def _choose(parts: Parts, file: tuple[str, str], start: bool) -> None:
    parts.machine.selected = file
    parts.tell("FileSelected", {"origin": file[0], "path": file[1]})
    if start:
        parts.machine.start(parts.store.files.get(file, b""))


def _in_use(parts: Parts, origin: str, path: str) -> bool:
    chosen = parts.machine.selected
    if chosen is None or not parts.machine.has_job:
        return False
    return chosen == (origin, path) or (chosen[0] == origin and chosen[1].startswith(path + "/"))


def _file_command(call: Call) -> Reply:
    origin, path, body = call.args["origin"], call.args["path"], call.ask.json()
    if body.get("command") == "unselect":
        if call.parts.machine.has_job or call.parts.machine.selected is None:
            return error(409, "Cannot unselect current file")
        if path not in {"current", call.parts.machine.selected[1]}:
            return error(400, "Only the currently selected file can be unselected")
        call.parts.machine.selected = None
        call.parts.tell("FileDeselected", {})
        return EMPTY
    if body.get("command") != "select":
        return error(400, "command is invalid")
    if (origin, path) not in call.parts.store.files:
        return error(404)
    if call.parts.machine.has_job or not call.parts.machine.connected:
        return error(409, "Printer is already printing, cannot select a new file")
    _choose(call.parts, (origin, path), body.get("print") is True)
    return EMPTY


def _delete_file(call: Call) -> Reply:
    origin, path = call.args["origin"], call.args["path"]
    if (origin, path) not in call.parts.store.files and path not in call.parts.store.folders:
        return error(404)
    if _in_use(call.parts, origin, path):
        return error(409, "Trying to delete a file that is currently in use")
    if Fault.REFUSE in call.parts.faults:
        return error(500, "Read-only file system")
    call.parts.store.remove(origin, path)
    if call.parts.machine.selected is not None and call.parts.machine.selected not in call.parts.store.files:
        call.parts.machine.selected = None
    call.parts.tell("FileRemoved", {"path": path})
    return EMPTY


def _download(call: Call) -> Reply:
    content = call.parts.store.files.get(("local", call.args["path"]))
    return error(404) if content is None else Reply(200, content, {"Content-Type": "application/octet-stream"})


def _timelapse(call: Call) -> Reply:
    return _tagged(
        call.parts,
        call.ask,
        call.parts.store.timelapses(call.ask.query.get("unrendered") == "true", call.parts.machine.now()),
    )


def _delete_movie(call: Call) -> Reply:
    if call.args["name"] != RESIDUE:
        call.parts.store.movies = [movie for movie in call.parts.store.movies if movie != call.args["name"]]
    return Reply.of(call.parts.store.timelapses(False, call.parts.machine.now()))


def _delete_frames(call: Call) -> Reply:
    call.parts.store.frames.pop(call.args["name"], None)
    return EMPTY


def _profiles(call: Call) -> Reply:
    return _tagged(call.parts, call.ask, {"profiles": call.parts.store.listed_profiles()})


def _profile(call: Call) -> Reply:
    found = call.parts.store.listed_profiles().get(call.args["name"])
    return error(404) if found is None else Reply.of(found)


def _add_profile(call: Call) -> Reply:
    profile = call.ask.json().get("profile")
    if not isinstance(profile, dict) or not profile.get("id") or not profile.get("name"):
        return error(400, "profile is missing")
    if profile["id"] in call.parts.store.profiles:
        return error(400, "Profile already exists and overwriting was not allowed")
    call.parts.store.change_profile(profile["id"], profile)
    return Reply.of({"profile": call.parts.store.listed_profiles()[profile["id"]]})


def _change_profile(call: Call) -> Reply:
    profile = call.ask.json().get("profile")
    if not isinstance(profile, dict):
        return error(400, "profile missing")
    call.parts.store.change_profile(call.args["name"], profile)
    return Reply.of({"profile": call.parts.store.listed_profiles()[call.args["name"]]})


def _delete_profile(call: Call) -> Reply:
    if call.args["name"] in {call.parts.store.selected, call.parts.store.default}:
        return error(409, "Cannot delete currently selected profile")
    call.parts.store.profiles.pop(call.args["name"], None)
    return EMPTY


_FILE = "/api/files/(?P<origin>[^/]+)/(?P<path>.+)"
_PROFILE = "/api/printerprofiles/(?P<name>[^/]+)"
ROUTES = (
    Route("GET", "/api/files(/(?P<origin>[^/]+))?", _files),
    Route("POST", "/api/files/local", _upload),
    Route("POST", _FILE, _file_command),
    Route("DELETE", _FILE, _delete_file),
    Route("GET", "/downloads/files/local/(?P<path>.+)", _download),
    Route("GET", "/api/timelapse", _timelapse),
    Route("DELETE", "/api/timelapse/unrendered/(?P<name>[^/]+)", _delete_frames),
    Route("DELETE", "/api/timelapse/(?P<name>[^/]+)", _delete_movie),
    Route("GET", "/api/printerprofiles", _profiles),
    Route("POST", "/api/printerprofiles", _add_profile),
    Route("GET", _PROFILE, _profile),
    Route("PATCH", _PROFILE, _change_profile),
    Route("DELETE", _PROFILE, _delete_profile),
)
