"""Histories of a lending desk: every answer of the hub is that of an oracle which knows only hours.

`MEDIALAB_HISTORIES` says how many: 3000 take about half an hour of one core."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from tests.fixtures.lending_world import World, a_world, prepared_file

HISTORIES = int(os.environ.get("MEDIALAB_HISTORIES", "0")) or 12
SOON = st.integers(0, 6)
LENGTH = st.sampled_from([1, 2, 3, 5, 8])
WHICH = st.integers(0, 11)


class Lending(RuleBasedStateMachine):
    """One lab from its first to its last day; `prepared` and `folder` are set by the test."""

    prepared: Path
    folder: Path
    world: World

    @initialize(
        devices=st.integers(1, 3),
        before=st.integers(0, 1),
        after=st.sampled_from([1, 1, 2]),
        dues=st.one_of(st.just([0]), st.lists(st.sampled_from([0, 6, 12, 20]), min_size=3, max_size=3)),
    )
    def open(self, devices: int, before: int, after: int, dues: list[int]) -> None:
        self._around = a_world(self.prepared, self.folder, devices=devices, before=before, after=after, dues=dues)
        self.world = self._around.__enter__()

    def teardown(self) -> None:
        if hasattr(self, "_around"):
            self._around.__exit__(None, None, None)

    def _device(self, which: int) -> str:
        return self.world.keys[which % len(self.world.keys)]

    def _those(self, what: str) -> list[str]:
        return [key for key, facts in self.world.desk.facts.items() if what in facts]

    def _out(self) -> list[str]:
        return [unit.at for unit in self.world.desk.units.values() if unit.state == "out"]

    def _bookings(self, *states: str) -> list[str]:
        units = self.world.desk.units.values()
        return list(dict.fromkeys(one.booking for one in units if one.state in states))

    @rule(count=st.integers(1, 3), soon=SOON, length=LENGTH)
    def book(self, count: int, soon: int, length: int) -> None:
        if len(self.world.desk.movable()) < 6:
            self.world.book(count, self.world.desk.now + soon, length)

    @rule(which=WHICH, soon=SOON, length=LENGTH)
    def book_one(self, which: int, soon: int, length: int) -> None:
        self.world.book_named(self._device(which), self.world.desk.now + soon, length)

    @rule(soon=SOON, length=LENGTH)
    def book_the_kit(self, soon: int, length: int) -> None:
        self.world.book_named("kit", self.world.desk.now + soon, length)

    @rule(which=WHICH, length=LENGTH)
    def walk_in(self, which: int, length: int) -> None:
        self.world.walk_in(self._device(which), length)

    @precondition(lambda self: self._bookings("promised", "broken"))
    @rule(which=WHICH, other=WHICH)
    def check_out(self, which: int, other: int) -> None:
        units = [one for one in self.world.desk.units.values() if one.state in ("promised", "broken")]
        units = [one for one in units if one.last > self.world.desk.now]
        if units:
            unit = units[which % len(units)]
            device = unit.at if other < 6 else self._device(other)
            self.world.check_out(unit.booking, device)

    @precondition(lambda self: self._out())
    @rule(which=WHICH)
    def check_in(self, which: int) -> None:
        out = self._out()
        self.world.check_in(out[which % len(out)])

    @precondition(lambda self: set(self._those("wait")) - set(self._those("failed")))
    @rule(which=WHICH, works=st.sampled_from([True, True, False]))
    def reset(self, which: int, works: bool) -> None:
        waiting = [key for key in self._those("wait") if key not in self._those("failed")]
        self.world.reset(waiting[which % len(waiting)], works=works)

    @precondition(lambda self: self._those("quarantine"))
    @rule(which=WHICH)
    def repair(self, which: int) -> None:
        found = self._those("quarantine")
        self.world.repair(found[which % len(found)])

    @rule(which=WHICH)
    def fail_a_test(self, which: int) -> None:
        self.world.test(self._device(which), passes=False)

    @precondition(lambda self: self._those("failed"))
    @rule(which=WHICH)
    def pass_a_test(self, which: int) -> None:
        found = self._those("failed")
        self.world.test(found[which % len(found)], passes=True)

    @precondition(lambda self: self._bookings("promised", "broken"))
    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        found = self._bookings("promised", "broken")
        self.world.cancel(found[which % len(found)])

    @rule(hours=st.sampled_from([1, 1, 2, 5, 11]))
    def tick(self, hours: int) -> None:
        if self.world.desk.now < 150:
            self.world.tick(hours)

    @rule(soon=SOON, length=LENGTH, count=st.integers(1, 3))
    def ask(self, soon: int, length: int, count: int) -> None:
        self.world.ask(self.world.desk.now + soon, length, count)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared_file(tmp_path_factory.mktemp("prepared"))


def a_machine(prepared: Path, folder: Path) -> type[Lending]:
    return type("LendingHere", (Lending,), {"prepared": prepared, "folder": folder})


@pytest.mark.timeout(120 + HISTORIES * 2)
def test_every_answer_of_the_desk_is_the_oracles(prepared: Path, tmp_path: Path) -> None:
    how = settings(
        max_examples=HISTORIES,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(a_machine(prepared, tmp_path), settings=how)
