"""Hub, agent and devices as programs, and a broker with passwords whose keys the tests hold."""

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from medialab_hub.adapters.broker import LocalBroker, find_mosquitto
from tests.chaos.client import HubClient, admin_token
from tests.chaos.processes import ROOT, agent_program, hub_program
from tests.fixtures.brokers import free_port
from tests.lab.hostile.devices import NAMES

AGENT, ROGUE = "chaos", "rogue"
STEADY = ("last_seen", "seq", "battery")
"""Fields of a row that change by themselves."""


@contextmanager
def said_to(file: Path) -> Iterator[None]:
    """What is started in the block complains to that file."""
    kept = os.dup(2)
    with file.open("ab") as log:
        os.dup2(log.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


class Rig:
    """Start with `start`, end with `stop`."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.folder = folder
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        binary = find_mosquitto() if kind == "mosquitto" else None
        assert kind == "amqtt" or binary, "mosquitto is not installed"
        (folder / "broker").mkdir()
        self.broker = LocalBroker(folder / "broker", [AGENT, ROGUE], binary=binary)

    def start(self) -> "Rig":
        """Everything up, all devices adopted and prepared."""
        with said_to(self.folder / "broker.log"):
            self._do(self.broker.start())
        self._devices = subprocess.Popen(
            [sys.executable, "-m", "tests.lab.hostile.devices"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._devices.stdout is not None
        adb_port = json.loads(self._devices.stdout.readline())["adb_port"]
        port, own, agents = free_port(), self.broker.access(), self.broker.access(AGENT)
        address = own.url.removeprefix("mqtt://")
        self.hub = hub_program(self.folder, port, f"mqtt://{own.username}:{own.password}@{address}")
        self.agent = agent_program(self.folder, agents.url, adb_port, parallel=8)
        self.agent.env |= {"MEDIALAB_MQTT_USER": agents.username or "", "MEDIALAB_MQTT_PASSWORD": agents.password or ""}
        self.hub.start()
        self.wait("the hub is up", HubClient(port).is_up)
        self.client = HubClient(port, admin_token(self.hub))
        self.agent.start()
        self._prepare()
        return self

    def stop(self) -> None:
        """Take everything down, in whatever state it is."""
        for program in (getattr(self, "agent", None), getattr(self, "hub", None)):
            if program is not None:
                program.stop()
        if hasattr(self, "_devices"):
            self._devices.communicate(timeout=20)
        self._do(self.broker.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def fleet(self) -> dict[str, dict[str, Any]]:
        """What everybody sees of each device, without what changes by itself."""
        rows = {row["id"]: row for row in self.client.fleet()[1]}
        return {key: {k: v for k, v in row.items() if k not in STEADY} for key, row in rows.items()}

    def agents(self) -> set[str]:
        """Every agent the hub knows."""
        return {agent["id"] for agent in self.client.get("/api/v1/agents")}

    def serial(self, serial: str) -> dict[str, Any]:
        """The detail of the device with that serial number."""
        for device in self.fleet():
            detail: dict[str, Any] = self.client.get(f"/api/v1/devices/{device}")
            if any(one["value"] == serial for one in detail["identities"]):
                return detail
        raise AssertionError(f"no device says {serial}")

    def reset_works(self) -> None:
        """A device nobody spoke of is still reset and proven."""
        device = self.serial("PLAIN001")["id"]
        job = self.client.post(f"/api/v1/devices/{device}/reset", {"grace_s": 0})["job"]
        path = f"/api/v1/jobs/{job}"
        self.wait("the reset is over", lambda: self.client.get(path)["outcome"])
        assert self.client.get(path)["outcome"] == "clean"

    def settles_as(self, before: dict[str, dict[str, Any]]) -> None:
        """The fleet is (again) what it was."""
        try:
            self.wait("the fleet is what it was", lambda: self.fleet() == before, 40)
        except AssertionError as error:
            now = self.fleet()
            for device in before.keys() | now.keys():
                was, found = before.get(device, {}), now.get(device, {})
                error.add_note(f"{device}: {[(k, v, found.get(k)) for k, v in was.items() if found.get(k) != v]}")
            raise

    def memory(self) -> dict[str, int]:
        """Resident megabytes of hub and agent."""
        found = {}
        for program in (self.hub, self.agent):
            assert program._process is not None
            found[program.name] = psutil.Process(program._process.pid).memory_info().rss // 1_000_000
        return found

    def journal(self) -> list[dict[str, Any]]:
        """The newest entries."""
        answer = self.client.get("/api/v1/journal")
        return list(answer["items"] if isinstance(answer, dict) else answer)

    def wait(self, what: str, holds: Callable[[], object], seconds: float = 60) -> None:
        """Until it holds; fails loudly when a program ended or time is up."""
        until = time.monotonic() + seconds
        while not holds():
            for program in (self.hub, self.agent):
                if program.lives:
                    program.check()
            words = f"{self.hub.last_words(15)}\n{self.agent.last_words(15)}"
            assert time.monotonic() < until, f"not within {seconds:.0f} s: {what}\n{words}"
            time.sleep(0.1)

    def _prepare(self) -> None:
        self.wait("all are there", lambda: sum(row["access"] == "ok" for row in self.fleet().values()) == len(NAMES))
        wishes = [{"device": device} for device in self.fleet()]
        self.client.post("/api/v1/adoptions", {"devices": wishes, "record_baseline": True})
        self.wait("all are prepared", lambda: not self.client.jobs(open="true"))
        assert {job["status"] for job in self.client.jobs()} == {"succeeded"}
        self.wait("nothing is open", lambda: not any(row["issues"] for row in self.fleet().values()))

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)
