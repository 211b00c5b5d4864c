"""A real Moonraker walks the whole road: announced, found, adopted, left hot, printing and full, reset, proven."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.drivers.moonraker.peers import GCODE, OBJECTS
from tests.lab.road.house import running
from tests.lab.road.ports import free_port
from tests.lab.road.printer import wait
from tests.peers.moonraker.rig import MoonrakerPeer
from tests.peers.octoprint.wire import Cable

pytestmark = [
    pytest.mark.root,
    pytest.mark.peers,
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.skipif(os.geteuid() != 0, reason="a network namespace needs root"),
]
HOST = "klipper-road"


class Printer:
    """What people do with one Moonraker, and what it says of itself."""

    def __init__(self, peer: MoonrakerPeer) -> None:
        self.peer = peer

    def get(self, path: str) -> Any:
        return self.peer.admin.get(path).raise_for_status().json()["result"]

    def upload(self, path: str, content: bytes = GCODE) -> None:
        folder, _, name = path.rpartition("/")
        data = {"root": "gcodes", "path": folder}
        self.peer.admin.post("/server/files/upload", files={"file": (name, content)}, data=data).raise_for_status()

    def post(self, path: str, **params: str) -> None:
        self.peer.admin.post(path, params=params).raise_for_status()

    def machine(self) -> Any:
        return self.get(OBJECTS)["status"]

    def leave_traces(self) -> None:
        """A group was here: files, a film, a queue, changed speed, and a print that is still running and hot."""
        self.upload("learners/klasse 3/Änne's würfel.gcode")
        self.upload("ben.gcode")
        self.upload("geheim.txt", b"nur fuer mich")
        self.upload("workshop/name.gcode", GCODE.replace(b"F600", b"F900"))
        (self.peer.base / "timelapse/anna_20261123.mp4").write_bytes(b"\0" * 100)
        self.post("/server/job_queue/job", filenames="ben.gcode")
        self.post("/printer/gcode/script", script="M106 S200\nM220 S150\nM221 S90")
        self.post("/printer/print/start", filename="ben.gcode")
        wait(lambda: self.machine()["extruder"]["temperature"] > 60, "it never got hot")
        wait(lambda: self.machine()["heater_bed"]["temperature"] > 45, "its bed never got hot")
        assert self.machine()["print_stats"]["state"] == "printing"

    def left(self) -> dict[str, Any]:
        """Everything a group may leave, by its own account; without the pictures Moonraker makes of print files."""
        now = self.machine()
        files = {
            str(path.relative_to(self.peer.base / root))
            for root in ("gcodes", "timelapse")
            for path in (self.peer.base / root).rglob("*")
            if ".thumbs" not in path.parts
        }
        return {
            "files": files,
            "listed": {file["path"] for file in self.get("/server/files/list?root=gcodes")},
            "job": (now["print_stats"]["state"], now["print_stats"]["filename"], now["virtual_sdcard"]["file_path"]),
            "targets": (now["extruder"]["target"], now["heater_bed"]["target"]),
            "factors": (now["gcode_move"]["speed_factor"], now["gcode_move"]["extrude_factor"], now["fan"]["speed"]),
            "history": self.get("/server/history/list")["jobs"],
            "queue": self.get("/server/job_queue/status")["queued_jobs"],
        }


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[Printer]:
    """Plugged in, not switched on."""
    peer = MoonrakerPeer(tmp_path / "moonraker", hostname=HOST, cable=Cable())
    try:
        peer.prepare()
        yield Printer(peer)
    finally:
        peer.stop()


def test_from_announcement_to_proof(tmp_path: Path, printer: Printer) -> None:
    env = {
        **os.environ,
        "MEDIALAB_SOURCES": "mdns",
        "MEDIALAB_DRIVER_ANDROID_ADB_ADB_PORT": str(free_port()),
        "MEDIALAB_DRIVER_ANDROID_ADB_ADB_AUTOSTART": "no",
    }
    printer.peer.launch()
    with running(tmp_path / "hub", "serve", "--with-agent", env=env) as house, house.set_up() as client:
        printer.peer.wait_ready()
        printer.upload("workshop/name.gcode")
        printer.upload("workshop/stays.gcode")
        device = adopt(client)
        printer.leave_traces()
        wait(lambda: row(client, device)["traces"] >= 3, "nobody noticed the traces")
        first = reset(client, device)
        assert first["outcome"] == "clean", [check for check in first["checks"] if check["result"] != "passed"]
        clean = printer.left()
        assert clean == {
            "files": {"workshop", "workshop/stays.gcode"},
            "listed": {"workshop/stays.gcode"},
            "job": ("standby", "", None),
            "targets": (0, 0),
            "factors": (1, 1, 0),
            "history": [],
            "queue": [],
        }
        now = printer.machine()
        assert now["extruder"]["temperature"] < 50 and now["heater_bed"]["temperature"] < 40
        again = reset(client, device)
        assert again["outcome"] == "clean"
        assert [step["id"] for step in again["steps"]] == ["bed-clear"], "the second reset did something"
        assert printer.left() == clean
        assert len([found for found in rows(client) if HOST in found["name"]]) == 1


def adopt(client: httpx.Client) -> str:
    """It is found, taken in, and its good state recorded."""

    def found() -> list[dict[str, Any]]:
        return [
            row
            for row in rows(client)
            if row["driver"] == "moonraker" and HOST in row["name"] and row["access"] == "ok"
        ]

    wait(lambda: bool(found()), "it was never found", 60)
    device = str(found()[0]["id"])
    client.post(
        "/api/v1/adoptions", json={"devices": [{"device": device}], "record_baseline": False}
    ).raise_for_status()
    wait(lambda: client.post(f"/api/v1/devices/{device}/baseline", json={}).is_success, "it cannot be recorded")
    wait(lambda: row(client, device)["status"] in {"used", "ready"}, "no good state recorded")
    return device


def reset(client: httpx.Client, device: str) -> dict[str, Any]:
    """Ask for it, tick off what a person has to do, wait for the end."""
    before = {job["id"] for job in jobs(client)}
    client.post(f"/api/v1/devices/{device}/reset", json={"grace_s": 0}).raise_for_status()
    (job,) = until(lambda: [job for job in jobs(client) if job["id"] not in before])

    def step() -> list[str]:
        return [step["id"] for step in detail(client, job["id"])["steps"] if step["state"] == "waiting_person"]

    (asked,) = until(step)
    client.post(f"/api/v1/jobs/{job['id']}/answers", json={"step": asked, "done": True}).raise_for_status()
    wait(lambda: detail(client, job["id"])["status"] == "succeeded", "the reset did not end well")
    return detail(client, job["id"])


def until(found: Callable[[], list[Any]], seconds: float = 90) -> list[Any]:
    """What is there as soon as something is."""
    end = time.monotonic() + seconds
    while not (answer := found()):
        assert time.monotonic() < end, "it never came"
        time.sleep(0.1)
    return answer


def rows(client: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/api/v1/devices").raise_for_status().json()["items"]
    return found


def row(client: httpx.Client, device: str) -> dict[str, Any]:
    return next(row for row in rows(client) if row["id"] == device)


def jobs(client: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/api/v1/jobs").raise_for_status().json()["items"]
    return found


def detail(client: httpx.Client, job: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/api/v1/jobs/{job}").raise_for_status().json()
    return found
