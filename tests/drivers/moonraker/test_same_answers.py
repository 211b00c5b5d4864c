"""The simulator and the real Moonraker answer a table of calls with the same status codes and shapes."""

from typing import Any

import pytest

from tests.drivers.moonraker.peers import GCODE, Peer

Row = tuple[str, str, dict[str, str], int, Any]
ITEM = {"action": str, "item": {"path": str, "root": str}}
NUMBER = (int, float)
MACHINE = {
    "eventtime": NUMBER,
    "status": {
        "webhooks": {"state": str},
        "print_stats": {"state": str, "filename": str, "print_duration": NUMBER},
        "virtual_sdcard": {"progress": NUMBER, "is_active": bool, "file_path": (str, type(None))},
        "pause_resume": {"is_paused": bool},
        "gcode_move": {"speed_factor": NUMBER, "extrude_factor": NUMBER, "homing_origin": [NUMBER]},
        "fan": {"speed": NUMBER},
        "heaters": {"available_heaters": [str]},
        "extruder": {"temperature": NUMBER, "target": NUMBER},
        "heater_bed": {"temperature": NUMBER, "target": NUMBER},
    },
}
QUERY = "/printer/objects/query?" + "&".join(MACHINE["status"])
PAUSED, NOT_PAUSED = ({"status": {"pause_resume": {"is_paused": {value}}}} for value in (True, False))
"""Klipper pauses although nothing is printed; only a cancel ends that."""
QUEUE = {"queued_jobs": [{"filename": str, "job_id": str}], "queue_state": str}
FOLDER = {
    "dirs": [{"dirname": str, "size": int, "permissions": str}],
    "files": [{"filename": str, "size": int, "permissions": str}],
    "disk_usage": {"free": int},
    "root_info": {"name": str, "permissions": str},
}
READ: tuple[Row, ...] = (
    ("GET", "/server/info", {}, 200, {"klippy_connected": bool, "klippy_state": str, "moonraker_version": str}),
    ("GET", "/access/info", {}, 200, {"default_source": str, "available_sources": [str]}),
    ("GET", "/printer/info", {}, 200, {"state": str, "hostname": str, "software_version": str}),
    ("GET", "/printer/objects/list", {}, 200, {"objects": [str]}),
    ("GET", QUERY, {}, 200, MACHINE),
    ("GET", "/printer/objects/query?none", {}, 200, {"status": {}}),
    ("GET", "/printer/objects/query?configfile=config,settings", {}, 200, {"status": {"configfile": {"config": dict}}}),
    ("GET", "/server/database/item", {"namespace": "moonraker", "key": "instance_id"}, 200, {"value": str}),
    ("GET", "/server/database/item", {"namespace": "none", "key": "none"}, 404, None),
    ("GET", "/server/files/roots", {}, 200, [{"name": str, "permissions": str}]),
    ("GET", "/server/files/list", {"root": "gcodes"}, 200, [{"path": str, "size": int}]),
    ("GET", "/server/files/list", {"root": "none"}, 400, None),
    ("GET", "/server/files/directory", {"path": "gcodes"}, 200, FOLDER),
    ("GET", "/server/files/directory", {"path": "gcodes/none"}, 400, None),
    ("GET", "/server/files/gcodes/none.gcode", {}, 404, None),
    ("GET", "/server/history/list", {"limit": "10"}, 200, {"count": int, "jobs": [dict]}),
    ("GET", "/server/job_queue/status", {}, 200, QUEUE),
    ("GET", "/server/none", {}, 404, None),
)
CHANGE: tuple[Row, ...] = (
    ("DELETE", "/server/files/gcodes/none.gcode", {}, 400, None),
    ("DELETE", "/server/files/none/none.gcode", {}, 404, None),
    ("DELETE", "/server/files/logs/none.log", {}, 405, None),
    ("DELETE", "/server/files/timelapse_frames/anna_20261123.mp4", {}, 405, None),
    ("DELETE", "/server/files/timelapse/anna_20261123.mp4", {}, 200, ITEM),
    ("DELETE", "/server/files/directory", {"path": "gcodes/none", "force": "true"}, 400, None),
    ("DELETE", "/server/files/directory", {"path": "gcodes", "force": "true"}, 400, None),
    ("DELETE", "/server/files/directory", {"path": "gcodes/empty", "force": "true"}, 200, ITEM),
    ("POST", "/server/job_queue/job", {"filenames": "none.gcode"}, 400, None),
    ("POST", "/server/job_queue/job", {"filenames": "t/a.gcode"}, 200, QUEUE),
    ("DELETE", "/server/job_queue/job", {"all": "true"}, 200, {"queued_jobs": [], "queue_state": str}),
    ("DELETE", "/server/history/job", {"all": "true"}, 200, {"deleted_jobs": [str]}),
    ("DELETE", "/server/history/job", {}, 400, None),
    ("POST", "/printer/gcode/script", {"script": "M220 S100\nM107"}, 200, str),
    ("POST", "/printer/gcode/script", {"script": "SDCARD_RESET_FILE"}, 200, str),
    ("POST", "/printer/gcode/script", {}, 400, None),
    ("POST", "/printer/print/pause", {}, 200, str),
    ("GET", "/printer/objects/query?pause_resume", {}, 200, PAUSED),
    ("POST", "/printer/print/cancel", {}, 200, str),
    ("GET", "/printer/objects/query?pause_resume", {}, 200, NOT_PAUSED),
    ("POST", "/printer/print/start", {"filename": "none.gcode"}, 400, None),
    ("GET", "/printer/print/start", {"filename": "none.gcode"}, 405, None),
)
PRINTING: tuple[Row, ...] = (
    ("POST", "/printer/print/start", {"filename": "t/b.gcode"}, 400, None),
    ("DELETE", "/server/files/gcodes/t/a.gcode", {}, 403, None),
    ("DELETE", "/server/files/directory", {"path": "gcodes/t", "force": "true"}, 403, None),
    ("DELETE", "/server/files/gcodes/t/b.gcode", {}, 200, ITEM),
    ("POST", "/printer/print/pause", {}, 200, str),
    ("POST", "/printer/print/cancel", {}, 200, str),
)


