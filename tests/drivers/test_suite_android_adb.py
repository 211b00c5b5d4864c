"""The shared driver suite for Android tablets and headsets, through a real adb server."""

from medialab_agent.drivers.android_adb.simulator import AndroidSimulator
from medialab_agent.sdk.simulator import Fault, Simulator
from medialab_agent.sdk.testing.bench import Bench
from medialab_agent.sdk.testing.suite import DriverSuite


class TestAndroidAdb(DriverSuite):
    """Everything the suite demands of every driver."""

    driver = "android-adb"
    once_only = frozenset({"full"})

    def make(self) -> Simulator:
        return AndroidSimulator("tablet-1")

    def impose(self, simulator: Simulator, fault: Fault) -> None:
        assert isinstance(simulator, AndroidSimulator)
        simulator.faults.add(fault)
        if fault is Fault.LOCKED:
            simulator.state.lock = "Pin"

    async def test_the_end_of_a_run_says_what_helps_first(self, bench: Bench, simulator: Simulator) -> None:
        baseline = await self.baseline(bench)
        self.impose(simulator, Fault.LOCKED)
        report = await self.reset(bench, baseline=baseline)
        assert report.trouble is not None and report.trouble.remedy is not None
        assert report.trouble.code == "checks-failed"
        assert report.trouble.remedy.de.startswith("Auf dem Gerät ist eine Sperre")
