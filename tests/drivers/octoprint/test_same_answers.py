"""The simulator and the real OctoPrint answer a table of calls with the same status codes."""

import asyncio
from typing import Any

import pytest

from tests.drivers.octoprint.peers import GCODE, Peer

Row = tuple[str, str, str, dict[str, Any] | None, int]
NO_KEY: tuple[Row, ...] = (
    ("version without a key", "GET", "/api/version", None, 403),
    ("state without a key", "GET", "/api/printer", None, 403),
    ("files without a key", "GET", "/api/files", None, 403),
    ("delete without a key", "DELETE", "/api/files/local/a.gcode", None, 400),
    ("command without a key", "POST", "/api/job", {"command": "cancel"}, 400),
    ("discovery is public", "GET", "/plugin/discovery/discovery.xml", None, 200),
    ("pairing is public", "GET", "/plugin/appkeys/probe", None, 204),
    ("unknown request", "GET", "/plugin/appkeys/request/none", None, 404),
)
IDLE: tuple[Row, ...] = (
    ("version", "GET", "/api/version", None, 200),
    ("unknown path", "GET", "/api/none", None, 404),
    ("state", "GET", "/api/printer", None, 200),
    ("job", "GET", "/api/job", None, 200),
    ("profiles", "GET", "/api/printerprofiles", None, 200),
    ("connection", "GET", "/api/connection", None, 200),
    ("login", "POST", "/api/login", {"passive": True}, 200),
    ("unknown storage", "GET", "/api/files/none", None, 404),
    ("unselect nothing", "POST", "/api/files/local/current", {"command": "unselect"}, 409),
    ("cancel nothing", "POST", "/api/job", {"command": "cancel"}, 409),
    ("pause nothing", "POST", "/api/job", {"command": "pause"}, 409),
    ("unknown job command", "POST", "/api/job", {"command": "dance"}, 400),
    ("select a missing file", "POST", "/api/files/local/none.gcode", {"command": "select"}, 404),
    ("delete a missing file", "DELETE", "/api/files/local/none.gcode", None, 404),
    ("delete a missing movie", "DELETE", "/api/timelapse/none.mp4", None, 200),
    ("delete missing frames", "DELETE", "/api/timelapse/unrendered/none", None, 204),
    ("delete a missing profile", "DELETE", "/api/printerprofiles/none", None, 204),
    ("delete the profile in use", "DELETE", "/api/printerprofiles/_default", None, 409),
    ("read a missing profile", "GET", "/api/printerprofiles/none", None, 404),
    ("profile without a name", "POST", "/api/printerprofiles", {"profile": {"id": "x"}}, 400),
    ("chamber it does not have", "POST", "/api/printer/chamber", {"command": "target", "target": 0}, 409),
    ("tool it does not have", "POST", "/api/printer/tool", {"command": "target", "targets": {"tool7": 0}}, 204),
    ("target is a word", "POST", "/api/printer/bed", {"command": "target", "target": "hot"}, 400),
    ("bed off", "POST", "/api/printer/bed", {"command": "target", "target": 0}, 204),
    ("gcode", "POST", "/api/printer/command", {"commands": ["M220 S100"]}, 204),
    ("no gcode", "POST", "/api/printer/command", {}, 400),
    ("unknown profile to connect", "POST", "/api/connection", {"command": "connect", "printerProfile": "none"}, 400),
    ("revoke a missing key", "POST", "/api/plugin/appkeys", {"command": "revoke", "app": "None"}, 400),
)
PRINTING: tuple[Row, ...] = (
    ("start again", "POST", "/api/job", {"command": "start"}, 409),
    ("select another", "POST", "/api/files/local/t/b.gcode", {"command": "select"}, 409),
    ("unselect the running", "POST", "/api/files/local/current", {"command": "unselect"}, 409),
    ("delete the running", "DELETE", "/api/files/local/t/a.gcode", None, 409),
    ("delete its folder", "DELETE", "/api/files/local/t", None, 409),
    ("delete another", "DELETE", "/api/files/local/t/b.gcode", None, 204),
    ("home", "POST", "/api/printer/printhead", {"command": "home", "axes": ["x"]}, 409),
    ("cancel", "POST", "/api/job", {"command": "cancel"}, 204),
)
OFFLINE: tuple[Row, ...] = (
    ("state", "GET", "/api/printer", None, 409),
    ("job", "GET", "/api/job", None, 200),
    ("cancel", "POST", "/api/job", {"command": "cancel"}, 409),
    ("bed", "POST", "/api/printer/bed", {"command": "target", "target": 0}, 409),
    ("gcode", "POST", "/api/printer/command", {"commands": ["M107"]}, 409),
    ("home", "POST", "/api/printer/printhead", {"command": "home", "axes": ["x"]}, 409),
)


async def answers(peer: Peer, rows: tuple[Row, ...], key: bool = True) -> list[tuple[str, int]]:
    headers = {} if key else {"X-Api-Key": ""}
    return [
        (name, (await peer.admin.request(method, path, json=body, headers=headers)).status_code)
        for name, method, path, body, _ in rows
    ]


def expected(rows: tuple[Row, ...]) -> list[tuple[str, int]]:
    return [(row[0], row[4]) for row in rows]


async def until_state(peer: Peer, status: int) -> None:
    async with asyncio.timeout(30):
        while (await peer.admin.get("/api/printer")).status_code != status:
            await asyncio.sleep(0.1)


@pytest.mark.parametrize(("rows", "key"), [(NO_KEY, False), (IDLE, True)], ids=["no key", "idle"])
async def test_status_codes_of_a_resting_printer(peer: Peer, rows: tuple[Row, ...], key: bool) -> None:
    assert await answers(peer, rows, key) == expected(rows)


async def test_status_codes_while_printing(peer: Peer) -> None:
    await peer.upload("t/a.gcode", GCODE)
    await peer.upload("t/b.gcode", GCODE)
    await peer.start_print("t/a.gcode")
    async with asyncio.timeout(10):
        while not (await peer.get("/api/printer"))["state"]["flags"]["printing"]:
            await asyncio.sleep(0.05)
    assert await answers(peer, PRINTING) == expected(PRINTING)
    async with asyncio.timeout(30):
        while (await peer.admin.delete("/api/files/local/t")).status_code == 409:
            await asyncio.sleep(0.1)


async def test_status_codes_without_a_machine(peer: Peer) -> None:
    assert await peer.order("/api/connection", command="disconnect") == 204
    await until_state(peer, 409)
    assert await answers(peer, OFFLINE) == expected(OFFLINE)
    assert await peer.order("/api/connection", command="connect") == 204
    await until_state(peer, 200)
