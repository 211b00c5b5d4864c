"""The two peers every contract scenario runs against; both are reached only over their own HTTP API."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import httpx

from medialab_agent.drivers.moonraker.simulator import MoonrakerSimulator
from medialab_wire.sightings import Sighting
from tests.peers.moonraker.rig import MoonrakerPeer

GCODE = b"M104 S90\nM140 S55\n" + b"".join(b"G1 X%d Y%d F600\n" % (n % 90, n % 80) for n in range(600))
OBJECTS = "/printer/objects/query?print_stats&virtual_sdcard&gcode_move&fan&extruder&heater_bed&display_status"


class Peer(ABC):
    """A printer, and what people do with it in Mainsail."""

    admin: httpx.AsyncClient

    @abstractmethod
    def sighting(self) -> Sighting:
        """How discovery sees it."""

    @abstractmethod
    def film(self, root: str = "timelapse") -> None:
        """Leave a film, or a single picture, as a camera does."""

    @abstractmethod
    def forget_frames(self) -> None:
        """Restart the printer's computer, as far as its single pictures are concerned."""

    async def get(self, path: str, /, **params: str) -> Any:
        answer = await self.admin.get(path, params=params or None)
        assert answer.status_code == 200, answer.text[:300]
        return answer.json()["result"]

    async def post(self, path: str, /, **params: str) -> int:
        return (await self.admin.post(path, params=params)).status_code

    async def gcode(self, *lines: str) -> None:
        assert await self.post("/printer/gcode/script", script="\n".join(lines)) == 200

    async def upload(self, path: str, content: bytes = GCODE, root: str = "gcodes") -> None:
        folder, _, name = path.rpartition("/")
        data = {"root": root, "path": folder}
        answer = await self.admin.post("/server/files/upload", files={"file": (name, content)}, data=data)
        assert answer.status_code == 201, answer.text[:300]

    async def start_print(self, path: str) -> None:
        assert await self.post("/printer/print/start", filename=path) == 200

    async def machine(self) -> dict[str, dict[str, Any]]:
        """Klipper's own account."""
        status: dict[str, dict[str, Any]] = (await self.get(OBJECTS))["status"]
        return status

    async def until(self, holds: Callable[[dict[str, dict[str, Any]]], bool], seconds: float = 40) -> None:
        async with asyncio.timeout(seconds):
            while not holds(await self.machine()):
                await asyncio.sleep(0.1)

    async def paths(self, root: str = "gcodes") -> set[str]:
        """Files and folders of a root; the pictures Moonraker makes of print files left out."""
        found, waiting = set[str](), [root]
        while waiting:
            here = waiting.pop()
            listing = await self.get("/server/files/directory", path=here)
            waiting += [f"{here}/{entry['dirname']}" for entry in listing["dirs"] if entry["dirname"] != ".thumbs"]
            found |= {f"{here}/{entry['filename']}" for entry in listing["files"]} | {here}
        return {path.removeprefix(f"{root}/") for path in found} - {root}


def manual(host: str, port: int) -> Sighting:
    facts = {"scheme": "moonraker", "address": host, "port": str(port)}
    return Sighting(source="manual", key=f"moonraker://{host}:{port}", facts=facts)


class RealPeer(Peer):
    """Moonraker itself."""

    def __init__(self, peer: MoonrakerPeer) -> None:
        self.peer = peer
        self.admin = httpx.AsyncClient(base_url=peer.url, timeout=60, trust_env=False)

    def sighting(self) -> Sighting:
        return manual(self.peer.host, self.peer.port)

    def film(self, root: str = "timelapse") -> None:
        (self.peer.base / root / "anna_20261123.mp4").write_bytes(b"\0" * 100)

    def forget_frames(self) -> None:
        for path in (self.peer.base / "timelapse_frames").iterdir():
            path.unlink()


class SimulatedPeer(Peer):
    """The simulator, reached like the real one."""

    def __init__(self, simulator: MoonrakerSimulator) -> None:
        self.simulator = simulator
        base = f"http://127.0.0.1:{simulator.port}"
        self.admin = httpx.AsyncClient(base_url=base, timeout=20, trust_env=False)

    def sighting(self) -> Sighting:
        return self.simulator.sighting()

    def film(self, root: str = "timelapse") -> None:
        self.simulator.parts.store.put(root, "anna_20261123.mp4", b"\0" * 100)

    def forget_frames(self) -> None:
        files = self.simulator.parts.store.files
        for place in [place for place in files if place[0] == "timelapse_frames"]:
            del files[place]
