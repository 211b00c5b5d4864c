"""A hall of simulated printers of several makes, as a program of its own.

    python -m tests.lab.printers.hall --printers 54

Says one line of JSON first: the address of each printer. Then one word a line on standard input, one line of JSON in
answer: `consent` (somebody clicks “Allow” wherever a printer asks), `soil`, `residue`. It ends when its input does."""

import argparse
import asyncio
import json
import sys
from typing import Any

from medialab_agent.drivers.moonraker.simulator import MoonrakerSimulator
from medialab_agent.drivers.octoprint.simulator import OctoPrintSimulator
from medialab_agent.drivers.prusalink.simulator import PASSWORD, PrusaLinkSimulator
from medialab_agent.sdk.simulator import Simulator

KINDS = ("octoprint", "moonraker", "prusalink")
SETTINGS = {"MEDIALAB_DRIVER_PRUSALINK_PASSWORD": PASSWORD}
"""What staff would have entered at the agent."""


def printer(kind: str, number: int) -> Simulator:
    """One of that kind."""
    name = f"Halle {number}"
    if kind == "octoprint":
        return OctoPrintSimulator(f"octo-{number}", name=name)
    if kind == "moonraker":
        return MoonrakerSimulator(f"klipper-{number}", name=name)
    return PrusaLinkSimulator(f"CZPX{number:08d}", name=name, is_buddy=number % 2 == 0)


def address(kind: str, simulator: Simulator) -> str:
    """What a person would type."""
    facts = simulator.sighting().facts
    return f"{kind}://{facts['address']}:{facts['port']}"


async def serve(count: int) -> None:
    """Run until standard input ends."""
    words = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(words), sys.stdin)
    hall = [(KINDS[number % len(KINDS)], printer(KINDS[number % len(KINDS)], number)) for number in range(count)]
    for _, simulator in hall:
        await simulator.start()
    try:
        say([address(kind, simulator) for kind, simulator in hall])
        while word := (await words.readline()).decode().strip():
            say(answer(word, [simulator for _, simulator in hall]))
    finally:
        await asyncio.gather(*(simulator.stop() for _, simulator in hall))


def answer(word: str, hall: list[Simulator]) -> Any:
    """Do it."""
    if word == "residue":
        return {one.serial: dict(left) for one in hall if any((left := one.residue()).values())}
    for simulator in hall:
        getattr(simulator, word)()
    return {}


def say(words: Any) -> None:
    """One line of JSON."""
    print(json.dumps(words), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--printers", type=int, default=54)
    asyncio.run(serve(parser.parse_args().printers))
