"""The shared driver suite for devices without an interface; what has no wire cannot hang, vanish or be unplugged."""

import pytest

from medialab_agent.drivers.checklist.simulator import ChecklistSimulator
from medialab_agent.sdk.simulator import Fault, Simulator
from medialab_agent.sdk.testing.bench import Bench, OpenBench
from medialab_agent.sdk.testing.suite import DriverSuite
from medialab_wire.progress import CheckResult, ExecutionStatus, Outcome


class TestChecklist(DriverSuite):
    """A person's hands are the only road to the device."""

    driver = "checklist"

    def make(self) -> Simulator:
        return ChecklistSimulator("bee-bot.7")

    async def test_it_shows_itself(self, bench: Bench) -> None:
        report = await bench.order("find-me")
        assert report.status is ExecutionStatus.FAILED
        assert report.trouble is not None
        assert report.trouble.code == "no-signal"
        assert report.trouble.remedy is not None
        assert "Etikett" in report.trouble.remedy.de

    async def test_it_stays_the_same_device(self, bench: Bench) -> None:
        dev, identities = bench.dev, bench.report.identities
        await bench.restart()
        assert (await bench.until(lambda report: bool(report.identities))).identities == identities
        assert bench.dev == dev

    async def test_a_deadline_ends_what_hangs(self, bench: Bench, simulator: Simulator) -> None:
        """Waiting for a person has no deadline: the question stays until somebody answers it."""
        running = await self.reset(bench, exec="x-wait", deadline_s=1, until=lambda report: bool(report.steps))
        assert not running.status.is_terminal
        assert (await bench.last("x-wait")).outcome is Outcome.CLEAN

    async def test_a_cancelled_run_ends_and_is_never_clean(self, bench: Bench, simulator: Simulator) -> None:
        running = await self.reset(bench, exec="x-cancel", until=lambda report: not report.steps)
        assert not running.status.is_terminal
        report = await bench.cancel("x-cancel")
        assert report.status is ExecutionStatus.CANCELED
        assert report.outcome is not Outcome.CLEAN

    async def test_unplugged_in_the_middle_of_a_step(self, bench: Bench, simulator: Simulator) -> None:
        """It has no plug; a battery that dies is a no to one question, and the others are not asked any more."""
        simulator.soil()
        simulator.faults.add(Fault.DIE)
        report = await self.reset(bench)
        assert report.outcome is Outcome.QUARANTINED
        results = {check.id: check.result for check in report.checks}
        assert results["cleared"] is CheckResult.PASSED
        assert results["works"] is CheckResult.FAILED
        assert "ready" not in results

    async def test_no_machine_ever_vouches(self, bench: Bench) -> None:
        report = await self.reset(bench)
        assert report.outcome is Outcome.CLEAN
        assert {(check.kind, bool(check.by)) for check in report.checks} == {("person", True)}

    @pytest.mark.parametrize(
        ("address", "kind", "word"),
        [
            ("bee-bot.1", "robot", "GO"),
            ("makey-makey.2", "board", "EARTH"),
            ("bosch-gtc.1", "camera", "Galerie"),
            ("charging-case.1", "case", "Fächer"),
            ("something-new.3", "gadget", "letzte Gruppe"),
        ],
    )
    async def test_each_class_is_asked_in_its_own_words(
        self, open_bench: OpenBench, address: str, kind: str, word: str
    ) -> None:
        async with self.ready(open_bench, ChecklistSimulator(address)) as bench:
            assert bench.report.kind == kind
            assert bench.report.facts["class"] == address.partition(".")[0]
            report = await self.reset(bench)
        assert any(step.ask is not None and word in step.ask.de for step in report.steps)
