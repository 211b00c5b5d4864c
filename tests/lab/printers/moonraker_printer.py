"""One real Moonraker as people use it: what a group leaves on it, and how it reads by its own account."""

from typing import Any

from tests.drivers.moonraker.peers import GCODE, OBJECTS
from tests.lab.road.printer import wait
from tests.peers.moonraker.rig import MoonrakerPeer


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
