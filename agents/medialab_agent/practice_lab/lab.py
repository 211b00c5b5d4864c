"""The practice lab: the real agent, with simulated devices instead of this machine's buses."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace

from medialab_agent.bootstrap import Agent, bus_sources, driver_sources
from medialab_agent.practice_lab.scenes import SceneSource, open_all
from medialab_agent.runtime.shelf import Shelf
from medialab_agent.settings import Settings

NO_BUSES: frozenset[str] = frozenset({"manual"})
"""Without being asked, the practice lab looks at nothing real; addresses typed in by a person it does take."""


async def practice(settings: Settings, stop: asyncio.Event, *, with_real_devices: bool = False) -> int:
    """Open every scene and run the agent on them until `stop`; returns how many devices were opened."""
    async with AsyncExitStack() as stack:
        shelf = Shelf()
        scenes = await open_all(stack, shelf)
        for scene in scenes:
            settings = settings.with_driver(scene.driver, scene.settings)
        simulators = [simulator for scene in scenes for simulator in scene.simulators]
        own = driver_sources(settings, shelf)
        shown = SceneSource(simulators, frozenset(source.name for source in own))
        buses = settings if with_real_devices else replace(settings, sources=NO_BUSES)
        await Agent(settings, shelf, (*bus_sources(buses, shelf), *own, shown)).run(stop)
        return len(simulators)
