"""The base of simulated Bluetooth robots, and how a scene of them gets onto an air."""

import asyncio
import tempfile
import time
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from medialab_agent.sdk.air import Air
from medialab_agent.sdk.bluetooth import AIR
from medialab_agent.sdk.peripheral import Peripheral
from medialab_agent.sdk.simulator import Effect, Fault, Simulator
from medialab_wire.sightings import Sighting

SLOW_S = 0.03
"""Seconds more for each answer with `Fault.SLOW`."""


@dataclass
class BleSimulator(Simulator):
    """A simulated robot with one `peripheral`; whoever carries that decides whether the air is a socket or a radio.

    `Fault.LOCKED`: somebody else's tablet holds the connection."""

    slow_s: float = SLOW_S
    peripheral: Peripheral = field(init=False)

    def __post_init__(self) -> None:
        self.peripheral = self.build()
        self.peripheral.is_taken = lambda: Fault.LOCKED in self.faults

    @abstractmethod
    def build(self) -> Peripheral:
        """The peripheral with the robot's real services, not switched on."""

    async def start(self) -> None:
        """Switch on."""
        self.peripheral.appear()

    async def stop(self) -> None:
        """Switch off."""
        self.peripheral.vanish()

    def sighting(self) -> Sighting:
        """Its advertisement."""
        return self.peripheral.sighting()

    async def hesitate(self) -> None:
        """Before each answer: hangs or takes its time when it has such a fault."""
        if Fault.HANG in self.faults:
            await asyncio.Event().wait()
        if Fault.SLOW in self.faults:
            await asyncio.sleep(self.slow_s)

    def dies(self) -> bool:
        """Before each change: True when it just dropped off the air because of its fault."""
        if Fault.DIE in self.faults:
            self.peripheral.vanish()
            return True
        return False

    def did(self, verb: str, subject: str = "") -> None:
        """Note what was done to it."""
        self.log.append(Effect(time.monotonic(), verb, subject))


async def open_on_air(stack: AsyncExitStack, simulators: Sequence[Simulator]) -> Mapping[str, str]:
    """An `OpenScene`: an air of their own, and the setting that leads the driver to it."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="medialab-air-")))
    air = Air(folder / "air")
    await air.open()
    stack.push_async_callback(air.close)
    air.carry([one.peripheral for one in simulators if isinstance(one, BleSimulator)])
    for simulator in simulators:
        await simulator.start()
        stack.push_async_callback(simulator.stop)
    return {AIR: str(air.socket)}
