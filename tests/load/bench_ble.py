"""Prints how long an agent needs to take stock of a room of Bluetooth robots, over a simulated air.

Real are the agent's runtime, its drivers and its queue for the radio; a connection takes as long as one through BlueZ
did in the virtual lab, and each answer as long as a slow robot's."""

import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import psutil  # noqa: E402 - the path comes first

from medialab_agent.bootstrap import Runtime  # noqa: E402
from medialab_agent.drivers.lego_lwp3.simulator import Lwp3Simulator  # noqa: E402
from medialab_agent.drivers.lego_spike.simulator import SpikeSimulator  # noqa: E402
from medialab_agent.drivers.ozobot.simulator import OzobotSimulator  # noqa: E402
from medialab_agent.drivers.sphero.simulator import SpheroSimulator  # noqa: E402
from medialab_agent.drivers.sphero.toys import BOLT, MINI, RVR, SPRK  # noqa: E402
from medialab_agent.practice_lab.scenes import SceneSource  # noqa: E402
from medialab_agent.runtime.shelf import Shelf  # noqa: E402
from medialab_agent.sdk.air import Air  # noqa: E402
from medialab_agent.sdk.ble_simulator import BleSimulator  # noqa: E402
from medialab_agent.sdk.bluetooth import AIR  # noqa: E402
from medialab_agent.sdk.simulator import Fault  # noqa: E402
from medialab_agent.settings import Settings  # noqa: E402
from medialab_wire.reports import Access, Report  # noqa: E402

CONNECT_S, ANSWER_S = 0.7, 0.05
"""Seconds; BlueZ in the virtual lab: 0.7 to connect, 0.02 to 0.06 for an answer."""
LONGEST_S = 120.0


def mixed() -> list[BleSimulator]:
    """Twenty: ten that must be connected to be known, ten that need not."""
    spheros = [SpheroSimulator(f"sphero-{number}", model=m) for number, m in enumerate((BOLT, MINI, RVR, SPRK))]
    spikes = [SpikeSimulator(f"Spike {number}") for number in range(6)]
    evos = [OzobotSimulator(f"OzoEvo {number}") for number in range(5)]
    return [*spheros, *spikes, *evos, *(Lwp3Simulator(f"Hub {number}") for number in range(5))]


def hungry() -> list[BleSimulator]:
    """Twenty that all must be connected."""
    return [SpikeSimulator(f"Spike {number}") for number in range(20)]


def silent() -> list[BleSimulator]:
    """Thirty that all say who they are by themselves."""
    evos = [OzobotSimulator(f"OzoEvo {number}") for number in range(15)]
    return [*evos, *(Lwp3Simulator(f"Hub {number}") for number in range(15))]


async def measure(what: str, robots: Sequence[BleSimulator], wanted: str) -> None:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        air = Air(folder / "air", connect_s=CONNECT_S)
        await air.open()
        stack.push_async_callback(air.close)
        air.carry([robot.peripheral for robot in robots])
        for robot in robots:
            robot.slow_s = ANSWER_S
            robot.faults.add(Fault.SLOW)
            await robot.start()
        took = await inventory(folder, air, robots)
        connections = sum(robot.peripheral.connections for robot in robots)
    print(
        f"  {what:<46} {took:6.2f} s   {connections:3} connections, {air.most_connected} at once   {wanted}", flush=True
    )


async def inventory(folder: Path, air: Air, robots: Sequence[BleSimulator]) -> float:
    """Seconds until each robot's report says who it is and that it may be used."""
    settings, known, is_done = Settings("bench", data_dir=folder, sources=frozenset()), set[str](), asyncio.Event()
    for driver in ("lego-spike", "lego-lwp3", "sphero", "ozobot"):
        settings = settings.with_driver(driver, {AIR: str(air.socket)})

    def hear(report: Report) -> None:
        if report.access is Access.OK and report.identities:
            known.add(report.dev)
        if len(known) == len(robots):
            is_done.set()

    runtime = Runtime(settings, Shelf(), [SceneSource(robots)], hear, lambda _report: None)
    began = time.monotonic()
    await runtime.start()
    try:
        async with asyncio.timeout(LONGEST_S):
            await is_done.wait()
        return time.monotonic() - began
    finally:
        await runtime.close()


async def main() -> None:
    print("Bluetooth robots: from the first sighting to the last report")
    await measure("20 robots of four makes", mixed(), "wanted: 20 s")
    await measure("20 SPIKE hubs, each must be asked", hungry(), "wanted: 20 s")
    await measure("30 Ozobots and LEGO hubs", silent(), "wanted: 20 s, no connections")
    print(f"  memory of agent and simulators together: {psutil.Process().memory_info().rss / 1e6:.0f} MB")


if __name__ == "__main__":
    asyncio.run(main())
