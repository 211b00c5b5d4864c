"""Broker, hub and agent around printers of several makes, each a program of its own."""

import time
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar

from tests.chaos.client import HubClient, admin_token
from tests.chaos.processes import Program, agent_program, hub_program
from tests.fixtures.brokers import RealBroker, free_port
from tests.lab.printers.makes import Make

OVER_S = 120.0
"""Seconds after which something counts as stuck; it means nothing else."""
T = TypeVar("T")


class Room:
    """Start with `start`, end with `stop`; `folder` keeps every log. `hands` do things at several printers at once."""

    def __init__(self, folder: Path, makes: tuple[Make, ...], hands: Executor) -> None:
        self.makes, self._hands = makes, hands
        self._broker, self._port = RealBroker("mosquitto", folder), free_port()
        self._hub = hub_program(folder, self._port, self._broker.url)
        self._agent = agent_program(folder, self._broker.url, free_port(), parallel=16)
        self._agent.env["MEDIALAB_SOURCES"] = "manual"
        for make in makes:
            self._agent.env |= make.settings
        self.devices: dict[str, str] = {}
        """Device id of each printer, by its driver."""

    def each(self, work: Callable[[Make], T]) -> dict[str, T]:
        """Do it at every printer at once; the answers by driver."""
        answers = self._hands.map(work, self.makes)
        return dict(zip((make.driver for make in self.makes), answers, strict=True))

    def start(self) -> None:
        """Until every printer is adopted, lets us in, and has a recorded good state."""
        for make in self.makes:
            make.launch()
        self._broker.start()
        self._hub.start()
        self.wait("the hub is up", HubClient(self._port).is_up)
        self.client = HubClient(self._port, admin_token(self._hub))
        self._agent.start()
        self.each(self._prepare)
        self.wait("all are found", lambda: sum(bool(row["driver"]) for row in self.rows()) == len(self.makes))
        self.devices = {row["driver"]: row["id"] for row in self.rows()}
        assert set(self.devices) == {make.driver for make in self.makes}
        wishes = [{"device": device} for device in self.devices.values()]
        self.client.post("/api/v1/adoptions", {"devices": wishes, "record_baseline": False})
        self._let_in()
        for device in self.devices.values():
            self.client.post(f"/api/v1/devices/{device}/baseline", {})
        self.wait("all good states are recorded", lambda: not self.client.jobs(open="true"))
        failed = [job for job in self.client.jobs() if job["status"] != "succeeded"]
        assert not failed, failed

    def _prepare(self, make: Make) -> None:
        make.wait_ready()
        make.put_staff_files()
        self.client.post("/api/v1/manual-addresses", {"address": make.address})

    def _let_in(self) -> None:
        (asks,) = [make for make in self.makes if make.driver == "octoprint"]
        self.client.post(f"/api/v1/devices/{self.devices['octoprint']}/actions/pair", {"params": {}})
        self.wait("OctoPrint asks", asks.allow)
        self.wait("all let us in", lambda: all(row["access"] == "ok" for row in self.rows()))
        self.wait("pairing is over", lambda: not self.client.jobs(open="true"))

    def reset(self) -> dict[str, dict[str, Any]]:
        """Reset all at once, ticking off whatever a person is asked; each job in detail, by driver."""
        body = {"devices": list(self.devices.values()), "grace_s": 0}
        batch = self.client.post("/api/v1/resets", body)["batch"]
        ticked = set[tuple[str, str]]()

        def is_over() -> bool:
            self._tick_off(batch, ticked)
            return bool(self.client.get(f"/api/v1/batches/{batch}")["open"] == 0)

        self.wait("the reset of all is over", is_over)
        driver = {device: driver for driver, device in self.devices.items()}
        jobs = self.client.jobs(batch=batch)
        return {driver[job["device"]]: self.client.get(f"/api/v1/jobs/{job['id']}") for job in jobs}

    def _tick_off(self, batch: str, ticked: set[tuple[str, str]]) -> None:
        for job in self.client.jobs(batch=batch, open="true"):
            if job["ask"] is None:
                continue
            for step in self.client.get(f"/api/v1/jobs/{job['id']}")["steps"]:
                answer = job["id"], step["id"]
                if step["state"] == "waiting_person" and answer not in ticked:
                    ticked.add(answer)
                    self.client.post(f"/api/v1/jobs/{job['id']}/answers", {"step": step["id"], "done": True})

    def rows(self) -> list[dict[str, Any]]:
        """The fleet."""
        return self.client.fleet()[1]

    def wait(self, what: str, holds: Callable[[], object], seconds: float = OVER_S) -> None:
        """Until it holds; fails loudly, with the last words of hub and agent."""
        until = time.monotonic() + seconds
        while not holds():
            running = self._running()
            for program in running:
                program.check()
            words = "\n".join(f"--- {program.name}\n{program.last_words()}" for program in running)
            assert time.monotonic() < until, f"not within {seconds:.0f} s: {what}\n{words}"
            time.sleep(0.1)

    def _running(self) -> list[Program]:
        return [program for program in (self._hub, self._agent) if program.lives]

    def stop(self) -> None:
        """Take everything down, in whatever state it is."""
        with ExitStack() as ends:
            for end in (self._broker.stop, *(make.stop for make in self.makes), self._hub.stop, self._agent.stop):
                ends.callback(end)
