"""How simulated devices come to life: the hook a driver's simulator.py may bring, and what happens without one.

`simulator.py` exports `scene() -> Sequence[Simulator]`, fresh and not started. Where its devices need a program on the
host (a server they connect to), it also exports an `OpenScene` named `open_scene`; no other file names the driver."""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Protocol

from medialab_agent.sdk.simulator import Simulator


class OpenScene(Protocol):
    """Start the simulators and whatever they need; register every clean-up on the stack.

    Returns settings for the driver and its source, such as the port of a server it just started, so that they talk
    to nothing but these simulators."""

    async def __call__(self, stack: AsyncExitStack, simulators: Sequence[Simulator]) -> Mapping[str, str]:
        """May raise `SceneUnavailable`."""


class SceneUnavailable(Exception):
    """This machine lacks something the simulators need; the message says what, in plain words."""


async def open_plainly(stack: AsyncExitStack, simulators: Sequence[Simulator]) -> Mapping[str, str]:
    """What happens without a hook: every simulator is started, and stopped at the end."""
    for simulator in simulators:
        await simulator.start()
        stack.push_async_callback(simulator.stop)
    return {}
