"""A room with a trolley: broker, hub, agent and thirty tablets, each a process of its own."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from tests.chaos.client import HubClient, admin_token
from tests.chaos.processes import ROOT, Program, agent_program, hub_program
from tests.fixtures.brokers import RealBroker, free_port
from tests.lab.tablets.trolley import ALL

OVER_S = 240.0
"""Seconds after which something counts as stuck; it means nothing else."""


class TrolleyProgram:
    """See `trolley.py`."""

    def __init__(self, folder: Path, latency_s: float) -> None:
        command = [sys.executable, "-m", "tests.lab.tablets.trolley", "--latency", str(latency_s)]
        with (folder / "trolley.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
            )
        self.adb_port = int(self._answer()["adb_port"])

    def ask(self, word: str) -> dict[str, Any]:
        """Say one word and wait for the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n".encode())
        self._process.stdin.flush()
        return self._answer()

    def stop(self) -> None:
        """End it with its adb server."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the trolley ended by itself; see trolley.log"
        return cast(dict[str, Any], json.loads(line))


class Room:
    """Start with `start`, end with `stop`; `folder` keeps every log."""

    def __init__(self, folder: Path, latency_s: float = 0.05) -> None:
        self.folder, self.latency_s = folder, latency_s
        self.broker = RealBroker("mosquitto", folder)
        self.programs: list[Program] = []
        self.trolley: TrolleyProgram | None = None

    def start(self) -> "Room":
        """Everything runs, and nothing is plugged in."""
        port = free_port()
        self.broker.start()
        self.trolley = TrolleyProgram(self.folder, self.latency_s)
        hub = hub_program(self.folder, port, self.broker.url)
        agent = agent_program(self.folder, self.broker.url, self.trolley.adb_port, parallel=64)
        self.programs = [agent, hub]
        hub.start()
        self.wait("the hub is up", HubClient(port).is_up)
        self.client = HubClient(port, admin_token(hub))
        agent.start()
        self.wait("the agent is there", lambda: [a for a in self.client.get("/api/v1/agents") if a["phase"] == "ready"])
        return self

    def stop(self) -> None:
        """Take everything down, in whatever state it is."""
        for program in self.programs:
            program.stop()
        if self.trolley is not None:
            self.trolley.stop()
        self.broker.stop()

    def ask(self, word: str) -> dict[str, Any]:
        """One word to the trolley."""
        assert self.trolley is not None
        return self.trolley.ask(word)

    def rows(self) -> dict[str, dict[str, Any]]:
        """The fleet by device id."""
        return {row["id"]: row for row in self.client.fleet()[1]}

    def serials(self) -> dict[str, str]:
        """Device id by the serial that the device itself says."""
        found = {}
        for device in self.rows():
            identities = self.client.get(f"/api/v1/devices/{device}")["identities"]
            found |= {one["value"]: device for one in identities if one["kind"] == "serial"}
        return found

    def by_serial(self) -> dict[str, dict[str, Any]]:
        """The fleet by serial number."""
        rows = self.rows()
        return {serial: rows[device] for serial, device in self.serials().items()}

    def prepare(self) -> None:
        """All plugged in, adopted, and their good state recorded."""
        self.ask("appear")
        self.prepare_plugged()

    def prepare_plugged(self) -> None:
        """The same for tablets that are plugged in already."""
        self.wait("all are inventoried", lambda: sum(bool(row["model"]) for row in self.rows().values()) == len(ALL))
        wishes = [{"device": device} for device in self.rows()]
        self.client.post("/api/v1/adoptions", {"devices": wishes, "record_baseline": True})
        self.wait("all baselines are recorded", lambda: not self.client.jobs(open="true"))
        failed = [job for job in self.client.jobs() if job["status"] != "succeeded"]
        assert not failed, failed[:3]

    def reset(self, serials: tuple[str, ...], seconds: float = OVER_S) -> dict[str, dict[str, Any]]:
        """Reset these and wait for the end; each job in detail, by serial."""
        devices = self.serials()
        body = {"devices": [devices[serial] for serial in serials], "grace_s": 0}
        batch = self.client.post("/api/v1/resets", body)["batch"]
        self.wait("the batch is over", lambda: self.client.get(f"/api/v1/batches/{batch}")["open"] == 0, seconds)
        by_device = {device: serial for serial, device in devices.items()}
        jobs = self.client.jobs(batch=batch)
        return {by_device[job["device"]]: self.client.get(f"/api/v1/jobs/{job['id']}") for job in jobs}

    def wait(self, what: str, holds: Callable[[], object], seconds: float = OVER_S) -> None:
        """Until it holds; fails loudly, with the last words of hub and agent."""
        until = time.monotonic() + seconds
        while not holds():
            for program in self.programs:
                if program.lives:
                    program.check()
            assert time.monotonic() < until, f"not within {seconds:.0f} s: {what}\n{self.last_words()}"
            time.sleep(0.1)

    def last_words(self) -> str:
        """The ends of the logs of hub and agent."""
        return "\n".join(f"--- {program.name}\n{program.last_words()}" for program in self.programs)
