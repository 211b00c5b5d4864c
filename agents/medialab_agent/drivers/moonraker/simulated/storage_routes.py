"""Calls of the simulated Moonraker that concern what it keeps: files, history, queue."""

import hashlib
import posixpath

from medialab_agent.drivers.moonraker.simulated.parts import Call, Parts, Route, error, result
from medialab_agent.drivers.moonraker.simulated.store import ROOTS
from medialab_agent.sdk.simulated_http import Reply
from medialab_agent.sdk.simulator import Fault

RESIDUE = "always_there.mp4"
"""The film that stays however often it is deleted."""


def _changed(parts: Parts, action: str, root: str, path: str) -> dict[str, object]:
    item = {"path": path, "root": root, "size": 0, "modified": 0, "permissions": ""}
    parts.tell("notify_filelist_changed", [{"action": action, "item": item}])
    return {"action": action, "item": item}


def _in_use(parts: Parts, root: str, path: str) -> bool:
    file = parts.machine.file
    return root == "gcodes" and parts.machine.has_job and (file == path or file.startswith(f"{path}/"))


def _roots(_: Call) -> Reply:
    return result([{"name": n, "path": f"/printer/{n}", "permissions": "rw" if w else "r"} for n, w in ROOTS.items()])


def _list(call: Call) -> Reply:
    root = call.ask.query.get("root", "gcodes")
    return result(call.parts.store.listing(root)) if root in ROOTS else error(400, "Failed to build file list")


def _place(call: Call) -> tuple[str, str]:
    root, _, path = posixpath.normpath(call.ask.query.get("path", "gcodes")).strip("/").partition("/")
    return root, path


def _directory(call: Call) -> Reply:
    root, path = _place(call)
    if not call.parts.store.has_folder(root, path):
        return error(400, "Directory does not exist")
    return result(call.parts.store.directory(root, path))


def _delete_directory(call: Call) -> Reply:
    root, path = _place(call)
    if not path or not call.parts.store.has_folder(root, path):
        return error(400, "Directory does not exist")
    if not ROOTS[root]:
        return error(405, "Operation Not Supported")
    if _in_use(call.parts, root, path):
        return error(403, "File currently in use")
    if Fault.REFUSE in call.parts.faults:
        return error(500, "Read-only file system")
    call.parts.store.remove_folder(root, path)
    return result(_changed(call.parts, "delete_dir", root, path))


def _upload(call: Call) -> Reply:
    form = {name: content for name, content in call.ask.form().items() if name != "file"}
    name, content = call.ask.form().get("file", ("", b""))
    if not name:
        return error(400, "Multipart filename omitted")
    told = {key: value.decode(errors="replace") for key, (_, value) in form.items()}
    if told.get("checksum", sum_of(content)).lower() != sum_of(content):
        return error(422, "File checksum mismatch")
    root, path = told.get("root", "gcodes"), f"{told.get('path', '').strip('/')}/{name}".strip("/")
    if not ROOTS.get(root):
        return error(400, f"Root {root} not available")
    if _in_use(call.parts, root, path):
        return error(403, "File is loaded, upload not permitted")
    call.parts.store.put(root, path, content)
    return Reply.of({**_changed(call.parts, "create_file", root, path), "print_started": False}, 201)


def sum_of(content: bytes) -> str:
    """SHA-256."""
    return hashlib.sha256(content).hexdigest()


def _download(call: Call) -> Reply:
    content = call.parts.store.files.get((call.args["root"], call.args["path"]))
    return error(404, "File not found") if content is None else Reply(200, content, {"Content-Type": "text/plain"})


def _delete(call: Call) -> Reply:
    root, path = call.args["root"], call.args["path"]
    if not ROOTS.get(root):
        return error(405 if root in ROOTS else 404, "Path not available for DELETE")
    if (root, path) not in call.parts.store.files:
        return error(400, f"Invalid file path: {root}/{path}")
    if _in_use(call.parts, root, path):
        return error(403, "File currently in use")
    if Fault.REFUSE in call.parts.faults:
        return error(500, "Read-only file system")
    if path != RESIDUE:
        del call.parts.store.files[root, path]
    return result(_changed(call.parts, "delete_file", root, path))


def _history(call: Call) -> Reply:
    jobs = call.parts.store.history[: int(call.ask.query.get("limit", "50"))]
    return result({"count": len(jobs), "jobs": jobs})


def _forget_history(call: Call) -> Reply:
    if call.ask.query.get("all") != "true":
        return error(400, "No data for argument: uid")
    gone = [job["job_id"] for job in call.parts.store.history]
    call.parts.store.history.clear()
    return result({"deleted_jobs": gone})


def _queue(call: Call) -> Reply:
    jobs = [{"filename": file, "job_id": f"{n:016X}"} for n, file in enumerate(call.parts.store.queue)]
    return result({"queued_jobs": jobs, "queue_state": "paused"})


def _add_to_queue(call: Call) -> Reply:
    files = [file for file in call.ask.query.get("filenames", "").split(",") if file]
    if not files or any(("gcodes", file) not in call.parts.store.files for file in files):
        return error(400, "Gcode File does not exist")
    call.parts.store.queue += files
    return _told_queue(call)


def _forget_queue(call: Call) -> Reply:
    if call.ask.query.get("all") == "true":
        call.parts.store.queue.clear()
    return _told_queue(call)


def _told_queue(call: Call) -> Reply:
    call.parts.tell("notify_job_queue_changed", [{"action": "state_changed"}])
    return _queue(call)


_FILE = "/server/files/(?P<root>[^/]+)/(?P<path>.+)"
ROUTES = (
    Route("GET", "/server/files/roots", _roots),
    Route("GET", "/server/files/list", _list),
    Route("GET", "/server/files/directory", _directory),
    Route("DELETE", "/server/files/directory", _delete_directory),
    Route("POST", "/server/files/upload", _upload),
    Route("GET", _FILE, _download),
    Route("DELETE", _FILE, _delete),
    Route("GET", "/server/history/list", _history),
    Route("DELETE", "/server/history/job", _forget_history),
    Route("GET", "/server/job_queue/status", _queue),
    Route("POST", "/server/job_queue/job", _add_to_queue),
    Route("DELETE", "/server/job_queue/job", _forget_queue),
)
