"""Prints how thirty iPads fare: inventoried and told to erase themselves, and all that until they are proven empty.

The simulated iPads are a process of their own, so that the agent's own work can be told apart from theirs."""

import asyncio
import os
import resource
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import psutil  # noqa: E402 - the path comes first

from medialab_agent.drivers.apple_ios.driver import IPadDriver  # noqa: E402
from medialab_agent.drivers.apple_ios.erase import STEPS  # noqa: E402
from medialab_agent.drivers.apple_ios.simulator import IPadSimulator, open_scene  # noqa: E402
from medialab_agent.sdk.driver import DeviceLink  # noqa: E402
from medialab_agent.sdk.steps import Order  # noqa: E402
from medialab_wire.progress import CheckResult  # noqa: E402

MANY = 30
ORDER = Order("bench", "reset", "erase")
AWAY_S = 3.0
"""Seconds a simulated iPad is away while it erases itself."""


def say(what: str, value: str, wanted: str = "") -> None:
    print(f"  {what:<62} {value:>22}   {wanted}", flush=True)


def fleet() -> list[IPadSimulator]:
    return [IPadSimulator(f"ipad-{number:02d}", away_s=AWAY_S) for number in range(MANY)]


async def serve() -> None:
    """The other process: thirty iPads, until its input ends."""
    async with AsyncExitStack() as stack:
        ipads = fleet()
        for ipad in ipads:
            ipad.state.apps |= {f"com.app.n{number}": "1.0" for number in range(40)}
        print((await open_scene(stack, ipads))["usbmuxd"], flush=True)
        await asyncio.to_thread(sys.stdin.read)


class Notes:
    """A memory of its own for each."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        return self.values.get(name)

    def put(self, name: str, value: str | None) -> None:
        if value is not None:
            self.values[name] = value


async def together(what: str, calls: Sequence[Callable[[], Awaitable[object]]], wanted: str = "") -> list[object]:
    """All at once; prints the wall time, the slowest one's place in it, and this process's own work."""
    began, busy = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF)
    found = await asyncio.gather(*(call() for call in calls))
    after = resource.getrusage(resource.RUSAGE_SELF)
    work = after.ru_utime + after.ru_stime - busy.ru_utime - busy.ru_stime
    say(what, f"{time.monotonic() - began:.2f} s, work {work:.2f} s", wanted)
    return list(found)


def desks(socket: str) -> list[IPadDriver]:
    """Drivers that have read nothing yet."""
    sightings = [ipad.sighting() for ipad in fleet()]
    return [IPadDriver(DeviceLink(one.key, (one,), Notes(), {"usbmuxd": socket})) for one in sightings]


async def measure(socket: str) -> None:
    async def inventory(driver: IPadDriver) -> int:
        await driver.probe()
        return (await driver.report()).traces["apps"]

    async def accepted(driver: IPadDriver) -> None:
        first, *_ = await driver.plan(ORDER)
        await driver.do(ORDER, first, lambda *_: None)

    async def proven(driver: IPadDriver) -> bool:
        for step in ("wait-for-start", "connect"):
            found = next(one for one in STEPS if one.id == step)
            await driver.do(ORDER, found, lambda *_: None)
        return all(check.result is CheckResult.PASSED for check in await driver.verify(ORDER))

    for note in ("first time", "again"):
        drivers = desks(socket)
        calls = [lambda one=driver: inventory(one) for driver in drivers]
        assert set(await together(f"{MANY} inventoried, {note}", calls, "at most 2 s")) == {43}
    await together(
        f"{MANY}: erase planned and accepted", [lambda one=driver: accepted(one) for driver in drivers], "at most 5 s"
    )
    clean = await together(
        "  until all are back, connected and checked", [lambda one=driver: proven(one) for driver in drivers]
    )
    say("  proven empty", f"{sum(map(bool, clean))} of {MANY}")
    say("memory of the measuring process", f"{psutil.Process().memory_info().rss / 1e6:.0f} MB")


def main() -> None:
    """Start the other process and measure."""
    print(f"Thirty simulated iPads on {psutil.cpu_count()} cores, load {psutil.getloadavg()[0]:.1f} before")
    other = subprocess.Popen(
        [sys.executable, __file__, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ
    )
    assert other.stdin is not None and other.stdout is not None
    try:
        asyncio.run(measure(other.stdout.readline().strip()))
    finally:
        other.stdin.close()
        other.wait(10)


if __name__ == "__main__":
    asyncio.run(serve()) if sys.argv[1:] == ["serve"] else main()
