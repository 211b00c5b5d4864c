"""The peers contract scenarios run against: all are reached only over their own HTTP API."""

import asyncio
from typing import Any
from urllib.parse import quote

import httpx

from medialab_agent.drivers.prusalink.simulator import PrusaLinkSimulator
from medialab_wire.sightings import Sighting
from tests.peers.prusalink.rig import KEY, PASSWORD, PrusaLinkPeer

GCODE = b"G28\nM104 S70\nM140 S45\n" + b"".join(b"G1 X%d Y%d F3000\n" % (n % 90, n % 80) for n in range(20_000))


class Peer:
    """A printer, and what a person does with it in PrusaLink's own web page."""

    def __init__(self, host: str, port: int, key: str, password: str, storage: str = "local") -> None:
        self.host, self.port, self.password, self.key, self.storage = host, port, password, key, storage
        base, headers = f"http://{host}:{port}", {"X-Api-Key": key, "Accept": "application/json"}
        self.admin = httpx.AsyncClient(base_url=base, headers=headers, timeout=20, trust_env=False)

    async def close(self) -> None:
        await self.admin.aclose()

    def sighting(self) -> Sighting:
        facts = {"scheme": "prusalink", "address": self.host, "port": str(self.port)}
        return Sighting(source="manual", key=f"prusalink://{self.host}:{self.port}", facts=facts)

    def file(self, path: str = "") -> str:
        return f"/api/v1/files/{self.storage}/{quote(path)}".rstrip("/")

    async def status(self) -> Any:
        return (await self.admin.get("/api/v1/status")).raise_for_status().json()

    async def state(self) -> str:
        return str((await self.status())["printer"]["state"])

    async def until(self, *states: str) -> None:
        for _ in range(600):
            if (status := await self.status())["printer"]["state"] in states:
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"never {states}: {status}")

    async def upload(self, path: str, content: bytes = GCODE) -> None:
        headers = {"Content-Type": "text/x.gcode", "Overwrite": "?1"}
        answer = await self.admin.put(self.file(path), content=content, headers=headers)
        assert answer.status_code == 201, answer.text

    async def start_print(self, path: str) -> None:
        async with asyncio.timeout(10):
            while (await self.admin.post(self.file(path))).status_code == 404:
                await asyncio.sleep(0.1)

    async def order(self, path: str, **body: Any) -> int:
        return (await self.admin.post(path, json=body)).status_code

    async def paths(self, folder: str = "") -> set[str]:
        children = (await self.admin.get(self.file(folder))).raise_for_status().json().get("children", [])
        found = set()
        for child in children:
            path = f"{folder}/{child['name']}".lstrip("/")
            found |= {path} | (await self.paths(path) if child["type"] == "FOLDER" else set())
        return found

    async def settle(self) -> None:
        """A printer that rests and has no files, whatever the test before left."""
        status = await self.status()
        if status["printer"]["state"] in {"PRINTING", "PAUSED"}:
            await self.admin.delete(f"/api/v1/job/{status['job']['id']}")
        await self.until("IDLE")
        for path in await self.paths():
            await self.admin.delete(self.file(path), headers={"Force": "?1"})
        await self.order("/api/printer/tool", command="target", targets={"tool0": 0})
        await self.order("/api/printer/bed", command="target", target=0)
        async with asyncio.timeout(10):
            while await self.paths():
                await asyncio.sleep(0.1)


class RealPeer(Peer):
    """PrusaLink itself."""

    def __init__(self, peer: PrusaLinkPeer) -> None:
        super().__init__(peer.host, peer.port, KEY, PASSWORD)


class SimulatedPeer(Peer):
    """The simulator, reached like the real one."""

    def __init__(self, simulator: PrusaLinkSimulator) -> None:
        super().__init__(simulator.address, simulator.port, simulator.access.key, simulator.password, simulator.storage)
        self.simulator = simulator
