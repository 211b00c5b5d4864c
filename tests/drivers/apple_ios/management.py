"""A small HTTP server that answers as Jamf's own client for Jamf School expects (jamfschool-go-sdk)."""

import asyncio
import base64
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from medialab_agent.drivers.apple_ios.simulator import IPadSimulator

NETWORK, KEY = "10482058", "GEHEIMER-SCHLUESSEL"
EPOCH = 1_774_064_934


@dataclass
class Management:
    """One stand-in. What it was asked is kept; how it answers can be changed."""

    simulator: IPadSimulator | None = None
    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    checked_in: Any = field(default_factory=lambda: {"date": "2026-03-18 20:48:54", "epoch": EPOCH})
    is_managed: bool = True
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    """Method → status and body to give instead of the right answer."""
    location: str = ""
    _server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def settings(self, folder: Path, mode: int = 0o600, url: str | None = None) -> dict[str, str]:
        """What the agent would be told."""
        file = folder / "mdm"
        file.write_text(f"{NETWORK}\n{KEY}\n")
        file.chmod(mode)
        return {"mdm_kind": "jamf-school", "mdm_url": url or self.url, "mdm_credentials": str(file)}

    @property
    def paths(self) -> list[str]:
        return [f"{method} {path}" for method, path, _, _ in self.asked]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            first, *lines = head.split("\r\n")
            method, path, _ = first.split(" ")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            self.asked.append((method, path, headers, body))
            status, said = self.answers.get(method) or await self._answer(method, path, headers)
            more = f"Location: {self.location}\r\n" if self.location else ""
            start = f"HTTP/1.1 {status} X\r\n{more}Content-Length: {len(said)}\r\nConnection: close\r\n\r\n"
            writer.write(start.encode() + said)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, method: str, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
        expected = base64.b64encode(f"{NETWORK}:{KEY}".encode()).decode()
        if headers.get("authorization") != f"Basic {expected}":
            return 401, b"{}"
        if headers.get("x-server-protocol-version") != "3":
            return 400, b"{}"
        udid = self.simulator.udid if self.simulator else "none"
        if (method, path) == ("POST", f"/api/devices/{udid}/wipe"):
            await self._wipe()
            return 200, _json(code=200, message="DeviceWipeScheduled")
        if (method, path) == ("GET", f"/api/devices/{udid}"):
            device = {
                "UDID": udid,
                "lastCheckin": self.checked_in,
                "isManaged": self.is_managed,
                "model": {"type": {"name": "iPad"}},
            }
            return 200, _json(code=0, device=device)
        return 404, _json(code=404, message="DeviceNotFound")

    async def _wipe(self) -> None:
        """The iPad fetches the order, erases itself and enrols again."""
        assert self.simulator is not None
        await self.simulator.erase()
        if isinstance(self.checked_in, dict) and self.checked_in.get("epoch") == EPOCH:
            self.checked_in = {**self.checked_in, "epoch": EPOCH + 120}


def _json(**said: Any) -> bytes:
    return json.dumps(said).encode()
