"""Every answer of the planner is the oracle's: on plans Hypothesis thinks of, and on many thousands drawn by chance.

`MEDIALAB_PLANS` says how many of those: 100000 take about five minutes of one core."""

import os
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medialab_hub.domain.planner import TooEntangled, best_plan
from medialab_hub.domain.promises import Promise, Span
from tests.fixtures import plan_code
from tests.fixtures.plan_check import Check
from tests.fixtures.random_plans import a_case

PLANS = int(os.environ.get("MEDIALAB_PLANS", "0")) or 300
SEED = int(os.environ.get("MEDIALAB_PLANS_SEED", "1"))


@given(st.data())
@settings(max_examples=60)
def test_the_planner_answers_as_trying_everything_does(data) -> None:
    case = a_case(lambda low, high: data.draw(st.integers(low, high)))
    assert list(Check(plan_code.real(), case).disagreements()) == []


@pytest.mark.timeout(120 + PLANS // 10)
def test_so_it_does_on_plans_drawn_by_chance() -> None:
    chance, asked = random.Random(SEED), 0
    for _ in range(PLANS):
        case = a_case(chance.randint)
        asked += len(case.booked)
        assert list(Check(plan_code.real(), case).disagreements()) == [], case
    assert asked > PLANS
    print(f"{PLANS} plans with {asked} promises (seed {SEED}): every answer is the oracle's")


def test_a_search_that_takes_too_long_ends_with_the_best_it_found() -> None:
    long, first, second = Promise("long", Span(0, 10), "a"), Promise("first", Span(0, 3)), Promise("second", Span(4, 7))
    plan = best_plan({"a": []}, [long, first, second])
    assert plan is not None
    assert plan.broken == ("long",)
    with pytest.raises(TooEntangled) as given_up:
        best_plan({"a": []}, [long, first, second], most_looks=5)
    assert given_up.value.best is not None
    assert dict(given_up.value.best.kept) == {"long": "a"}
