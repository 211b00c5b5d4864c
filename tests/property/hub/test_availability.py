"""What is free does not depend on names or on when; and every fault planted in the planner soon gives a wrong answer.

Where more is planned than an oracle can try out, answers must at least fit each other."""

import random
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from medialab_hub.domain.availability import Pool, next_start
from medialab_hub.domain.promises import FOREVER, Promise, Span
from tests.fixtures import plan_code
from tests.fixtures.plan_check import Check
from tests.fixtures.random_plans import a_case

MOST_PLANS = 2_000
"""A planted fault has to show within so many plans; most show within ten."""

FAULTS = {
    "touching times overlap": ("promises", "self.start < other.end and", "self.start <= other.end and"),
    "clusters end with their last": ("promises", "end = max(end, promise.span.end)", "end = promise.span.end"),
    "no turnaround": ("allocation", "self.end + after", "self.end"),
    "no preparation": ("allocation", "self.start - before", "self.start"),
    "an end that does not count": ("item_times", "return end if span.end <= end else None", "return end"),
    "a long fact ends with a short one": ("item_times", "max(found[-1].end, span.end)", "span.end"),
    "all items look the same": ("item_times", "self._futures[bisect_right(self._ends, moment)]", "0"),
    "nobody changes for another": ("matching", "queue.append(self._on[item])", "pass"),
    "who is over still holds": ("matching", "if one.span.end <= now]", "if one.span.end < now]"),
    "moving only": ("planner", "while budget >= least and", "while False and"),
    "what must be kept is not": (
        "planner",
        "[None] if budget and not promise.must else []",
        "[None] if budget else []",
    ),
    "breaking costs nothing": ("planner", "self.budget - (self.item is None)", "self.budget"),
    "one less may break": ("planner", "least > most", "least >= most and most"),
    "tried with less counts as tried": ("planner", "return (index, budget, tuple(", "return (index, tuple("),
    "taken items count as free": ("planner", "(max(one.free_at, moment), one", "(moment, one"),
    "who began before is not seen": ("repair", "if first and self.held", "if not first and self.held"),
    "what did not help stays": ("repair", "self._take_back(mark)", "mark = 0"),
    "facts do not make anybody move": ("repair", "place is None or place.item.room(promise.span) is None", "not place"),
    "what is broken already is not counted": (
        "availability",
        "settled, self.beyond), len(plan.broken)",
        "settled, self.beyond), 0",
    ),
    "pins over facts": ("availability", " or not span.is_clear_of(self.fixed[key])", ""),
    "pins break what was there": ("availability", "must=one.id in moving", "must=False"),
    "who moves for a fact is not told": (
        "availability",
        "[replace(promise, at=plan.kept.get(promise.id)) for",
        "[promise for",
    ),
    "nothing ends but facts": ("availability", "ends |= {", "_ = {"),
    "one more than asked": (
        "availability",
        "pool.free(asked, count) >= count",
        "pool.free(asked) > count",
    ),
    "only what is next to it": (
        "availability",
        "[*self.promises, *wanted], broken, FEW",
        "[*self._touched(span), *wanted], broken, FEW",
    ),
    "one less is left": ("load", "initial=len(fixed)", "initial=len(fixed) - 1"),
    "the last moment counts for nothing": (
        "load",
        "bisect_right(self._times, moment) - 1",
        "bisect_right(self._times, moment)",
    ),
    "a gap that is too short": ("packing", "bisect_left(open_until, end)", "bisect_left(open_until, start + 1)"),
    "a gap that is not open yet": ("packing", "coming[0][0] <= start", "coming[0][0] <= end"),
    "too far ahead": ("availability", "index = bisect_left(starts, short)", "index = bisect_left(starts, short) + 1"),
    "what is broken is looked for elsewhere": ("availability", "count - len(pool.astray)", "count"),
    "who reaches out is forgotten": ("availability", "reaching_out.get(key, ())", "()"),
    "who reaches out counts as fixed": (
        "availability",
        "Load(known, self._touched(span))",
        "Load(known, [*self._touched(span), *self.beyond])",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_gives_a_wrong_answer(fault) -> None:
    chance = random.Random(7)
    with plan_code.faulty(*FAULTS[fault]) as code:
        for count in range(1, MOST_PLANS + 1):
            if next(Check(code, a_case(chance.randint)).disagreements(), None) is not None:
                print(f"{fault}: seen in plan {count}")
                return
    pytest.fail(f"{MOST_PLANS} plans did not show it")


def test_a_copy_without_fault_gives_none() -> None:
    chance = random.Random(7)
    with plan_code.faulty("promises", "FOREVER = 2**62", "FOREVER = 2**61") as code:
        assert not any(list(Check(code, a_case(chance.randint)).disagreements()) for _ in range(60))


def _pool(integer) -> Pool:
    """More than can be tried out: everything is planned where it can be."""
    fixed = {f"item-{number}": [_span(integer)] for number in range(integer(1, 7))}
    promises: list[Promise] = []
    for number in range(integer(0, 22)):
        span = _span(integer)
        taken = {one.at for one in promises if one.span.overlaps(span)}
        free = [key for key, blocks in fixed.items() if key not in taken and span.is_clear_of(blocks)]
        if free:
            promises.append(Promise(f"p{number}", span, free[integer(0, len(free) - 1)]))
    return Pool(fixed, promises)


def _span(integer) -> Span:
    start = integer(0, 60)
    return Span(start, start + integer(1, 20))


def _moved(pool: Pool, later: int, names: dict[str, str]) -> Pool:
    fixed = {names[key]: [_later(block, later) for block in blocks] for key, blocks in pool.fixed.items()}
    moved = [replace(one, span=_later(one.span, later), at=names[one.at or ""]) for one in pool.promises]
    return Pool(fixed, moved)


def _later(span: Span, later: int) -> Span:
    return Span(span.start + later, span.end if span.end == FOREVER else span.end + later)


@given(st.data())
@settings(max_examples=60)
def test_one_promise_more_never_makes_more_free(data) -> None:
    pool = _pool(lambda low, high: data.draw(st.integers(low, high)))
    asked, added = (_span(lambda low, high: data.draw(st.integers(low, high))) for _ in range(2))
    before = pool.free(asked)
    plan = pool.fitted([Promise("new", added)])
    assert (plan is not None) == (pool.free(added) >= 1)
    assume(plan is not None)
    promises = [replace(one, at=plan.kept.get(one.id, one.at)) for one in [*pool.promises, Promise("new", added)]]
    after = Pool(pool.fixed, promises)
    assert after.is_in_order
    assert after.free(asked) <= before


@given(st.data())
@settings(max_examples=60)
def test_names_and_the_date_change_nothing(data) -> None:
    pool = _pool(lambda low, high: data.draw(st.integers(low, high)))
    span, later = _span(lambda low, high: data.draw(st.integers(low, high))), data.draw(st.integers(-500, 5_000))
    names = dict(zip(pool.fixed, data.draw(st.permutations(list(pool.fixed))), strict=True))
    other = _moved(pool, later, names)
    assert other.free(_later(span, later)) == pool.free(span)
    found, then = next_start(pool, span, 2, 300), next_start(other, _later(span, later), 2, 300 + later)
    assert (found is None) == (then is None)
    assert found is None or then == found + later
