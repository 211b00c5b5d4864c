"""Prints what a plan of one busy model costs: what is free, and bringing it in order after two of its devices are gone.

Judges nothing. Processor time of this process, so that other work on the machine does not count."""

import random
import time

from medialab_hub.domain.availability import Pool
from medialab_hub.domain.planner import best_plan
from medialab_hub.domain.promises import FOREVER, Promise, Span

DAYS, ITEMS, PROMISES, PLANS, QUESTIONS = 120, 32, 600, 6, 50


def a_time(chance: random.Random) -> Span:
    start = chance.randrange(DAYS * 24)
    return Span(start, start + chance.randint(2, 120))


def a_plan(chance: random.Random) -> Pool:
    """Promises wherever there is room; every fifth is pinned. Two devices are gone after a month."""
    fixed: dict[str, list[Span]] = {f"item-{number}": [] for number in range(ITEMS)}
    busy: dict[str, list[Span]] = {key: [] for key in fixed}
    promises = []
    while sum(map(len, busy.values())) < PROMISES:
        span = a_time(chance)
        room = [key for key, spans in busy.items() if span.is_clear_of(spans)]
        if not room:
            continue
        key = chance.choice(room)
        busy[key].append(span)
        if chance.random() < 0.2:
            fixed[key].append(span)
        else:
            promises.append(Promise(f"p{len(busy[key])}-{key}", span, key))
    for key in chance.sample(list(fixed), 2):
        fixed[key] = [*(one for one in fixed[key] if one.start < 30 * 24), Span(30 * 24, FOREVER)]
    return Pool(fixed, promises)


def say(what: str, seconds: list[float]) -> None:
    ordered = sorted(seconds)
    middle, late = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
    print(
        f"  {what:<58} {middle * 1e3:6.1f} ms, p95 {late * 1e3:6.1f} ms, at most {ordered[-1] * 1e3:6.1f} ms",
        flush=True,
    )


def main() -> None:
    chance, orders, answers = random.Random(1), [], []
    for _ in range(PLANS):
        pool = a_plan(chance)
        begin = time.process_time()
        plan = best_plan(pool.fixed, pool.promises)
        orders.append(time.process_time() - begin)
        assert plan is not None
        moved = [Promise(one.id, one.span, plan.kept.get(one.id)) for one in pool.promises]
        for _ in range(QUESTIONS):
            begin = time.process_time()
            Pool(pool.fixed, moved).free(a_time(chance))
            answers.append(time.process_time() - begin)
    print(f"A model of {ITEMS} devices with {PROMISES} promises in {DAYS} days, two devices gone:")
    say("bring it in order", orders)
    say("how many are free", answers)


if __name__ == "__main__":
    main()
