"""The shared driver suite for SPIKE Prime hubs."""

from collections.abc import Mapping
from typing import ClassVar

from medialab_agent.drivers.lego_spike.simulator import SpikeSimulator
from medialab_agent.sdk.simulator import Effect, Simulator
from medialab_agent.sdk.testing.bench import OpenBench
from medialab_agent.sdk.testing.suite import DriverSuite


class TestSpike(DriverSuite):
    """Everything the suite demands of every driver."""

    driver = "lego-spike"
    settings: ClassVar[Mapping[str, str]] = {"show_s": "0.05"}

    def make(self) -> Simulator:
        """One hub, as new."""
        return SpikeSimulator("Spike 7", slow_s=0.005)

    def matters(self, effect: Effect) -> bool:
        """Not the little program by which a check tries out what the hub's answers mean; it is gone afterwards."""
        return effect.verb != "check"

    async def test_traces_show_what_a_group_leaves_behind(self, open_bench: OpenBench, simulator: Simulator) -> None:
        """A name is foreign only where the lab has recorded its own."""
        async with self.ready(open_bench, simulator) as bench:
            assert bench.report.traces == {}
            await self.baseline(bench)
            await bench.until(lambda report: report.traces == {"renamed": 0})
            simulator.soil()
            await bench.order("find-me")
            await bench.until(lambda report: report.traces == {"renamed": 1})
