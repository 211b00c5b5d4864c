"""The shared driver suite for LEGO hubs with the LEGO Wireless Protocol 3."""

from collections.abc import Mapping
from typing import ClassVar

from medialab_agent.drivers.lego_lwp3.simulator import Lwp3Simulator
from medialab_agent.sdk.simulator import Simulator
from medialab_agent.sdk.testing.bench import OpenBench
from medialab_agent.sdk.testing.suite import DriverSuite


class TestLwp3(DriverSuite):
    """Everything the suite demands of every driver."""

    driver = "lego-lwp3"
    settings: ClassVar[Mapping[str, str]] = {"show_s": "0.05"}

    def make(self) -> Simulator:
        """One hub, as new."""
        return Lwp3Simulator("Move Hub 7")

    async def test_traces_show_what_a_group_leaves_behind(self, open_bench: OpenBench, simulator: Simulator) -> None:
        """A name is foreign only where the lab has recorded its own."""
        async with self.ready(open_bench, simulator) as bench:
            assert bench.report.traces == {}
            await self.baseline(bench)
            await bench.until(lambda report: report.traces == {"renamed": 0})
            simulator.soil()
            await bench.order("look")
            await bench.until(lambda report: report.traces == {"renamed": 1})
