"""Every message between agent, broker and hub over a line that loses, doubles and reorders: the same end as without.

Simulated tablets behind Debian's real adb server. By default one seed with some devices on each broker; with
`MEDIALAB_CHAOS_SEEDS` several seeds with 100 devices."""

import asyncio
import os
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.chaos import invariants
from tests.chaos.proxy import BadLine, Badness
from tests.chaos.rig import Rig, Size, straight

IS_LONG = "MEDIALAB_CHAOS_SEEDS" in os.environ
SIZE = Size(100, 0.05, 32) if IS_LONG else Size(6, 0.02, 6)
SEEDS = range(1, 4) if IS_LONG else range(1, 2)
BADNESS = Badness(lost=0.1, doubled=0.1, held=0.1, held_s=0.3)


@dataclass
class BadRoads:
    """One bad line for each program, on a thread of their own."""

    seed: int
    lines: dict[str, BadLine] = field(default_factory=dict)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._loop.run_forever, name="bad-line", daemon=True)
        self._thread.start()

    def __call__(self, program: str, port: int) -> int:
        """The port of a new bad line to the broker."""
        line = self.lines[program] = BadLine(port, self.seed * 100 + len(self.lines), BADNESS)
        return asyncio.run_coroutine_threadsafe(line.start(), self._loop).result(10)

    def close(self) -> None:
        """End the lines and the thread."""
        for line in self.lines.values():
            asyncio.run_coroutine_threadsafe(line.stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """How it ends when nothing goes wrong, by serial."""
    rig = Rig(tmp_path_factory.mktemp("undisturbed"), size=SIZE)
    return final_state(rig)


@pytest.mark.slow
@pytest.mark.parametrize("broker", ["mosquitto", "amqtt"])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_bad_line_changes_nothing_in_the_end(
    broker: str, seed: int, tmp_path: Path, undisturbed: dict[str, Any]
) -> None:
    roads = BadRoads(seed)
    try:
        ended = final_state(Rig(tmp_path, broker, SIZE, road=roads))
    finally:
        roads.close()
    for program, line in roads.lines.items():
        assert min(line.counts[fate] for fate in ("lost", "doubled", "held")) > 0, (program, line.counts)
        print(f"{broker}, {program}: {dict(line.counts)}")
    assert ended.keys() == undisturbed.keys()
    different = {
        serial: (ended[serial], undisturbed[serial]) for serial in ended if ended[serial] != undisturbed[serial]
    }
    assert not different, next(iter(different.items()))


def final_state(rig: Rig) -> dict[str, Any]:
    """One reset of everything; for each serial what hub and devices say in the end, without times and random ids."""
    try:
        rig.start()
        serials = rig.devices()
        jobs = rig.await_end(rig.soil_and_reset())
        rig.trace.news()
        invariants.all_are_clean(rig, jobs)
        invariants.no_step_runs_too_often(jobs, serials, rig.trace.lines, [])
        rows = {row["id"]: row for row in invariants.settled_fleet(rig)}
        if rig.road is straight:
            invariants.the_hub_is_whole(rig)
    finally:
        rig.stop()
    invariants.the_journal_is_whole(rig.folder / "hub")
    told = {(line.device, line.kind, line.what.partition("; ")[0]) for line in rig.trace.lines}
    return {
        serials[job["device"]]: {
            "job": (job["status"], job["outcome"], job["progress"], job["trouble"]),
            "steps": [(step["id"], step["state"], step["begun"]) for step in job["steps"]],
            "checks": [(one["id"], one["result"], one["expected"], one["observed"]) for one in job["checks"]],
            "device": [rows[job["device"]][key] for key in ("status", "presence", "access", "traces", "job", "issues")],
            "told": sorted((kind, what) for device, kind, what in told if device == serials[job["device"]]),
        }
        for job in jobs
    }
