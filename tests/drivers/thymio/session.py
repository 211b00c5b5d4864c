"""One driver of a simulated Thymio, without a runtime around it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from medialab_agent.drivers.thymio.driver import ThymioDriver
from medialab_agent.drivers.thymio.simulator import ThymioSimulator
from medialab_agent.sdk.driver import DeviceLink
from medialab_agent.sdk.steps import Order
from tests.fixtures.driver_session import Memory, results

__all__ = ["Memory", "results"]

BASELINE = {"name": "Thymio 7"}


@asynccontextmanager
async def plugged(robot: ThymioSimulator) -> AsyncIterator[ThymioDriver]:
    """A fresh driver that sees this robot."""
    await robot.start()
    try:
        yield ThymioDriver(DeviceLink("thymio", (robot.sighting(),), Memory(), {"blink_s": "0.01"}))
    finally:
        await robot.stop()


def order(baseline: Mapping[str, Any] | None = None) -> Order:
    """To reset it."""
    return Order("x-1", "reset", "clean", baseline=BASELINE if baseline is None else baseline)


async def carry_out(driver: ThymioDriver, robot: ThymioSimulator) -> None:
    """Plan and do, with somebody who does what is asked."""
    for step in await driver.plan(order()):
        if step.ask is not None:
            assert robot.hands(step.id)
        else:
            await driver.do(order(), step, lambda _part, _words=None: None)
