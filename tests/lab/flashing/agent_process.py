"""An agent in a process of its own, for one board that lives elsewhere: `agent_process.py DATA SIGHTING`.

Resets the board, or goes on where its journal says; prints the last report of that execution."""

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from medialab_agent.practice_lab.bench import open_bench
from medialab_agent.sdk.simulator import Simulator
from medialab_wire.sightings import Sighting


@dataclass
class Elsewhere(Simulator):
    """A board another process plugs in."""

    seen: Sighting = field(default_factory=lambda: Sighting(source="usb", key="none"))

    async def start(self) -> None:
        """See `Simulator`."""

    async def stop(self) -> None:
        """See `Simulator`."""

    def sighting(self) -> Sighting:
        """As the other process sees it."""
        return self.seen

    def soil(self) -> None:
        """See `Simulator`."""

    def residue(self) -> Mapping[str, int]:
        """Only the other process knows."""
        return {}


async def main(data: Path, seen: Sighting) -> None:
    """One order under one id, however often this is started."""
    async with open_bench(data, "arduino", Elsewhere("elsewhere", seen=seen), {}) as bench:
        await bench.until(lambda _report: True)
        report = await bench.order("reset", "clean", baseline={}, exec="x-kill", deadline_s=100)
        sys.stdout.write(report.model_dump_json() + "\n")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Sighting.model_validate_json(sys.argv[2])))
