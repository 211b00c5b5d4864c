"""The shared driver suite for iPads, through a simulated usbmuxd."""

from medialab_agent.drivers.apple_ios.simulator import IPadSimulator
from medialab_agent.sdk.simulator import Fault, Simulator
from medialab_agent.sdk.testing.bench import OpenBench
from medialab_agent.sdk.testing.suite import DriverSuite
from medialab_wire.progress import CheckResult, ExecutionStatus, Outcome


class TestAppleIos(DriverSuite):
    """Everything the suite demands of every driver."""

    driver = "apple-ios"
    level = "erase"
    once_only = frozenset({"erase"})
    fault_deadline_s = 2.5

    def make(self) -> Simulator:
        return IPadSimulator("ipad-1")

    async def test_each_level_brings_its_proof_and_a_second_time_changes_nothing(self, open_bench: OpenBench) -> None:
        """Only a full erase can be proven; the others say what they cannot know."""
        async with self.ready(open_bench, self.make()) as bench:
            manifest = bench.manifest
        assert [level.id for level in manifest.levels] == ["session", "erase", "managed-erase"]
        await self._prove_level(open_bench, manifest, "erase")
        await self._tidies_and_claims_no_more(open_bench)
        await self._leaves_the_management_alone(open_bench)

    async def _tidies_and_claims_no_more(self, open_bench: OpenBench) -> None:
        simulator = self.make()
        async with self.ready(open_bench, simulator) as bench:
            baseline = await self.baseline(bench)
            simulator.soil()
            report = await self.reset(bench, "session", baseline=baseline)
            assert report.status is ExecutionStatus.SUCCEEDED, report.trouble
            assert report.outcome is Outcome.UNVERIFIED
            open_checks = {check.id for check in report.checks if check.result is CheckResult.UNKNOWN}
            assert open_checks == {"app-data", "photos"}
            left = simulator.residue()
            assert (left["apps"], left["profiles"]) == (0, 0)
            effects = self.effects(simulator)
            again = await self.reset(bench, "session", baseline=baseline)
            assert again.outcome is Outcome.UNVERIFIED
            assert self.effects(simulator) == effects

    async def _leaves_the_management_alone(self, open_bench: OpenBench) -> None:
        simulator = self.make()
        async with self.ready(open_bench, simulator) as bench:
            report = await self.reset(bench, "managed-erase", baseline=None)
            assert report.trouble is not None and report.trouble.code == "mdm-off"
            assert self.effects(simulator) == []

    def impose(self, simulator: Simulator, fault: Fault) -> None:
        assert isinstance(simulator, IPadSimulator)
        simulator.faults.add(fault)
        if fault is Fault.LOCKED:
            simulator.state.has_passcode = True
