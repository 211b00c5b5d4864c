"""A real adb server, and a small run of one order against one driver."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from medialab_agent.drivers.android_adb.driver import AndroidDriver
from medialab_agent.drivers.android_adb.simulator_device import AndroidSimulator
from medialab_agent.drivers.android_adb.simulator_server import AdbServer
from medialab_agent.sdk.driver import DeviceLink
from medialab_agent.sdk.evidence import Advised
from medialab_agent.sdk.steps import Done, Order
from medialab_agent.sdk.trouble import DeviceTrouble
from medialab_wire.progress import Check, CheckResult, Outcome
from medialab_wire.texts import Text
from tests.peers.adb_newer.rig import DEBIAN, program


@pytest.fixture
def adb_version(request: pytest.FixtureRequest) -> str:
    """Which adb a test runs with; `BOTH` names two."""
    return str(getattr(request, "param", DEBIAN))


@pytest.fixture
async def server(adb_version: str) -> AsyncIterator[AdbServer]:
    """A real adb server on a port of its own."""
    adb = AdbServer(program=program(adb_version))
    await adb.start()
    yield adb
    await adb.stop()


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
    """How one order went: what was done, what failed, what was proven."""

    done: dict[str, Done] = field(default_factory=dict)
    trouble: dict[str, DeviceTrouble] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()

    @property
    def outcome(self) -> Outcome:
        results = {check.result for check in self.checks}
        if self.trouble or CheckResult.FAILED in results:
            return Outcome.QUARANTINED
        return Outcome.CLEAN if results == {CheckResult.PASSED} else Outcome.UNVERIFIED

    @property
    def advice(self) -> Text | None:
        assert isinstance(self.checks, Advised)
        return self.checks.advice

    def result(self, check: str) -> CheckResult:
        return next(found.result for found in self.checks if found.id == check)

    @property
    def failed(self) -> set[str]:
        return {check.id for check in self.checks if check.result is CheckResult.FAILED}


class Bench:
    """One simulator behind the server, and the driver for it."""

    def __init__(self, server: AdbServer, simulator: AndroidSimulator) -> None:
        self.server, self.simulator, self.notes = server, simulator, Notes()
        self.driver = self.again()
        self.baseline: Mapping[str, Any] = {}

    def again(self) -> AndroidDriver:
        """A new driver with the same memory, as after a restart of the agent."""
        sighting = self.simulator.sighting()
        key = AndroidDriver.key(sighting)
        assert key is not None
        return AndroidDriver(DeviceLink(key, (sighting,), self.notes, self.server.settings))

    async def reset(self, level: str = "session", exec_id: str = "x1") -> Run:
        """Plan, do every step, verify, stop: what a session does, without journal and deadlines."""
        order = Order(exec_id, "reset", level, baseline=self.baseline or None)
        run = Run()
        try:
            for step in await self.driver.plan(order):
                run.done[step.id] = await self.driver.do(order, step, lambda *_: None)
        except DeviceTrouble as trouble:
            run.trouble["step"] = trouble
        run.checks = await self.driver.verify(order)
        await self.driver.stop()
        return run


@pytest.fixture
async def bench(server: AdbServer) -> AsyncIterator[Any]:
    """Makes benches: `await bench(simulator)` connects it and records its baseline while it is prepared."""
    simulators: list[AndroidSimulator] = []

    async def make(simulator: AndroidSimulator, record: bool = True) -> Bench:
        simulators.append(simulator)
        faults = set(simulator.faults)
        simulator.faults.clear()
        await server.connect([simulator])
        made = Bench(server, simulator)
        if record:
            made.baseline = await made.driver.snapshot()
        simulator.faults |= faults
        return made

    yield make
    for simulator in simulators:
        await simulator.stop()
