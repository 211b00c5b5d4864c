"""One driver of a simulated Thymio, without a runtime around it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from medialab_agent.drivers.thymio.driver import ThymioDriver
from medialab_agent.drivers.thymio.simulator import ThymioSimulator
from medialab_agent.sdk.driver import DeviceLink
from medialab_agent.sdk.steps import Order
from medialab_wire.progress import Check, CheckResult

BASELINE = {"name": "Thymio 7"}


class Notes(dict[str, str]):
    """A memory that forgets at the end."""

    def put(self, name: str, value: str | None) -> None:
        """See `Memory`."""
        self.pop(name, None)
        if value is not None:
            self[name] = value


@asynccontextmanager
async def plugged(robot: ThymioSimulator) -> AsyncIterator[ThymioDriver]:
    """A fresh driver that sees this robot."""
    await robot.start()
    try:
        yield ThymioDriver(DeviceLink("thymio", (robot.sighting(),), Notes(), {"blink_s": "0.01"}))
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


def results(checks: tuple[Check, ...]) -> dict[str, CheckResult]:
    """What each check came to."""
    return {check.id: check.result for check in checks}
