"""The shared driver suite for Ozobot Evo."""

from collections.abc import Mapping
from typing import ClassVar

from medialab_agent.drivers.ozobot.simulator import OzobotSimulator
from medialab_agent.sdk.simulator import Simulator
from medialab_agent.sdk.testing.bench import OpenBench
from medialab_agent.sdk.testing.suite import DriverSuite


class TestOzobot(DriverSuite):
    """Everything the suite demands of every driver."""

    driver = "ozobot"
    settings: ClassVar[Mapping[str, str]] = {"show_s": "0.05"}

    def make(self) -> Simulator:
        """One robot, as new."""
        return OzobotSimulator("OzoEvo 7")

    async def test_traces_show_what_a_group_leaves_behind(self, open_bench: OpenBench, simulator: Simulator) -> None:
        """A name is foreign only where the lab has recorded its own."""
        async with self.ready(open_bench, simulator) as bench:
            assert bench.report.traces == {}
            await self.baseline(bench)
            await bench.until(lambda report: report.traces == {"renamed": 0})
            simulator.soil()
            await bench.order("find-me")
            await bench.until(lambda report: report.traces == {"renamed": 1})
