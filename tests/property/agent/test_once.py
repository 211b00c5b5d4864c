"""Killed at any moment, an execution ends once, and at most one step of each life was begun again."""

import asyncio
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from medialab_wire.commands import Execution
from medialab_wire.progress import ExecutionReport, ExecutionStatus, Outcome
from tests.property.agent.robot import DEV, Life, World, rows

ORDER = Execution(exec="x-1", job="j-1", dev=DEV, action="reset", level="clean", baseline={})
DEATHS = st.lists(st.tuples(st.integers(1, 14), st.booleans()), max_size=5)


async def lives(path: Path, world: World, deaths: list[tuple[int, bool]]) -> tuple[list[ExecutionReport], int]:
    """All reports of all lives, and how many lives ended by death."""
    reports: list[ExecutionReport] = []
    died = 0
    for die_at, after in deaths:
        life = Life(path, world, die_at, after)
        died += not await life.live([ORDER])
        reports += life.reports
    last = Life(path, world)
    assert await last.live([ORDER, ORDER])
    return reports + last.reports, died


@settings(max_examples=60, deadline=None)
@given(deaths=DEATHS, in_step=st.sampled_from(["", "s0", "s1", "s2"]))
def test_any_deaths_at_any_commit(deaths: list[tuple[int, bool]], in_step: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "agent.sqlite"
        world = World(die_in_step=in_step)
        reports, died = asyncio.run(lives(path, world, deaths + [(0, False)] * bool(in_step)))
        assert rows(path) == [("x-1", 0)]
    final = reports[-1]
    assert final.status is ExecutionStatus.SUCCEEDED
    assert final.outcome is Outcome.CLEAN
    begun = Counter(world.begun)
    assert set(begun) == {"s0", "s1", "s2"}
    assert sum(begun.values()) - 3 <= died
    assert world.begun == sorted(world.begun)
    for step in final.steps:
        assert begun[step.id] <= step.begun <= begun[step.id] + died
    assert_versions_grow(reports)


def assert_versions_grow(reports: list[ExecutionReport]) -> None:
    """A version is never given to two different states, and nothing follows an end but the same end."""
    seen: dict[int, ExecutionReport] = {}
    end: ExecutionReport | None = None
    for report in reports:
        assert seen.setdefault(report.ver, report) == report
        if end is not None:
            assert report == end
        if report.status.is_terminal:
            end = report


def test_the_interrupted_step_is_marked_and_completed_steps_are_not_repeated() -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(die_in_step="s1")
        reports, died = asyncio.run(lives(Path(folder) / "a.sqlite", world, [(0, False)]))
    assert died == 1
    assert world.begun == ["s0", "s1", "s1", "s2"]
    assert [step.begun for step in reports[-1].steps] == [1, 2, 1]


def test_the_same_order_again_after_its_end_has_no_effect() -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World()
        reports, _ = asyncio.run(lives(Path(folder) / "a.sqlite", world, [(0, False), (0, False)]))
    assert world.begun == ["s0", "s1", "s2"]
    assert reports[-1].status is ExecutionStatus.SUCCEEDED
