"""The shared driver suite for Arduino boards whose chip speaks USB itself: one of each family of boot programs."""

from collections.abc import Mapping
from typing import ClassVar

from medialab_agent.drivers.arduino.simulated.own_usb_simulator import (
    LEONARDO,
    NANO_33_IOT,
    QUICK_R4,
    OwnUsbModel,
    OwnUsbSimulator,
)
from medialab_agent.sdk.simulator import Effect, Fault, Simulator
from medialab_agent.sdk.testing.bench import Bench, OpenBench
from medialab_agent.sdk.testing.suite import DriverSuite, is_ready
from medialab_wire.progress import CheckResult, ExecutionReport, ExecutionStatus, Outcome


class OwnUsbSuite(DriverSuite):
    """What they share."""

    driver = "arduino"
    model: ClassVar[OwnUsbModel]
    settings: ClassVar[Mapping[str, str]] = {"appears_s": "0.8"}
    short_deadline_s = 1.5
    fault_deadline_s = 2.5

    def make(self) -> Simulator:
        return OwnUsbSimulator("own-usb-1", model=self.model)

    def matters(self, effect: Effect) -> bool:
        return effect.verb == "write"


class TestCaterina(OwnUsbSuite):
    """Leonardo, emptied by avrdude."""

    model = LEONARDO


class TestSamBa(OwnUsbSuite):
    """Nano 33 IoT, emptied by bossac."""

    model = NANO_33_IOT


class TestDfu(OwnUsbSuite):
    """UNO R4 Minima. Its boot program does not reach the memory for values: the program is proven to be gone, and what
    cannot be read is said."""

    model = QUICK_R4

    async def test_each_level_brings_its_proof_and_a_second_time_changes_nothing(self, open_bench: OpenBench) -> None:
        simulator = self.make()
        async with self.ready(open_bench, simulator) as bench:
            baseline = await self.baseline(bench)
            simulator.soil()
            first = await self.reset(bench, baseline=baseline)
            self._is_proven_but_for_values(first)
            assert simulator.residue()["flash"] == 0
            before = self.effects(simulator)
            await bench.until(is_ready)
            self._is_proven_but_for_values(await self.reset(bench, baseline=baseline))
            assert self.effects(simulator) == before

    async def test_a_slow_device_is_reset_all_the_same(self, bench: Bench, simulator: Simulator) -> None:
        baseline = await self.baseline(bench)
        self.impose(simulator, Fault.SLOW)
        simulator.soil()
        self._is_proven_but_for_values(await self.reset(bench, baseline=baseline, deadline_s=300))

    async def test_evidence_is_counts_and_types(self, bench: Bench, simulator: Simulator) -> None:
        baseline = await self.baseline(bench)
        simulator.soil()
        report = await self.reset(bench, baseline=baseline)
        said = [text for check in report.checks for text in (check.expected, check.observed) if text is not None]
        assert all(0 < len(words) <= 200 for text in said for words in (text.de, text.en))

    def _is_proven_but_for_values(self, report: ExecutionReport) -> None:
        assert report.status is ExecutionStatus.SUCCEEDED, report.trouble
        assert report.outcome is Outcome.UNVERIFIED
        unknown = [check.id for check in report.checks if check.result is not CheckResult.PASSED]
        assert unknown == ["eeprom"], report.checks
