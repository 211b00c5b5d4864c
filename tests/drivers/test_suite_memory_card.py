"""The shared driver suite for cards of cameras and recorders."""

from medialab_agent.drivers.memory_card.simulator import CameraSimulator
from medialab_agent.sdk.simulator import Fault, Simulator
from medialab_agent.sdk.testing.bench import Bench
from medialab_agent.sdk.testing.suite import DriverSuite
from medialab_wire.progress import ExecutionStatus, Outcome


class TestMemoryCard(DriverSuite):
    """Looked at by the machine, formatted by hand."""

    driver = "memory-card"

    def make(self) -> Simulator:
        return CameraSimulator("CAM0001")

    def impose(self, simulator: Simulator, fault: Fault) -> None:
        assert isinstance(simulator, CameraSimulator)
        simulator.impose(fault)

    async def test_it_shows_itself(self, bench: Bench) -> None:
        report = await bench.order("find-me")
        assert report.status is ExecutionStatus.FAILED
        assert report.trouble is not None
        assert report.trouble.code == "no-signal"

    async def test_unplugged_in_the_middle_of_a_step(self, bench: Bench, simulator: Simulator) -> None:
        """Its steps are a person's; it is pulled out while the machine looks at the card afterwards."""
        baseline = await self.baseline(bench)
        self.impose(simulator, Fault.SLOW)
        simulator.soil()
        await self.reset(bench, baseline=baseline, exec="x-unplug", deadline_s=5, until=lambda r: bool(r.steps))
        await bench.unplug()
        report = await bench.last("x-unplug")
        assert report.outcome is not Outcome.CLEAN
        assert report.trouble is not None
        assert report.trouble.code != "driver-defect"

    async def test_it_is_never_written(self, bench: Bench, simulator: Simulator) -> None:
        assert isinstance(simulator, CameraSimulator)
        simulator.soil()
        before = {path: path.stat().st_mtime_ns for path in simulator.card.rglob("*")}
        simulator.faults.add(Fault.REFUSE)
        report = await self.reset(bench, baseline={"files": []})
        assert report.outcome is Outcome.QUARANTINED
        assert {path: path.stat().st_mtime_ns for path in simulator.card.rglob("*")} == before
