"""Prints how thirty tablets fare on the whole road: found, inventoried, reset, with and without bad ones among them.

Hub, agent, broker, adb server and the tablets are processes of their own; all read the same monotonic clock."""

import json
import statistics
import sys
import tempfile
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import httpx  # noqa: E402 - the path comes first
import psutil  # noqa: E402

from tests.lab.tablets.room import Room  # noqa: E402
from tests.lab.tablets.trolley import ALL, BAD, DIES, GOOD, HANGS, KEEPS, PIN, PLANTED, REFUSES  # noqa: E402

LATENCY_S = 0.3
"""Seconds each command takes on a simulated tablet; real ones differ widely."""
QUIET = (PIN, REFUSES, PLANTED, KEEPS)
"""Bad ones that hold up nobody; they are left out of the comparison."""


def say(what: str, value: str, wanted: str = "") -> None:
    print(f"  {what:<62} {value:>22}   {wanted}", flush=True)


class Arrivals(threading.Thread):
    """When the stream first showed each device with model and battery."""

    def __init__(self, room: Room) -> None:
        super().__init__(daemon=True)
        self._client = room.client
        self.first: dict[str, float] = {}
        self.opened = threading.Event()

    def run(self) -> None:
        with httpx.stream(
            "GET", f"{self._client.base}/api/v1/stream", headers=self._client.headers, timeout=None
        ) as answer:
            self.opened.set()
            for line in answer.iter_lines():
                if line.startswith("data: ") and '"battery"' in line:
                    self._take(json.loads(line.removeprefix("data: ")))

    def _take(self, row: dict[str, Any]) -> None:
        if row.get("model") and row.get("battery") is not None:
            self.first.setdefault(row["id"], time.monotonic())


def measure_inventory(room: Room) -> None:
    arrivals = Arrivals(room)
    arrivals.start()
    assert arrivals.opened.wait(10)
    appeared = room.ask("appear")
    room.wait("all are inventoried", lambda: len(arrivals.first) == len(ALL), 60)
    ids = room.serials()
    late = sorted(arrivals.first[ids[serial]] - at for serial, at in appeared.items())
    p95 = late[int(len(late) * 0.95)]
    say("listed by adb → on the dashboard's stream: median, slowest", f"{statistics.median(late):.2f} {late[-1]:.2f} s")
    say("  p95", f"{p95:.2f} s", "at most 1.0 s")


def moment(job: dict[str, Any], when: str) -> float:
    return datetime.fromisoformat(job[when]).timestamp()


def own_time(job: dict[str, Any], told: list[float]) -> float:
    """Seconds from the first to the last thing the tablet was told for this job, and its answer."""
    within = [at for at in told if moment(job, "starts") <= at <= moment(job, "ended")]
    return within[-1] - within[0] + LATENCY_S


def measure_reset(room: Room, what: str, serials: tuple[str, ...]) -> dict[str, float]:
    """Seconds from the order to the end of each good tablet."""
    room.ask("soil")
    jobs, load = room.reset(serials), psutil.getloadavg()[0]
    told = room.ask("asked")
    good = {serial: job for serial, job in jobs.items() if serial in GOOD}
    clean = sum(job["outcome"] == "clean" for job in good.values())
    took = {serial: moment(job, "ended") - moment(job, "starts") for serial, job in good.items()}
    slowest = max(own_time(job, told[serial]) for serial, job in good.items())
    wall = max(took.values())
    note = f"{clean} of {len(good)} clean, load {load:.1f}"
    say(f"{what}: wall, slowest by its own account", f"{wall:.2f} {slowest:.2f} s", note)
    say("  wall ÷ slowest", f"{wall / slowest:.3f}", "at most 1.05")
    return took


def measure_resets(room: Room) -> None:
    room.prepare_plugged()
    measure_reset(room, "one alone", GOOD[:1])
    rounds = [measure_reset(room, "24 good ones alone", GOOD)]
    room.ask("trouble")
    serials = tuple(serial for serial in ALL if serial not in QUIET)
    beside = measure_reset(room, "the same beside a hanging and a dying one", serials)
    fleet = room.by_serial()
    ends = ", ".join(f"{serial} {fleet[serial]['status']}" for serial in (HANGS, DIES))
    say("the two afterwards", ends)
    rounds.append(measure_reset(room, "24 good ones alone, again", GOOD))
    delays = [beside[serial] - statistics.mean(took[serial] for took in rounds) for serial in GOOD]
    say("delay of a good one by the two: median, largest", f"{statistics.median(delays):+.2f} {max(delays):+.2f} s")
    group = max(beside.values()) - statistics.mean(max(took.values()) for took in rounds)
    say("  delay of the whole group", f"{group:+.2f} s", "at most +0.5 s")
    apart = abs(max(rounds[0].values()) - max(rounds[1].values()))
    say("  difference between the two rounds without them", f"{apart:.2f} s", "the machine's own noise")


def main() -> None:
    """All measurements in one room."""
    load = psutil.getloadavg()[0]
    print(
        f"Thirty tablets on {psutil.cpu_count()} cores, load {load:.1f} before; {LATENCY_S} s a command, {len(BAD)} bad"
    )
    with tempfile.TemporaryDirectory() as folder:
        room = Room(Path(folder), LATENCY_S)
        try:
            room.start()
            measure_inventory(room)
            measure_resets(room)
        finally:
            room.stop()


if __name__ == "__main__":
    try:
        main()
    except AssertionError as error:
        sys.exit(f"the measurement failed: {error}")