def fits(value: Any, shape: Any) -> bool:
    """Whether an answer has at least these parts."""
    if isinstance(shape, dict):
        return isinstance(value, dict) and all(key in value and fits(value[key], part) for key, part in shape.items())
    if isinstance(shape, set):
        return value in shape
    if isinstance(shape, list):
        return isinstance(value, list) and all(fits(part, shape[0]) for part in (value if shape else []))
    return isinstance(value, shape)


async def differences(peer: Peer, rows: tuple[Row, ...]) -> list[str]:
    """What is answered otherwise than the table says."""
    found = []
    for method, path, params, status, shape in rows:
        answer = await peer.admin.request(method, path, params=params or None)
        body = answer.json() if answer.headers.get("content-type", "").startswith("application/json") else {}
        if answer.status_code != status:
            found.append(f"{method} {path} {params}: {answer.status_code}, not {status}")
        elif shape is not None and not fits(body.get("result"), shape):
            found.append(f"{method} {path} {params}: {answer.text[:400]}")
        elif shape is None and not fits(body.get("error"), {"code": int, "message": str}):
            found.append(f"{method} {path} {params}: an error of another kind, {answer.text[:200]}")
    return found


async def test_what_is_read(peer: Peer) -> None:
    await peer.upload("t/a.gcode")
    assert await differences(peer, READ) == []


async def test_what_is_changed_while_it_rests(peer: Peer) -> None:
    await peer.upload("t/a.gcode")
    await peer.upload("empty/x.txt", b"x")
    peer.film()
    peer.film("timelapse_frames")
    found = await differences(peer, CHANGE)
    peer.forget_frames()
    assert found == []


async def test_what_is_changed_while_it_prints(peer: Peer) -> None:
    await peer.gcode("SDCARD_RESET_FILE", "TURN_OFF_HEATERS")
    cold = GCODE.replace(b"M104 S90", b"M104 S0").replace(b"M140 S55", b"M140 S0")
    await peer.upload("t/a.gcode", cold)
    await peer.upload("t/b.gcode", cold)
    await peer.start_print("t/a.gcode")
    await peer.until(lambda machine: machine["print_stats"]["state"] == "printing")
    assert await differences(peer, PRINTING) == []
    await peer.until(lambda machine: machine["print_stats"]["state"] == "cancelled")
    await peer.gcode("SDCARD_RESET_FILE")
    await peer.until(lambda machine: machine["print_stats"]["state"] == "standby")


async def test_an_upload_that_is_not_what_it_says_is_refused(peer: Peer) -> None:
    data = {"root": "gcodes", "checksum": "0" * 64}
    answer = await peer.admin.post("/server/files/upload", files={"file": ("x.gcode", b"G28")}, data=data)
    assert answer.status_code == 422
    assert "x.gcode" not in await peer.paths()


async def test_both_imitate_octoprint(peer: Peer) -> None:
    answer = (await peer.admin.get("/api/version")).json()
    assert answer["text"] == "OctoPrint (Moonraker 0.11.0)"


@pytest.mark.parametrize("key", [None, "wrong-key-of-32-characters-000000"])
async def test_a_wrong_key_is_refused_even_where_none_is_needed(peer: Peer, key: str | None) -> None:
    headers = {"X-Api-Key": key} if key else {}
    assert (await peer.admin.get("/server/info", headers=headers)).status_code == (401 if key else 200)
    assert (await peer.admin.get("/access/info", headers={})).status_code == 200
