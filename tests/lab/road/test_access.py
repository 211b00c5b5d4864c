"""What a device asks for is typed into the hub, and it opens: three makes of printers behind real programs.

What was typed is nowhere in the files of hub and agent, in a log, on the broker, in an answer or an event."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from medialab_agent.drivers.bambu.simulator import BambuSimulator
from medialab_agent.drivers.moonraker.simulator import MoonrakerSimulator
from medialab_agent.drivers.prusalink.simulator import PrusaLinkSimulator
from medialab_agent.link.seal_key import FILE
from tests.chaos.client import admin_token
from tests.chaos.processes import Program, agent_program, hub_program
from tests.fixtures.brokers import RealBroker, free_port

SECRETS = {"prusalink": "Zauberwald-77", "moonraker": "b1946ac92492d2347c6235b4d2611184", "bambu": "20406080"}
KEYS = {"prusalink": "password", "moonraker": "key", "bambu": "code"}
WRONG = {"prusalink": "Nixenteich-99", "moonraker": "591785b794601e212b260e25925636fd", "bambu": "13579135"}
REFUSED = "nimmt d"
"""Each says that it does not accept what was entered: “nimmt das … nicht an”."""
OVER_S = 40.0


class Eavesdropper:
    """Hears everything on the broker, from before anybody else speaks."""

    def __init__(self, port: int) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id="eavesdropper")
        self._client.on_connect = lambda client, *_: client.subscribe("#", 1)
        self._client.on_message = lambda _client, _data, message: self.heard.append((message.topic, message.payload))
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@dataclass
class Road:
    """Broker, hub, agent and three printers that let nobody in."""

    folder: Path
    hub: Program
    agent: Program
    ear: Eavesdropper
    client: httpx.AsyncClient
    devices: dict[str, str] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = await self.client.request(method, f"/api/v1{path}", json=body)
        self.answers.append(answer.text)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def enter(self, typed: dict[str, str]) -> None:
        for driver, text in typed.items():
            await self.ask("PUT", f"/devices/{self.devices[driver]}/access", {"values": {KEYS[driver]: text}})

    async def until(self, what: str, holds: Callable[[dict[str, Any]], bool]) -> None:
        """Until it holds for the details of every printer."""
        driver, shown = "", dict[str, Any]()
        try:
            async with asyncio.timeout(OVER_S):
                for driver, device in self.devices.items():  # noqa: B007 - told when it takes too long
                    while not holds(shown := await self.ask("GET", f"/devices/{device}")):
                        await asyncio.sleep(0.05)
        except TimeoutError:
            words = f"{shown['access']} {shown['help']}"
            raise AssertionError(f"{driver}: not {what}: {words}\n{self.agent.last_words(12)}") from None

    async def states(self) -> set[str]:
        views = [await self.ask("GET", f"/devices/{device}/access") for device in self.devices.values()]
        return {key["state"] for view in views for key in view["keys"] if not key["optional"]}

    def everything_written(self) -> dict[str, bytes]:
        kept = (path for folder in ("hub", "agent") for path in (self.folder / folder).rglob("*"))
        files = [*kept, self.hub.log, self.agent.log]
        return {str(path): path.read_bytes() for path in files if path.is_file()}


@pytest.fixture
async def road(tmp_path: Path) -> AsyncIterator[Road]:
    prusa = PrusaLinkSimulator("CZPX0077", password=SECRETS["prusalink"])
    klipper = MoonrakerSimulator("mr-locked", trusts=False)
    klipper.parts.api_key = SECRETS["moonraker"]
    bambu = BambuSimulator("01P00A000000077", code=SECRETS["bambu"], address="127.44.3.77", tick_s=0.05, notify_s=0.1)
    async with AsyncExitStack() as stack:
        for printer in (prusa, klipper, bambu):
            await printer.start()
            stack.push_async_callback(printer.stop)
        stack.callback(bambu.clear_away)
        broker, port = RealBroker("mosquitto", tmp_path), free_port()
        broker.start()
        stack.callback(broker.stop)
        ear = Eavesdropper(broker.port)
        stack.callback(ear.stop)
        hub, agent = hub_program(tmp_path, port, broker.url), agent_program(tmp_path, broker.url, free_port(), 8)
        hub.env["MEDIALAB_LOG_LEVEL"] = agent.env["MEDIALAB_LOG_LEVEL"] = "debug"
        ports = {
            f"MEDIALAB_DRIVER_BAMBU_{name.upper()}": text for name, text in bambu.settings.items() if name != "code"
        }
        agent.env |= {"MEDIALAB_SOURCES": "manual", **ports}
        hub.start()
        stack.callback(hub.stop)
        agent.start()
        stack.callback(agent.stop)
        base = f"http://127.0.0.1:{port}"
        await is_up(base, hub)
        token = await asyncio.to_thread(admin_token, hub)
        headers = {"Authorization": f"Bearer {token}"}
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=base, headers=headers, timeout=20))
        there = Road(tmp_path, hub, agent, ear, client)
        for scheme, place in (
            ("prusalink", f"127.0.0.1:{prusa.port}"),
            ("moonraker", f"127.0.0.1:{klipper.port}"),
            ("bambu", "127.44.3.77"),
        ):
            await there.ask("POST", "/manual-addresses", {"address": f"{scheme}://{place}"})
        await adopt(there)
        yield there


async def is_up(base: str, hub: Program) -> None:
    async with asyncio.timeout(OVER_S), httpx.AsyncClient(base_url=base) as client:
        while True:
            hub.check()
            try:
                if (await client.get("/healthz")).is_success:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.1)


async def adopt(there: Road) -> None:
    async with asyncio.timeout(OVER_S):
        while len(there.devices) < 3:
            found = (await there.ask("GET", "/devices"))["items"]
            there.devices = {row["driver"]: row["id"] for row in found if row["driver"] in KEYS}
    wishes = [{"device": device} for device in there.devices.values()]
    await there.ask("POST", "/adoptions", {"devices": wishes, "record_baseline": False})


async def test_what_is_typed_opens_the_device_and_is_nowhere_to_be_read(road: Road) -> None:
    await prove_it_opens(road)
    await prove_it_is_nowhere_and_forgotten(road)
    await prove_a_fresh_agent_has_to_be_told_again(road)


async def prove_it_opens(road: Road) -> None:
    await road.until("asks for a person", lambda one: one["access"] == "needs_person")
    assert await road.states() == {"missing"}

    await road.enter(WRONG)
    await road.until("says it is wrong", lambda one: REFUSED in (one["help"] or {"de": ""})["de"])
    assert await road.states() == {"entered"}

    await road.enter(SECRETS)
    await road.until("open", lambda one: one["access"] == "ok")

    road.agent.kill()
    road.agent.start()
    await road.until("open after a restart", lambda one: one["access"] == "ok" and one["presence"] == "present")


async def prove_it_is_nowhere_and_forgotten(road: Road) -> None:
    await road.ask("GET", "/journal")
    stream = await first_of_the_stream(road)
    opened = [payload for topic, payload in road.ear.heard if topic.endswith("/dn/cfg") and b'"password"' in payload]
    assert opened, "the eavesdropper heard what the agent was given"
    nowhere(road, stream)

    for device in road.devices.values():
        await road.ask("DELETE", f"/devices/{device}/access")
    await road.until("closed again", lambda one: one["access"] == "needs_person")
    assert await road.states() == {"missing"}
    nowhere(road, stream)


async def prove_a_fresh_agent_has_to_be_told_again(road: Road) -> None:
    await road.enter(SECRETS)
    await road.until("open", lambda one: one["access"] == "ok")
    road.agent.stop()
    (road.folder / "agent" / FILE).unlink()
    road.agent.start()
    await road.until("closed", lambda one: one["access"] == "needs_person")
    assert await road.states() == {"again"}
    await road.enter(SECRETS)
    await road.until("open", lambda one: one["access"] == "ok")


async def first_of_the_stream(road: Road) -> str:
    said = ""
    async with road.client.stream("GET", "/api/v1/stream", headers={"Last-Event-ID": "1"}) as answer:
        async for part in answer.aiter_text():
            said += part
            if "event:" in said or len(said) > 100:
                break
    return said


def nowhere(road: Road, stream: str) -> None:
    """Neither the right nor the wrong ones, and also not as bytes between others."""
    written = road.everything_written()
    assert any(name.endswith("hub.sqlite3") for name in written)
    assert any(name.endswith("hub.log") for name in written)
    assert any(name.endswith("agent.sqlite") for name in written)
    told = {"answers": "\n".join(road.answers).encode(), "stream": stream.encode()}
    for text in (*SECRETS.values(), *WRONG.values()):
        for name, content in (*written.items(), *told.items(), *road.ear.heard):
            assert text.encode() not in content, f"{text} can be read in {name}"
