"""The practice lab: the real agent, with simulated devices instead of this machine's buses."""

import asyncio
import logging
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import replace

from medialab_agent.bootstrap import Agent, bus_sources, driver_sources
from medialab_agent.practice_lab.learners import Learners, Pace, roll_call
from medialab_agent.practice_lab.scenes import Scene, SceneSource, open_all
from medialab_agent.runtime.registry import dev_id
from medialab_agent.runtime.shelf import Shelf
from medialab_agent.sdk.simulator import Simulator
from medialab_agent.settings import Settings

log = logging.getLogger(__name__)

NO_BUSES: frozenset[str] = frozenset({"manual"})
"""Without being asked, the practice lab looks at nothing real; addresses typed in by a person it does take."""


async def practice(settings: Settings, stop: asyncio.Event, *, with_real_devices: bool = False) -> int:
    """Open every scene and run the agent on them until `stop`; returns how many devices were opened."""
    async with AsyncExitStack() as stack:
        shelf = Shelf()
        scenes = await open_all(stack, shelf)
        for scene in scenes:
            settings = settings.with_driver(scene.driver, scene.settings)
        devices = by_connection(shelf, scenes)
        learners = Learners(devices, Pace(*settings.practice), settings.data_dir)
        own = driver_sources(settings, shelf)
        shown = SceneSource(list(devices.values()), frozenset(source.name for source in own))
        buses = settings if with_real_devices else replace(settings, sources=NO_BUSES)
        log.info("Practice lab: %s", roll_call(devices))
        learners.come()
        stack.callback(learners.go)
        await Agent(settings, shelf, (*bus_sources(buses, shelf), *own, shown), learners.hear).run(stop)
        return len(devices)


def by_connection(shelf: Shelf, scenes: Iterable[Scene]) -> dict[str, Simulator]:
    """Every simulated device under the id its connection has at the agent."""
    devices = {}
    for scene in scenes:
        key = shelf[scene.driver].driver().key
        for simulator in scene.simulators:
            devices[dev_id(scene.driver, key(simulator.sighting()) or simulator.serial)] = simulator
    return devices
