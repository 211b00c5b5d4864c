"""The smallest session: plans an order, does its steps with their deadlines, ticks for the person, verifies."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from medialab_agent.drivers.bambu.driver import DRIVER
from medialab_agent.sdk.driver import DeviceLink, Driver
from medialab_agent.sdk.steps import Done, Order
from medialab_wire.progress import Check, CheckResult
from medialab_wire.sightings import Sighting
from medialab_wire.texts import Text


class Memory(dict[str, str]):
    """Secrets of one device, for the length of a test."""

    def put(self, name: str, value: str | None) -> None:
        if value is None:
            self.pop(name, None)
        else:
            self[name] = value


def driver_for(*sightings: Sighting, memory: Memory | None = None, **settings: str) -> Driver:
    return DRIVER(DeviceLink("dev-1", sightings, memory if memory is not None else Memory(), settings))


@dataclass
class Run:
    """What happened."""

    steps: dict[str, Done] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    checks: tuple[Check, ...] = ()
    progress: list[float] = field(default_factory=list)

    @property
    def changed(self) -> list[str]:
        return [name for name, done in self.steps.items() if done.changed]

    def results(self) -> dict[str, CheckResult]:
        return {check.id: check.result for check in self.checks}

    def machine_passed(self) -> bool:
        return all(c.result is CheckResult.PASSED for c in self.checks if c.kind == "machine")

    def say(self, part: float, words: Text | None = None, /) -> None:
        self.progress.append(part)


def reset_order(baseline: Mapping[str, Any] | None, **params: Any) -> Order:
    return Order("x-1", "reset", "clean", params, baseline)


async def run(driver: Driver, order: Order) -> Run:
    result = Run()
    for step in await driver.plan(order):
        result.order.append(step.id)
        if step.ask is not None:
            result.asked.append(step.id)
            continue
        async with asyncio.timeout(step.deadline_s):
            result.steps[step.id] = await driver.do(order, step, result.say)
    result.checks = await driver.verify(order)
    return result
