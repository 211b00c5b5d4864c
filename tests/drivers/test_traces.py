"""The residue corpus: every planted trace is found and gone after a reset, or the reset says that and why it is not."""

from collections import Counter

import pytest

from medialab_agent.drivers.android_adb.simulator_traces import TRACES as ON_TABLETS
from medialab_agent.sdk.testing.bench import OpenBench
from medialab_agent.sdk.testing.suite import is_ready
from medialab_wire.progress import CheckResult, ExecutionReport, ExecutionStatus, Outcome
from tests.drivers.esp.peers import with_esptool
from tests.drivers.traces import boards, printers, robots, things
from tests.drivers.traces.planting import Family, Trace
from tests.fixtures.shipped import shipped_shelf

FAMILIES = (*printers.FAMILIES, *boards.FAMILIES, *robots.FAMILIES, *things.FAMILIES)
PLANTED = [
    pytest.param(family, trace, id=f"{family.name}: {trace.name}") for family in FAMILIES for trace in family.traces
]


@pytest.fixture(autouse=True)
def esptool(monkeypatch: pytest.MonkeyPatch) -> None:
    """The foreign program, from its own environment."""
    with_esptool(monkeypatch)


@pytest.mark.parametrize(("family", "trace"), PLANTED)
async def test_a_trace_is_found_and_gone_or_named(open_bench: OpenBench, family: Family, trace: Trace) -> None:
    simulator = family.make()
    async with open_bench(family.driver, simulator, family.settings) as bench:
        await family.prepare(bench, simulator)
        await bench.until(is_ready)
        recorded = await bench.order("record-baseline")
        assert recorded.status is ExecutionStatus.SUCCEEDED, recorded.trouble
        trace.plant(simulator)
        assert trace.left(simulator), "it was not planted"
        if trace.shows or family.tells_changes:
            await bench.restart()
            await bench.until(lambda report: is_ready(report) and (not trace.shows or report.traces[trace.shows] > 0))
        level = family.level or bench.manifest.default_level
        run = await bench.order("reset", level, baseline=recorded.snapshot, step_deadline_s=60)
        assert run.outcome is trace.end, (run.trouble, _open(run))
        if run.outcome is Outcome.CLEAN:
            assert not trace.left(simulator), "called clean with a trace"
        else:
            assert trace.names in _open(run)


def _open(run: ExecutionReport) -> set[str]:
    """The checks that did not pass, each of which says what was seen; and the trouble."""
    found = [check for check in run.checks if check.result is not CheckResult.PASSED]
    assert all(check.observed is not None for check in found if check.kind == "machine"), found
    assert run.outcome is not Outcome.UNVERIFIED or all(check.result is CheckResult.UNKNOWN for check in found)
    return {check.id for check in found} | ({run.trouble.code} if run.trouble else set())


def test_the_corpus_covers_every_driver_that_resets(capsys: pytest.CaptureFixture[str]) -> None:
    planted = Counter(family.driver for family in FAMILIES for _ in family.traces)
    planted["android-adb"] += len(ON_TABLETS)
    with capsys.disabled():
        print(f"\nPlanted traces: {planted.total()} ({', '.join(f'{d} {n}' for d, n in sorted(planted.items()))})")
    assert planted.keys() >= {folder.id for folder in shipped_shelf() if folder.manifest.levels}
    assert planted.total() - len(ON_TABLETS) >= 40
    assert len(planted) >= 8
