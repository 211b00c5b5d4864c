"""A whole lab as real processes: broker, hub, agent, fleet. Each can be killed; the devices remember everything."""

import contextlib
import random
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.chaos.client import Follower, HubClient, admin_token
from tests.chaos.processes import FleetProgram, Program, agent_program, hub_program
from tests.chaos.trace import TraceReader
from tests.fixtures.brokers import RealBroker

LEVEL = "session"
END_S = 600.0
"""Seconds after which a batch that does not end counts as stuck; it means nothing else."""

Road = Callable[[str, int], int]
"""From a program's name and the broker's port to the port the program is to use."""


def straight(_program: str, port: int) -> int:
    """Directly to the broker."""
    return port


def lasting_port() -> int:
    """A free port below those the system gives to outgoing connections: it is still free after a kill."""
    for _ in range(100):
        port = random.randint(20_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError("no free port between 20000 and 32000")


@dataclass(frozen=True)
class Size:
    """How much work one run is: devices, seconds each command takes on average, devices at work at a time."""

    devices: int = 200
    latency_s: float = 0.1
    parallel: int = 16


@dataclass
class Rig:
    """Start with `start`, end with `stop`; `folder` keeps every log."""

    folder: Path
    broker_kind: str = "mosquitto"
    size: Size = Size()
    seed: int = 1
    road: Road = straight
    port: int = field(default_factory=lasting_port)

    def start(self) -> None:
        """Everything up, every device adopted with its baseline recorded."""
        self.broker = RealBroker(self.broker_kind, self.folder, lasting_port())
        self.broker.start()
        self.fleet = FleetProgram(self.folder, self.size.devices, self.size.latency_s, self.seed)
        self.trace = TraceReader(self.fleet.trace)
        self.hub = hub_program(self.folder, self.port, self._url("hub"))
        self.agent = agent_program(self.folder, self._url("agent"), self.fleet.adb_port, self.size.parallel)
        self.hub.start()
        self.wait("the hub is up", HubClient(self.port).is_up, 60)
        self.client = HubClient(self.port, admin_token(self.hub))
        self.follower = Follower(self.client)
        self.agent.start()
        self._adopt()

    def stop(self) -> None:
        """Take everything down, in whatever state it is."""
        if hasattr(self, "follower"):
            self.follower.stop()
        for program in (getattr(self, "agent", None), getattr(self, "hub", None)):
            if program is not None:
                program.stop()
        if hasattr(self, "fleet"):
            self.fleet.stop()
        if hasattr(self, "broker"):
            self.broker.stop()

    def soil_and_reset(self) -> str:
        """A group uses everything, then staff resets everything; gives the batch."""
        self.fleet.soil()
        self.trace.news()
        self.wait("every device can be reset", lambda: not self.left_out(), 120)
        accepted = self.client.post("/api/v1/resets", {"everything": True, "level": LEVEL, "grace_s": 0})
        return str(accepted["batch"])

    def left_out(self) -> list[dict[str, Any]]:
        """Devices a reset of everything would not touch, and why."""
        preview = self.client.post("/api/v1/resets/preview", {"everything": True, "level": LEVEL})
        return list(preview["untouched"])

    def is_over(self, batch: str) -> bool:
        """True when no job of the batch is open."""
        return bool(self.client.get(f"/api/v1/batches/{batch}")["open"] == 0)

    def await_end(self, batch: str) -> list[dict[str, Any]]:
        """Every job of the batch, with steps and evidence, once all are over."""
        self.wait(f"the batch is over, {self.state_of(batch)}", lambda: self.is_over(batch), END_S)
        return [self.client.get(f"/api/v1/jobs/{job['id']}") for job in self.client.jobs(batch=batch)]

    def state_of(self, batch: str) -> str:
        """Words for a failure message."""
        view = self.client.get(f"/api/v1/batches/{batch}")
        return f"open {view['open']} of {view['total']}"

    def devices(self) -> dict[str, str]:
        """Each device of the hub → the serial of the simulator it is."""
        by_address = {address: serial for serial, address in self.fleet.addresses.items()}
        found = {}
        for row in self.client.fleet()[1]:
            values = {one["value"] for one in self.client.get(f"/api/v1/devices/{row['id']}")["identities"]}
            serials = {by_address[value] for value in values & by_address.keys()} | (
                values & self.fleet.addresses.keys()
            )
            assert len(serials) == 1, f"{row['id']} is {serials or values}"
            found[row["id"]] = serials.pop()
        return found

    def wait(self, what: str, condition: Callable[[], bool], seconds: float, pause_s: float = 0.2) -> None:
        """Until it holds; fails loudly, with the last words of hub and agent."""
        until = time.monotonic() + seconds
        while not condition():
            for program in (getattr(self, "hub", None), getattr(self, "agent", None)):
                if isinstance(program, Program) and program.lives:
                    program.check()
            assert time.monotonic() < until, f"not within {seconds:.0f} s: {what}\n{self._last_words()}"
            time.sleep(pause_s)

    def _adopt(self) -> None:
        self.wait("all devices are found", lambda: self._readable() == self.size.devices, 120)
        rows = self.client.fleet()[1]
        wishes = [{"device": row["id"]} for row in rows]
        result = self.client.post("/api/v1/adoptions", {"devices": wishes, "record_baseline": True})
        assert len(result["jobs"]) == self.size.devices
        self.wait("all baselines are recorded", lambda: not self.client.jobs(open="true"), 180)
        failed = [job for job in self.client.jobs() if job["status"] != "succeeded"]
        assert not failed, failed[:3]

    def _readable(self) -> int:
        return sum(row["access"] == "ok" for row in self.client.fleet()[1])

    def _url(self, program: str) -> str:
        return f"mqtt://127.0.0.1:{self.road(program, self.broker.port)}"

    def _last_words(self) -> str:
        programs = (program for program in (getattr(self, "hub", None), getattr(self, "agent", None)) if program)
        return "\n".join(f"--- {program.name}\n{program.last_words()}" for program in programs)
