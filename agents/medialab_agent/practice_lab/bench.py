"""A workbench for one driver: the real runtime, one simulated device, a person who does what is asked."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from medialab_agent.bootstrap import Runtime, driver_sources
from medialab_agent.practice_lab.scenes import SceneSource, open_scene
from medialab_agent.runtime.executor import Limits
from medialab_agent.runtime.shelf import Shelf
from medialab_agent.sdk.simulator import Simulator
from medialab_agent.settings import Settings
from medialab_wire.capabilities import DriverManifest
from medialab_wire.commands import Answer, Config, Execution
from medialab_wire.progress import ExecutionReport, StepState
from medialab_wire.reports import Report

LONGEST_S = 120.0
"""Seconds an order may take on the bench."""


class RuntimeBench:
    """See `sdk.testing.bench.Bench`."""

    def __init__(self, settings: Settings, shelf: Shelf, driver: str, simulator: Simulator) -> None:
        self._settings, self._shelf, self._driver, self._simulator = settings, shelf, driver, simulator
        self._reports: dict[str, Report] = {}
        self._executions: dict[str, list[ExecutionReport]] = {}
        self._news = asyncio.Event()
        self._is_owner = True
        self._runtime = self._build()

    def _build(self) -> Runtime:
        own = driver_sources(self._settings, self._shelf)
        self._source = SceneSource([self._simulator], frozenset(source.name for source in own))
        sources = (*own, self._source)
        limits = Limits(ownership_grace_s=0.2)
        return Runtime(self._settings, self._shelf, sources, self._on_report, self._on_execution, limits)

    @property
    def manifest(self) -> DriverManifest:
        """See `Bench`."""
        return self._shelf[self._driver].manifest

    @property
    def dev(self) -> str:
        """See `Bench`."""
        return self.report.dev

    @property
    def report(self) -> Report:
        """See `Bench`."""
        ours = [report for report in self._reports.values() if report.driver == self._driver]
        assert len(ours) == 1, f"one simulator must be one device: {self._reports}"
        return ours[0]

    async def start(self) -> None:
        """Start the runtime."""
        await self._runtime.start()

    async def close(self) -> None:
        """End the runtime."""
        await self._runtime.close()

    async def until(self, holds: Callable[[Report], bool], seconds: float = 30) -> Report:
        """See `Bench`."""
        await self._wait(lambda: any(r.driver == self._driver and holds(r) for r in self._reports.values()), seconds)
        return self.report

    async def order(self, action: str, level: str | None = None, **more: Any) -> ExecutionReport:
        """See `Bench`."""
        holds = more.pop("until", lambda report: report.status.is_terminal)
        exec_id = more.pop("exec", f"x-{uuid4().hex[:12]}")
        order = Execution(exec=exec_id, job="j-1", dev=self.dev, action=action, level=level, **more)
        self._executions[exec_id] = []
        await self._configure()
        await self._runtime.executor.take([order])
        await self._wait(lambda: any(holds(report) for report in self._executions[exec_id]), LONGEST_S)
        return next(report for report in self._executions[exec_id] if holds(report))

    async def last(self, exec_id: str) -> ExecutionReport:
        """See `Bench`."""
        await self._wait(lambda: any(r.status.is_terminal for r in self._executions[exec_id]), LONGEST_S)
        return self._executions[exec_id][-1]

    async def cancel(self, exec_id: str) -> ExecutionReport:
        """See `Bench`."""
        self._runtime.executor.cancel([exec_id])
        return await self.last(exec_id)

    async def unplug(self) -> None:
        """See `Bench`."""
        await self._simulator.stop()
        self._source.unplug(self._simulator)

    async def plug(self) -> None:
        """See `Bench`."""
        await self._simulator.start()
        self._source.plug(self._simulator)

    async def restart(self) -> None:
        """See `Bench`."""
        await self._runtime.close()
        self._reports.clear()
        self._runtime = self._build()
        await self._runtime.start()

    def disown(self) -> None:
        """See `Bench`."""
        self._is_owner = False

    async def _configure(self) -> None:
        await self._runtime.executor.configure(Config(version=1, owned=(self.dev,) if self._is_owner else ()))

    async def _wait(self, holds: Callable[[], bool], seconds: float) -> None:
        async with asyncio.timeout(seconds):
            while not holds():
                self._news.clear()
                await self._news.wait()

    def _on_report(self, report: Report) -> None:
        self._reports[report.dev] = report
        self._news.set()

    def _on_execution(self, report: ExecutionReport) -> None:
        self._executions.setdefault(report.exec, []).append(report)
        self._news.set()
        waiting = [step.id for step in report.steps if step.state is StepState.WAITING_PERSON]
        if waiting:
            said = tuple(Answer(step=step, done=self._simulator.hands(step), by="p-bench") for step in waiting)
            self._runtime.executor.answer({report.exec: said})


@asynccontextmanager
async def open_bench(
    data_dir: Path, driver: str, simulator: Simulator, settings: Mapping[str, str], roots: Sequence[Path] | None = None
) -> AsyncIterator[RuntimeBench]:
    """Start the simulator the driver's way and a runtime that sees nothing else."""
    async with AsyncExitStack() as stack:
        shelf = Shelf(roots, only=driver)
        scene = await open_scene(stack, shelf[driver], [simulator])
        told = Settings("bench", data_dir=data_dir, sources=frozenset())
        told = replace(told, drivers={}).with_driver(driver, {**scene.settings, **settings})
        bench = RuntimeBench(told, shelf, driver, simulator)
        await bench.start()
        stack.push_async_callback(bench.close)
        yield bench
