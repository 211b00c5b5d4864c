"""The simulated devices that drivers bring, started and made visible to the agent."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass

from medialab_agent.runtime.shelf import BrokenDriver, DriverFolder, Shelf
from medialab_agent.sdk.scene import OpenScene, SceneUnavailable, open_plainly
from medialab_agent.sdk.simulator import Simulator
from medialab_agent.sdk.source import See, Source
from medialab_wire.sightings import BusFact, BusStatus, Sighting
from medialab_wire.texts import Text

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Scene:
    """One driver's simulated devices, started. `settings` are what the driver needs to reach them."""

    driver: str
    simulators: tuple[Simulator, ...]
    settings: Mapping[str, str]


def simulators_of(folder: DriverFolder) -> tuple[Simulator, ...]:
    """What the driver's `scene()` makes, not started; empty when it brings none. Raises `BrokenDriver`."""
    module = folder.module("simulator")
    make = getattr(module, "scene", None)
    return tuple(make()) if make is not None else ()


async def open_scene(stack: AsyncExitStack, folder: DriverFolder, simulators: Sequence[Simulator]) -> Scene:
    """Start them by the driver's own hook, if it has one. Raises `SceneUnavailable`."""
    hook: OpenScene = getattr(folder.module("simulator"), "open_scene", open_plainly)
    return Scene(folder.id, tuple(simulators), dict(await hook(stack, simulators)))


async def open_all(stack: AsyncExitStack, shelf: Shelf) -> tuple[Scene, ...]:
    """Every driver's scene that can be opened here; what cannot is reported loudly and left out."""
    scenes = []
    for folder in list(shelf):
        try:
            simulators = simulators_of(folder)
            if simulators:
                scenes.append(await open_scene(stack, folder, simulators))
        except (BrokenDriver, SceneUnavailable, OSError, TimeoutError) as error:
            log.error("The practice lab goes without %s: %s", folder.id, error)
    return tuple(scenes)


class SceneSource(Source):
    """Shows simulators the way discovery would show real devices; those a driver's own source sees are left to it."""

    name = "practice"

    def __init__(self, simulators: Sequence[Simulator], seen_otherwise: frozenset[str] = frozenset()) -> None:
        self._simulators = [s for s in simulators if s.sighting().source not in seen_otherwise]
        self._see: See | None = None

    def fact(self) -> BusFact:
        """Always listening."""
        return BusFact(
            source=self.name,
            status=BusStatus.LISTENING,
            title=Text(de="Übungslabor", en="Practice lab"),
            seen=len(self._simulators),
        )

    async def run(self, see: See) -> None:
        """Show all of them; afterwards only what `plug` and `unplug` tell, and what devices do by themselves."""
        self._see = see
        loop = asyncio.get_running_loop()

        def show(sighting: Sighting) -> None:
            with suppress(RuntimeError):  # the loop is closed: nobody watches any more
                loop.call_soon_threadsafe(see, sighting)

        for simulator in self._simulators:
            simulator.show = show
            see(simulator.sighting())
        await asyncio.Event().wait()

    def plug(self, simulator: Simulator) -> None:
        """It is there (again)."""
        self._show(simulator, simulator.sighting())

    def unplug(self, simulator: Simulator) -> None:
        """It is gone."""
        self._show(simulator, simulator.sighting().model_copy(update={"present": False}))

    def _show(self, simulator: Simulator, sighting: Sighting) -> None:
        if self._see is not None and simulator in self._simulators:
            self._see(sighting)
