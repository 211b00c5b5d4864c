"""Prints what 54 live printers of three makes cost hub and agent beside an empty lab, and an idle dashboard.

Beside each figure: what FDM Monster 2.1.1 needed for the same on the same kind of machine."""

import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import httpx  # noqa: E402 - the path comes first
import psutil  # noqa: E402

from tests.chaos.client import HubClient, admin_token  # noqa: E402
from tests.chaos.processes import Program, agent_program, hub_program  # noqa: E402
from tests.fixtures.brokers import RealBroker, free_port  # noqa: E402
from tests.lab.printers.hall import SETTINGS  # noqa: E402

PRINTERS = 54
REST_S = 20.0
"""Seconds after everything is there until the idle window begins."""
WINDOW_S = 40.0


def say(what: str, value: str, wanted: str = "") -> None:
    print(f"  {what:<58} {value:>22}   {wanted}", flush=True)


class Hall:
    """See `tests/lab/printers/hall.py`."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "tests.lab.printers.hall", "--printers", str(PRINTERS)]
        with (folder / "hall.log").open("wb") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
            )
        self.addresses: list[str] = self._answer()

    def ask(self, word: str) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n".encode())
        self._process.stdin.flush()
        return self._answer()

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(20)

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the hall ended by itself; see hall.log"
        return json.loads(line)


class Listener(threading.Thread):
    """A dashboard that only listens; counts bytes."""

    def __init__(self, client: HubClient) -> None:
        super().__init__(daemon=True)
        self._client, self.heard = client, 0

    def run(self) -> None:
        address = f"{self._client.base}/api/v1/stream?gather_ms=250"
        with httpx.stream("GET", address, headers=self._client.headers, timeout=None) as answer:
            for piece in answer.iter_raw():
                self.heard += len(piece)


def processes(programs: list[Program]) -> list[psutil.Process]:
    found = []
    for program in programs:
        assert program._process is not None
        parent = psutil.Process(program._process.pid)
        found += [parent, *parent.children(recursive=True)]
    return found


def memory(programs: list[Program]) -> float:
    """MB of hub and agent."""
    return sum(process.memory_info().rss for process in processes(programs)) / 1e6


def work(programs: list[Program]) -> float:
    """CPU seconds of hub and agent so far."""
    return sum(sum(process.cpu_times()[:2]) for process in processes(programs))


def until(what: str, holds: Any, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.2)


def idle(programs: list[Program], client: HubClient) -> tuple[float, float]:
    """Percent of one core, and bytes a second to one dashboard, while nothing happens."""
    listener = Listener(client)
    listener.start()
    time.sleep(2)
    before, heard, began = work(programs), listener.heard, time.monotonic()
    time.sleep(WINDOW_S)
    took = time.monotonic() - began
    return 100 * (work(programs) - before) / took, (listener.heard - heard) / took


def fill(client: HubClient, hall: Hall) -> None:
    """Type every address in, adopt all, click every “Allow”, record the good states."""
    for address in hall.addresses:
        client.post("/api/v1/manual-addresses", {"address": address})
    until("all printers are found", lambda: sum(bool(r["driver"]) for r in client.fleet()[1]) == PRINTERS)
    rows = client.fleet()[1]
    body = {"devices": [{"device": row["id"]} for row in rows], "record_baseline": False}
    client.post("/api/v1/adoptions", body)
    for row in rows:
        if row["driver"] == "octoprint":
            client.post(f"/api/v1/devices/{row['id']}/actions/pair", {"params": {}})
    end = time.monotonic() + 60
    while client.jobs(open="true") and time.monotonic() < end:
        hall.ask("consent")
        time.sleep(0.5)
    until("all let us in", lambda: all(r["access"] == "ok" for r in client.fleet()[1]))
    for row in rows:
        client.post(f"/api/v1/devices/{row['id']}/baseline", {})
    until("all good states are recorded", lambda: not client.jobs(open="true"))


def main() -> None:
    """Empty, then full."""
    print(f"{PRINTERS} printers on {psutil.cpu_count()} cores, load {psutil.getloadavg()[0]:.1f} before")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        broker, hall = RealBroker("mosquitto", folder), Hall(folder)
        broker.start()
        port = free_port()
        hub, agent = hub_program(folder, port, broker.url), agent_program(folder, broker.url, 1, parallel=64)
        agent.env |= SETTINGS | {"MEDIALAB_SOURCES": "manual"}
        try:
            hub.start()
            until("the hub is up", HubClient(port).is_up)
            client = HubClient(port, admin_token(hub))
            agent.start()
            until("the agent is there", lambda: client.get("/api/v1/agents"))
            time.sleep(REST_S)
            empty = memory([hub, agent])
            cpu, rate = idle([hub, agent], client)
            say("empty: hub and agent", f"{empty:.0f} MB, {cpu:.2f} %, {rate:.0f} B/s")
            fill(client, hall)
            time.sleep(REST_S)
            full = memory([hub, agent])
            cpu, rate = idle([hub, agent], client)
            say("with printers: more than empty", f"{full - empty:+.0f} MB", "at most +90 (FDM Monster 176 in all)")
            say("  CPU, of one core", f"{cpu:.2f} %", "at most 1.5 (3.9)")
            say("  to one idle dashboard", f"{rate:.0f} B/s", "at most 1,000 (214,000)")
        finally:
            agent.stop()
            hub.stop()
            hall.stop()
            broker.stop()


if __name__ == "__main__":
    try:
        main()
    except AssertionError as error:
        sys.exit(f"the measurement failed: {error}")
