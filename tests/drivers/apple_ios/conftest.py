"""A simulated usbmuxd with iPads, and a small run of one order against one driver."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest

from medialab_agent.drivers.apple_ios.device import IPad
from medialab_agent.drivers.apple_ios.driver import IPadDriver
from medialab_agent.drivers.apple_ios.mux import Mux
from medialab_agent.drivers.apple_ios.simulator import IPadSimulator, open_scene
from medialab_agent.sdk.driver import DeviceLink
from medialab_agent.sdk.steps import Done, Order
from medialab_agent.sdk.trouble import DeviceTrouble
from medialab_wire.progress import Check, CheckResult
from medialab_wire.texts import Text


class Notes:
    """Memory that lives as long as the test."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        return self.values.get(name)

    def put(self, name: str, value: str | None) -> None:
        if value is None:
            self.values.pop(name, None)
        else:
            self.values[name] = value


@dataclass
class Run:
    """How one order went: what was done, what went wrong, what was proven."""

    done: dict[str, Done] = field(default_factory=dict)
    trouble: DeviceTrouble | None = None
    checks: tuple[Check, ...] = ()
    said: list[Text] = field(default_factory=list)

    @property
    def results(self) -> dict[str, CheckResult]:
        return {check.id: check.result for check in self.checks}

    @property
    def code(self) -> str:
        return self.trouble.trouble.code if self.trouble else ""


class Desk:
    """One iPad on the cable and the driver for it."""

    def __init__(self, simulator: IPadSimulator, settings: Mapping[str, str]) -> None:
        self.simulator, self.settings, self.notes = simulator, dict(settings), Notes()
        self.driver = self.again()
        self.ipad = IPad(Mux.from_settings(settings), simulator.udid)
        self.baseline: Mapping[str, Any] | None = None

    def again(self) -> IPadDriver:
        """A new driver with the same memory, as after a restart of the agent."""
        sighting = self.simulator.sighting()
        key = IPadDriver.key(sighting)
        assert key is not None
        self.driver = IPadDriver(DeviceLink(key, (sighting,), self.notes, self.settings))
        return self.driver

    async def order(
        self,
        action: str,
        level: str | None = None,
        exec_id: str = "x1",
        heard: Callable[[Text], None] = lambda _words: None,
    ) -> Run:
        """Plan, do every step, verify: what a session does, without journal and deadlines. `heard`: what a person does
        who reads the words of a running step."""
        order, run = Order(exec_id, action, level, baseline=self.baseline), Run()

        def say(_part: float, words: Text | None = None, /) -> None:
            if words is not None:
                run.said.append(words)
                heard(words)

        try:
            for step in await self.driver.plan(order):
                run.done[step.id] = await self.driver.do(order, step, say)
        except DeviceTrouble as trouble:
            run.trouble = trouble
        run.checks = await self.driver.verify(order)
        return run

    async def reset(self, level: str, exec_id: str = "x1") -> Run:
        """A reset of one level."""
        return await self.order("reset", level, exec_id)

    @property
    def effects(self) -> list[str]:
        """What was done to the iPad, by its own account."""
        return [effect.verb for effect in self.simulator.log]


@pytest.fixture
async def desk() -> AsyncIterator[Any]:
    """Makes desks: `await desk(simulator, **settings)`."""
    async with AsyncExitStack() as stack:

        async def make(simulator: IPadSimulator | None = None, **settings: str) -> Desk:
            one = simulator or IPadSimulator("ipad-1")
            return Desk(one, {**await open_scene(stack, [one]), **settings})

        yield make
