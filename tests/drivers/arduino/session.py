"""One driver of a simulated board, without a runtime around it."""

from collections.abc import Mapping
from typing import Any

from medialab_agent.drivers.arduino.driver import ArduinoDriver
from medialab_agent.drivers.arduino.simulator import ArduinoSimulator
from medialab_agent.sdk.driver import DeviceLink
from medialab_agent.sdk.steps import Order
from medialab_wire.progress import Check
from tests.fixtures.driver_session import Memory, results

__all__ = ["Memory", "results"]


def driver_of(simulator: ArduinoSimulator) -> ArduinoDriver:
    """A fresh driver that sees this board."""
    return ArduinoDriver(DeviceLink("board", (simulator.sighting(),), Memory()))


def order(baseline: Mapping[str, Any] | None = None) -> Order:
    """To reset it."""
    return Order("x-1", "reset", "clean", baseline=baseline or {})


async def reset(driver: ArduinoDriver, wish: Order) -> tuple[Check, ...]:
    """Plan, do and verify, as the runtime does."""
    for step in await driver.plan(wish):
        await driver.do(wish, step, lambda _part, _words=None: None)
    return await driver.verify(wish)
