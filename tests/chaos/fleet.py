"""A lab of simulated tablets behind Debian's real adb server, as a program of its own: it outlives every kill.

    python -m tests.chaos.fleet --devices 200 --log FOLDER --latency 0.1

Prints one JSON line when all are there. On standard input: `soil`, `residue`; each is answered
by one JSON line.
SIGUSR1 soils as well. It ends when its standard input does, so that nothing is left behind."""

import argparse
import asyncio
import json
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from medialab_agent.drivers.android_adb.simulator_device import AndroidSimulator
from medialab_agent.drivers.android_adb.simulator_models import GALAXY, LENOVO, TABLET
from medialab_agent.drivers.android_adb.simulator_server import AdbServer
from medialab_agent.sdk.simulator import Effect
from tests.chaos.trace import TraceWriter, changing

MODELS = (TABLET, GALAXY, LENOVO)
AT_ONCE = 25
"""Devices that are connected to the adb server at the same time."""


class Told(list[Any]):
    """A list that tells of everything that is appended."""

    def __init__(self, tell: Callable[[Any], None]) -> None:
        super().__init__()
        self._tell = tell

    def append(self, item: Any) -> None:
        """Append, then tell."""
        super().append(item)
        self._tell(item)


def tablet(number: int, seed: int, latency_s: float, trace: TraceWriter) -> AndroidSimulator:
    """One tablet that writes down what it is told and what it changes."""
    chance = random.Random(f"{seed}/{number}")
    simulator = AndroidSimulator(f"CHAOS{number:05d}", model=MODELS[number % len(MODELS)])
    simulator.latency_s = latency_s * chance.uniform(0.5, 1.5)

    def told(script: str) -> None:
        for command in changing(script):
            trace.write(time.monotonic(), simulator.serial, "command", command)

    def changed(effect: Effect) -> None:
        trace.write(effect.at, simulator.serial, "effect", f"{effect.verb} {effect.subject}".strip())

    simulator.log = simulator.body.log = Told(changed)
    simulator.body.asked = Told(told)
    return simulator


class Fleet:
    """All tablets and their adb server."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._trace = TraceWriter(options.log / "trace.jsonl")
        self.server = AdbServer(options.adb_port)
        self.tablets = [tablet(n, options.seed, options.latency, self._trace) for n in range(options.devices)]

    async def start(self) -> dict[str, Any]:
        """Bring up everything; the answer tells the adb server's port and each device's address."""
        await self.server.start()
        for group in groups(self.tablets):
            await self.server.connect(group)
        return {"adb_port": self.server.port, "devices": {one.serial: one.address for one in self.tablets}}

    async def stop(self) -> None:
        """Take everything down."""
        await self.server.stop()
        await asyncio.gather(*(one.stop() for one in self.tablets))

    def soil(self) -> dict[str, Any]:
        """A group of learners uses every device."""
        for one in self.tablets:
            one.soil()
            self._trace.write(time.monotonic(), one.serial, "soiled")
        return {"soiled": len(self.tablets)}

    def residue(self) -> dict[str, Any]:
        """What is left on each device, by its own account; clean ones are left out."""
        return {one.serial: dict(left) for one in self.tablets if (left := one.residue())}


def groups(tablets: list[AndroidSimulator]) -> Iterator[list[AndroidSimulator]]:
    """A few at a time."""
    for start in range(0, len(tablets), AT_ONCE):
        yield tablets[start : start + AT_ONCE]


async def serve(options: argparse.Namespace) -> None:
    """Run until told to stop."""
    loop = asyncio.get_running_loop()
    words = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(words), sys.stdin)
    fleet = Fleet(options)
    loop.add_signal_handler(signal.SIGUSR1, fleet.soil)
    commands = {"soil": fleet.soil, "residue": fleet.residue}
    try:
        say(await fleet.start())
        while (word := (await words.readline()).decode().strip()) in commands:
            say(commands[word]())
    finally:
        await fleet.stop()


def say(answer: dict[str, Any]) -> None:
    """One line of JSON."""
    print(json.dumps(answer), flush=True)


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=200)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--latency", type=float, default=0.05)
    parser.add_argument("--adb-port", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
