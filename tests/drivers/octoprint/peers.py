"""The two peers every contract scenario runs against; both are reached only over their own HTTP API."""

import asyncio
from abc import ABC, abstractmethod
from typing import Any

import httpx

from medialab_agent.drivers.octoprint.simulated.access import ADMIN_KEY
from medialab_agent.drivers.octoprint.simulator import OctoPrintSimulator
from medialab_wire.sightings import Sighting
from tests.peers.octoprint.rig import OctoPrintPeer

GCODE = b"G28\nM104 S70\n" + b"".join(b"G1 X%d Y%d F3000\nG4 P200\n" % (n % 90, n % 80) for n in range(400))


class Peer(ABC):
    """A printer, and what a person does with it in OctoPrint's own web page."""

    admin: httpx.AsyncClient

    @abstractmethod
    def sighting(self) -> Sighting:
        """How discovery sees it."""

    @abstractmethod
    def film(self) -> None:
        """Leave a finished timelapse and the frames of an unfinished one, as a camera does."""

    @abstractmethod
    async def put_on_card(self, name: str) -> None:
        """Leave a file on the printer's memory card."""

    async def get(self, path: str, **params: str) -> Any:
        answer = await self.admin.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def upload(self, path: str, content: bytes = GCODE) -> None:
        folder, _, name = path.rpartition("/")
        answer = await self.admin.post("/api/files/local", files={"file": (name, content)}, data={"path": folder})
        assert answer.status_code == 201, answer.text

    async def order(self, path: str, **body: Any) -> int:
        return (await self.admin.post(path, json=body)).status_code

    async def start_print(self, path: str) -> None:
        assert await self.order(f"/api/files/local/{path}", command="select", print=True) == 204

    async def paths(self) -> set[str]:
        def walk(entries: list[Any]) -> set[str]:
            return {e["path"] for e in entries} | {p for e in entries for p in walk(e.get("children", []))}

        return walk((await self.get("/api/files", recursive="true", force="true"))["files"])

    async def decide(self, allow: bool) -> None:
        """Click “Allow” or “Deny” for the waiting request."""
        pending = (await self.get("/api/plugin/appkeys"))["pending"]
        token = next(token for token, request in pending.items() if request["app_id"] == "MediaLab Hub")
        assert await self.order(f"/plugin/appkeys/decision/{token}", decision=allow) == 204

    async def key(self) -> str:
        """A key made in OctoPrint's settings, without a request."""
        answer = await self.admin.post("/api/plugin/appkeys", json={"command": "generate", "app": "MediaLab Hub"})
        return str(answer.json()["api_key"])

    async def revoke(self) -> None:
        assert await self.order("/api/plugin/appkeys", command="revoke", app="MediaLab Hub") == 204


def manual(host: str, port: int) -> Sighting:
    facts = {"scheme": "octoprint", "address": host, "port": str(port)}
    return Sighting(source="manual", key=f"octoprint://{host}:{port}", facts=facts)


class RealPeer(Peer):
    """OctoPrint itself."""

    def __init__(self, peer: OctoPrintPeer) -> None:
        self.peer = peer
        self.admin = httpx.AsyncClient(base_url=peer.url, headers=dict(peer.admin.headers), timeout=20, trust_env=False)

    def sighting(self) -> Sighting:
        return manual(self.peer.host, self.peer.port)

    def film(self) -> None:
        movies, frames = self.peer.base / "timelapse", self.peer.base / "timelapse/tmp"
        frames.mkdir(parents=True, exist_ok=True)
        (movies / "anna_20261123.mp4").write_bytes(b"\0" * 100)
        (movies / "anna_20261123.mp4.thumb.jpg").write_bytes(b"\0" * 10)
        for number in range(3):
            (frames / f"ben_20261123-{number}.jpg").write_bytes(b"\0" * 10)

    async def put_on_card(self, name: str) -> None:
        (self.peer.base / "virtualSd" / name).write_bytes(GCODE)
        assert await self.order("/api/printer/sd", command="refresh") == 204
        async with asyncio.timeout(10):
            while not (await self.get("/api/files/sdcard", force="true"))["files"]:
                await asyncio.sleep(0.1)


class SimulatedPeer(Peer):
    """The simulator, reached like the real one."""

    def __init__(self, simulator: OctoPrintSimulator) -> None:
        self.simulator = simulator
        base, headers = f"http://127.0.0.1:{simulator.port}", {"X-Api-Key": ADMIN_KEY}
        self.admin = httpx.AsyncClient(base_url=base, headers=headers, timeout=20, trust_env=False)

    def sighting(self) -> Sighting:
        return self.simulator.sighting()

    def film(self) -> None:
        self.simulator.film()

    async def put_on_card(self, name: str) -> None:
        self.simulator.put_on_card(name)
