"""The shared driver suite: give it a simulator, and each promise of the SDK is tested on the real runtime."""

from abc import abstractmethod
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, ClassVar

import pytest

from medialab_agent.sdk.simulator import Effect, Fault, Simulator
from medialab_agent.sdk.testing.bench import Bench, OpenBench
from medialab_wire.capabilities import DriverManifest
from medialab_wire.progress import CheckResult, ExecutionReport, ExecutionStatus, Outcome, StepState
from medialab_wire.reports import Access, Presence, Report

ALL_FAULTS = tuple(fault for fault in Fault if fault is not Fault.SLOW)


def is_ready(report: Report) -> bool:
    """Present, and the agent may talk to it."""
    return report.presence is Presence.PRESENT and report.access is Access.OK


class DriverSuite:
    """Subclass as `Test…`, set `driver`, and write `make`. Override the rest only where the device really differs."""

    driver: ClassVar[str]
    """The manifest's id."""
    level: ClassVar[str | None] = None
    """The level whose promises are tried; None: the manifest's default. Another one where the default is not proven."""
    settings: ClassVar[Mapping[str, str]] = {}
    """Further settings of the driver."""
    once_only: ClassVar[frozenset[str]] = frozenset()
    """Levels that change something each time, such as a factory reset."""
    step_deadline_s: ClassVar[float] = 60.0
    """Deadline of one step while all is well."""
    short_deadline_s: ClassVar[float] = 2.0
    """Deadline of one step while a fault is on."""
    fault_deadline_s: ClassVar[float] = 10.0
    """Deadline of the whole run while a fault is on."""

    @abstractmethod
    def make(self) -> Simulator:
        """One fresh device without faults, not started."""

    async def prepare(self, bench: Bench, simulator: Simulator) -> None:
        """What a person does once with a new device, such as pairing."""

    def impose(self, simulator: Simulator, fault: Fault) -> None:
        """Switch a fault on."""
        simulator.faults.add(fault)

    @pytest.fixture
    def simulator(self) -> Simulator:
        """The device under test."""
        return self.make()

    @pytest.fixture
    async def bench(self, open_bench: OpenBench, simulator: Simulator) -> AsyncIterator[Bench]:
        """The device on the bench, ready, its baseline recorded."""
        async with self.ready(open_bench, simulator) as bench:
            yield bench

    @asynccontextmanager
    async def ready(self, open_bench: OpenBench, simulator: Simulator) -> AsyncIterator[Bench]:
        """Put a device on the bench and wait until it is ready."""
        async with open_bench(self.driver, simulator, self.settings) as bench:
            await self.prepare(bench, simulator)
            await bench.until(is_ready)
            yield bench

    async def reset(self, bench: Bench, level: str | None = None, **more: Any) -> ExecutionReport:
        """Record a baseline unless one is given, then reset."""
        more.setdefault("step_deadline_s", self.step_deadline_s)
        if "baseline" not in more:
            more["baseline"] = await self.baseline(bench)
        return await bench.order("reset", level or self.tried(bench.manifest), **more)

    async def baseline(self, bench: Bench) -> Mapping[str, Any]:
        """The device's baseline as it is now."""
        recorded = await bench.order("record-baseline")
        assert recorded.status is ExecutionStatus.SUCCEEDED, recorded.trouble
        assert recorded.snapshot is not None
        return recorded.snapshot

    def tried(self, manifest: DriverManifest) -> str | None:
        """The level that is tried where a test names none."""
        return self.level or manifest.default_level

    def matters(self, effect: Effect) -> bool:
        """False for what the next group would not notice, such as logging in or waking the screen."""
        return bool(effect.verb)

    def effects(self, simulator: Simulator) -> list[tuple[str, str]]:
        """What was done to the device that matters."""
        return [(effect.verb, effect.subject) for effect in simulator.log if self.matters(effect)]

    async def test_manifest_is_complete_in_both_languages(self, bench: Bench) -> None:
        manifest = bench.manifest
        assert manifest.id == self.driver
        assert manifest.default_level is None or manifest.level(manifest.default_level) is not None
        texts = [manifest.name, *(fact.title for fact in manifest.facts), *(a.title for a in manifest.actions)]
        for level in manifest.levels:
            assert level.checks, f"{level.id} demands no check"
            assert level.erases, f"{level.id} does not say what it erases"
            texts += [level.title, *level.erases, *level.keeps, *(check.title for check in level.checks)]
        assert all(text.de.strip() and text.en.strip() for text in texts)

    async def test_report_says_who_it_is_with_announced_keys_only(
        self, bench: Bench, caplog: pytest.LogCaptureFixture
    ) -> None:
        report = bench.report
        assert report.driver == self.driver
        assert report.identities
        assert report.kind in bench.manifest.device_kinds
        assert report.candidates == ()
        assert "does not announce" not in caplog.text
        assert all(isinstance(count, int) for count in report.traces.values())
        assert Report.model_validate_json(report.encode()) == report

    async def test_traces_show_what_a_group_leaves_behind(self, open_bench: OpenBench, simulator: Simulator) -> None:
        simulator.soil()
        assert any(simulator.residue().values())
        async with self.ready(open_bench, simulator) as bench:
            if any(fact.trace for fact in bench.manifest.facts):
                await bench.until(lambda report: is_ready(report) and any(report.traces.values()))

    async def test_it_stays_the_same_device(self, bench: Bench) -> None:
        dev, identities = bench.dev, bench.report.identities
        await bench.unplug()
        await bench.until(lambda report: report.presence is not Presence.PRESENT)
        await bench.plug()
        assert (await bench.until(is_ready)).identities == identities
        await bench.restart()
        assert (await bench.until(is_ready)).identities == identities
        assert bench.dev == dev

    async def test_each_level_brings_its_proof_and_a_second_time_changes_nothing(self, open_bench: OpenBench) -> None:
        simulator = self.make()
        async with self.ready(open_bench, simulator) as bench:
            levels = bench.manifest.levels
        for level in levels:
            await self._prove_level(open_bench, bench.manifest, level.id)

    async def _prove_level(self, open_bench: OpenBench, manifest: DriverManifest, level_id: str) -> None:
        simulator = self.make()
        level = manifest.level(level_id)
        assert level is not None
        async with self.ready(open_bench, simulator) as bench:
            baseline = await self.baseline(bench)
            simulator.soil()
            first = await self.reset(bench, level_id, baseline=baseline)
            assert first.outcome is Outcome.CLEAN, (level_id, first.trouble, first.checks)
            assert first.status is ExecutionStatus.SUCCEEDED
            assert {check.id for check in level.checks} <= {check.id for check in first.checks}
            if level_id == self.tried(manifest):
                assert not any(simulator.residue().values())
            if level_id in self.once_only:
                return
            before = self.effects(simulator)
            await bench.until(is_ready)
            second = await self.reset(bench, level_id, baseline=baseline)
            assert second.outcome is Outcome.CLEAN, (level_id, second.trouble, second.checks)
            assert self.effects(simulator) == before

    @pytest.mark.parametrize("fault", ALL_FAULTS)
    async def test_a_fault_is_said_and_never_clean(self, bench: Bench, simulator: Simulator, fault: Fault) -> None:
        baseline = await self.baseline(bench)
        self.impose(simulator, fault)
        simulator.soil()
        report = await self.reset(
            bench, baseline=baseline, step_deadline_s=self.short_deadline_s, deadline_s=self.fault_deadline_s
        )
        assert report.status.is_terminal
        assert report.outcome is not Outcome.CLEAN
        assert report.trouble is not None or report.outcome is Outcome.UNVERIFIED
        assert report.trouble is None or report.trouble.code != "driver-defect"

    async def test_a_slow_device_is_reset_all_the_same(self, bench: Bench, simulator: Simulator) -> None:
        baseline = await self.baseline(bench)
        self.impose(simulator, Fault.SLOW)
        simulator.soil()
        report = await self.reset(bench, baseline=baseline, deadline_s=300)
        assert report.outcome is Outcome.CLEAN, (report.trouble, report.checks)

    async def test_a_deadline_ends_what_hangs(self, bench: Bench, simulator: Simulator) -> None:
        baseline = await self.baseline(bench)
        simulator.soil()
        self.impose(simulator, Fault.HANG)
        report = await self.reset(bench, baseline=baseline, step_deadline_s=1, deadline_s=4)
        assert report.status in {ExecutionStatus.TIMED_OUT, ExecutionStatus.FAILED}
        assert report.outcome is not Outcome.CLEAN

    async def test_a_cancelled_run_ends_and_is_never_clean(self, bench: Bench, simulator: Simulator) -> None:
        baseline = await self.baseline(bench)
        simulator.soil()
        self.impose(simulator, Fault.HANG)
        running = await self.reset(bench, baseline=baseline, exec="x-cancel", until=lambda _report: True)
        assert not running.status.is_terminal
        report = await bench.cancel("x-cancel")
        assert report.status is ExecutionStatus.CANCELED
        assert report.outcome is not Outcome.CLEAN

    async def test_unplugged_in_the_middle_of_a_step(self, bench: Bench, simulator: Simulator) -> None:
        baseline = await self.baseline(bench)
        self.impose(simulator, Fault.SLOW)
        simulator.soil()
        await self.reset(
            bench,
            baseline=baseline,
            exec="x-unplug",
            step_deadline_s=self.short_deadline_s,
            deadline_s=self.fault_deadline_s,
            until=lambda r: r.status.is_terminal or any(step.state is StepState.RUNNING for step in r.steps),
        )
        await bench.unplug()
        report = await bench.last("x-unplug")
        assert report.outcome is not Outcome.CLEAN
        assert report.trouble is not None
        assert report.trouble.code != "driver-defect"

    async def test_the_same_order_twice_has_one_effect(self, bench: Bench, simulator: Simulator) -> None:
        baseline = await self.baseline(bench)
        simulator.soil()
        first = await self.reset(bench, baseline=baseline, exec="x-once")
        effects = self.effects(simulator)
        simulator.soil()
        again = await self.reset(bench, baseline=baseline, exec="x-once")
        await bench.restart()
        await bench.until(is_ready)
        once_more = await self.reset(bench, baseline=baseline, exec="x-once")
        assert again == once_more == first
        assert self.effects(simulator) == effects

    async def test_it_obeys_its_owner_only(self, bench: Bench, simulator: Simulator) -> None:
        baseline = await self.baseline(bench)
        effects = self.effects(simulator)
        bench.disown()
        report = await self.reset(bench, baseline=baseline)
        assert report.status is ExecutionStatus.REJECTED
        assert report.trouble is not None
        assert report.trouble.code == "not-owned"
        assert self.effects(simulator) == effects

    async def test_nothing_is_erased_without_a_baseline(self, bench: Bench, simulator: Simulator) -> None:
        effects = self.effects(simulator)
        for level in bench.manifest.levels:
            if level.needs_baseline:
                report = await self.reset(bench, level.id, baseline=None)
                assert report.status is ExecutionStatus.REJECTED
                assert report.trouble is not None
                assert report.trouble.code == "no-baseline"
        assert self.effects(simulator) == effects

    async def test_it_shows_itself(self, bench: Bench) -> None:
        report = await bench.order("find-me")
        assert report.status is ExecutionStatus.SUCCEEDED, report.trouble

    async def test_evidence_is_counts_and_types(self, bench: Bench, simulator: Simulator) -> None:
        baseline = await self.baseline(bench)
        simulator.soil()
        report = await self.reset(bench, baseline=baseline)
        made = {check.id for check in report.checks if check.result is not CheckResult.UNKNOWN}
        level = bench.manifest.level(self.tried(bench.manifest) or "")
        assert level is None or {check.id for check in level.checks} <= made
        said = [text for check in report.checks for text in (check.expected, check.observed) if text is not None]
        assert all(0 < len(words) <= 200 for text in said for words in (text.de, text.en))
