"""Thousands of paper devices that a hub can take in: with a driver, a good state to record, and reports at a pace."""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import httpx

from medialab_wire import topics
from medialab_wire.base import Scalar
from medialab_wire.commands import NextWork
from medialab_wire.presence import AgentPhase, AgentState
from medialab_wire.progress import ExecutionReport, ExecutionStatus
from medialab_wire.reports import Access, Identity, IdentityKind, Inventory, Report
from medialab_wire.session import Ack, Broker, Handlers, Session
from tests.browser.paper_words import BUSES, MANIFEST

AGENTS = 10
AT_ONCE = 100
"""Devices taken in with one request."""
LOOK_S = 0.1
"""The list of work comes again with every change of it; only the last of a moment is read."""
PATIENCE_S = 120


@dataclass
class Sent:
    """When each mark, such as `Tablet 00003|b57`, left for the broker; seconds since 1970."""

    marks: dict[str, float] = field(default_factory=dict)


class PaperFleet:
    """All agents together; a device belongs to the agent with the last digit of its number."""

    def __init__(self, broker: str, count: int) -> None:
        self.count = count
        self._agents = [PaperAgent(broker, f"paper-{digit}", range(digit, count, AGENTS)) for digit in range(AGENTS)]
        self._batteries, self._models = [50] * count, [0] * count

    async def announce(self) -> None:
        """State, inventory and one report for each device."""
        for agent in self._agents:
            await agent.greet()
        for number in range(self.count):
            self._report(number)

    async def close(self) -> None:
        """Say goodbye to the broker."""
        for agent in self._agents:
            await agent.session.close()

    def change_battery(self, number: int, sent: Sent) -> None:
        """A value the hub passes on without storing it first."""
        self._batteries[number] = self._batteries[number] % 99 + 1
        sent.marks[f"{name(number)}|b{self._batteries[number]}"] = time.time()
        self._report(number)

    def change_fact(self, number: int, sent: Sent) -> None:
        """A value the hub stores before it passes it on."""
        self._models[number] += 1
        sent.marks[f"{name(number)}|m{self._models[number]}"] = time.time()
        self._report(number)

    def _report(self, number: int) -> None:
        facts: dict[str, Scalar] = {"model": f"Modell {self._models[number]}", "os": "14"}
        self._agents[number % AGENTS].report(number, facts, {"battery": self._batteries[number]})


class PaperAgent:
    """Answers `record-baseline` at once and keeps no journal."""

    def __init__(self, broker: str, agent: str, numbers: range) -> None:
        handlers = Handlers(on_message=self._hear)
        self.session = Session(Broker(broker, agent), [topics.all_down(agent)], handlers)
        self._agent, self._numbers, self._seq = agent, numbers, 0
        self._told: set[str] = set()
        self._work = b""

    async def greet(self) -> None:
        """Connect, and say who is there."""
        self.session.connect()
        while not self.session.is_connected:
            await asyncio.sleep(0.01)
        state = AgentState(phase=AgentPhase.READY, birth=1, boot="bench", version="0", agent=self._agent)
        devices = tuple(f"bench-{number}" for number in self._numbers)
        inventory = Inventory(version="1", host=self._agent, drivers=(MANIFEST,), buses=BUSES, devices=devices)
        self.session.publish(topics.state(self._agent), state.encode(), retain=True)
        self.session.publish(topics.inventory(self._agent), inventory.encode(), retain=True)

    def report(self, number: int, facts: dict[str, Scalar], volatile: dict[str, Scalar]) -> None:
        """How this device is now."""
        self._seq += 1
        dev = f"bench-{number}"
        said = Report(
            dev=dev,
            birth=1,
            seq=self._seq,
            driver=MANIFEST.id,
            access=Access.OK,
            name=name(number),
            kind="tablet",
            identities=(Identity(kind=IdentityKind.SERIAL, value=f"S{number:08d}", scope="bench"),),
            facts=facts,
            volatile=volatile,
            sources=("usb",),
        )
        self.session.publish(topics.report(self._agent, dev), said.encode(), retain=True)

    def _hear(self, topic: str, payload: bytes, ack: Ack) -> None:
        ack()
        if topic != topics.next_work(self._agent):
            return
        if not self._work:
            asyncio.get_running_loop().call_later(LOOK_S, self._do_work)
        self._work = payload

    def _do_work(self) -> None:
        work, self._work = NextWork.model_validate_json(self._work), b""
        for given in work.executions:
            if given.exec in self._told:
                continue
            self._told.add(given.exec)
            done = ExecutionReport(
                exec=given.exec, dev=given.dev, ver=1, status=ExecutionStatus.SUCCEEDED, snapshot={"apps": ["a"]}
            )
            self.session.publish(topics.execution(self._agent, given.exec), done.encode())


def name(number: int) -> str:
    """What the list shows; its order is the order of the numbers."""
    return f"Tablet {number:05d}"


async def take_in(client: httpx.AsyncClient, count: int, adopted: int) -> None:
    """Wait until the hub knows `count` devices, adopt the first of them, wait for every recorded state."""
    await _until(client, {}, count)
    snapshot = (await client.get("/api/v1/fleet")).raise_for_status().json()
    at = snapshot["columns"].index("id")
    ids = [row[at] for row in snapshot["rows"]]
    for start in range(0, adopted, AT_ONCE):
        part = [{"device": one} for one in ids[start : min(adopted, start + AT_ONCE)]]
        (await client.post("/api/v1/adoptions", json={"devices": part})).raise_for_status()
        await _until(client, {"status": "used"}, min(adopted, start + AT_ONCE))


async def _until(client: httpx.AsyncClient, wanted: dict[str, str], total: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        page = (await client.get("/api/v1/devices", params={"limit": 1, **wanted})).raise_for_status().json()
        if page["total"] == total:
            return
        assert time.monotonic() < deadline, f"{page['total']} of {total} devices after {PATIENCE_S} s ({wanted})"
        await asyncio.sleep(0.2)


async def at_pace(per_s: float, numbers: Iterable[int], change: Callable[[int], None]) -> None:
    """Call `change` for each number, evenly in time; what is late is not skipped."""
    begun = time.perf_counter()
    for step, number in enumerate(numbers):
        await asyncio.sleep(max(0.0, begun + step / per_s - time.perf_counter()))
        change(number)
