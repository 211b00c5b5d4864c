"""The workbench a driver is tested on: the real runtime with one simulated device."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from medialab_agent.sdk.simulator import Simulator
from medialab_wire.capabilities import DriverManifest
from medialab_wire.progress import ExecutionReport
from medialab_wire.reports import Report


class Bench(Protocol):
    """One device on the bench; a person who does what is asked stands beside it."""

    @property
    def dev(self) -> str:
        """The connection's id, once the device was seen."""

    @property
    def manifest(self) -> DriverManifest:
        """The driver's manifest."""

    @property
    def report(self) -> Report:
        """The last report of the device."""

    async def until(self, holds: Callable[[Report], bool], seconds: float = 30) -> Report:
        """The first report for which this holds. Raises TimeoutError."""

    async def order(self, action: str, level: str | None = None, **more: Any) -> ExecutionReport:
        """Carry out an order and return its last report. `more`: exec, params, baseline, deadline_s,
        step_deadline_s; `until` returns the first report for which it holds instead."""

    async def cancel(self, exec_id: str) -> ExecutionReport:
        """Wish an execution to end; its last report."""

    async def last(self, exec_id: str) -> ExecutionReport:
        """The last report of an execution, once it has ended."""

    async def unplug(self) -> None:
        """The device vanishes, and discovery says so."""

    async def plug(self) -> None:
        """The device is back."""

    async def restart(self) -> None:
        """The agent is stopped and started again on the same journal."""

    def disown(self) -> None:
        """From now on the device belongs to another agent."""


OpenBench = Callable[[str, Simulator, Mapping[str, str]], AbstractAsyncContextManager[Bench]]
"""Driver id, simulator (not started), further settings → an open bench. Comes as the fixture `open_bench`."""
