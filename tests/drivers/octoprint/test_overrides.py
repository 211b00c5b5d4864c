"""Speed, flow and fan are put back; nobody claims to have read that back, for the real program does not tell."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import ClientConnection, connect

from medialab_agent.drivers.octoprint.driver import DRIVER, MANIFEST
from tests.drivers.octoprint.peers import RealPeer
from tests.fixtures.driver_session import Memory, link, reset_order
from tests.peers.octoprint.rig import OctoPrintPeer


@asynccontextmanager
async def terminal(peer: RealPeer) -> AsyncIterator[ClientConnection]:
    """What OctoPrint shows of its talk with the printer."""
    login = (await peer.admin.post("/api/login", json={"passive": True})).json()
    url = f"ws://{peer.peer.host}:{peer.peer.port}/sockjs/websocket"
    async with connect(url, max_size=2**23, proxy=None) as socket:
        await socket.send(json.dumps({"auth": f"{login['name']}:{login['session']}"}))
        await socket.send(json.dumps({"subscribe": {"state": {"logs": True, "messages": False}}}))
        yield socket


async def lines_until(socket: ClientConnection, last: str) -> list[str]:
    """Lines of the terminal, up to the printer's answer to that one."""
    lines: list[str] = []
    async with asyncio.timeout(30):
        async for raw in socket:
            lines += json.loads(raw).get("current", {}).get("logs", [])
            sent = [number for number, line in enumerate(lines) if line.startswith("Send:") and last in line]
            if sent and any(line.startswith("Recv:") for line in lines[sent[-1] :]):
                return lines
    raise AssertionError("the terminal ended")


@pytest.mark.peers
async def test_the_real_program_sends_them_and_tells_no_value(octoprint: OctoPrintPeer) -> None:
    peer = RealPeer(octoprint)
    driver = DRIVER(link(peer.sighting(), memory=Memory({"octoprint-key": await peer.key()})))
    order = reset_order(dict(await driver.snapshot()))
    (step,) = [step for step in await driver.plan(order) if step.id == "overrides"]
    assert await peer.order("/api/printer/command", commands=["M220 S150", "M221 S120", "M106 S255"]) == 204
    async with terminal(peer) as socket:
        done = await driver.do(order, step, lambda _part: None)
        assert await peer.order("/api/printer/command", commands=["M220", "M221", "M117 over"]) == 204
        lines = await lines_until(socket, "M117 over")
    sent = [re.sub(r"^Send: (?:N\d+ )?(.*?)(?:\*\d+)?$", r"\1", line) for line in lines if line.startswith("Send:")]
    assert [line for line in sent if line in {"M220 S100", "M221 S100", "M107"}] == ["M220 S100", "M221 S100", "M107"]
    answers = [line for line in lines if line.startswith("Recv:")]
    assert not any("%" in line or "FR:" in line for line in answers), "then it can be read back, and should be"
    printer = await peer.get("/api/printer")
    assert not re.search("feed|flow|fan|speed", json.dumps(printer)), "then it can be read back, and should be"
    assert done.detail is not None and "not read back" in done.detail.en
    await driver.close()
    await peer.admin.aclose()


def test_what_is_not_read_back_is_not_among_what_is_erased() -> None:
    level = MANIFEST.level("clean")
    assert level is not None
    assert not [text.en for text in level.erases if re.search("speed|flow|fan", text.en.lower())]
    assert [text.en for text in level.keeps if re.search("[Ss]peed, flow and fan", text.en)]
