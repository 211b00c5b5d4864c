"""One hub's writer under many booking attempts: `python -m tests.lab.race.hammer URL SEED ATTEMPTS THREADS`.

Says one line of JSON: how many were accepted, refused and called off, and every booking that should be there."""

import json
import random
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from medialab_hub.clock import SystemClock
from medialab_hub.domain.allocation import Interval
from medialab_hub.domain.bookings import Decision
from medialab_hub.errors import Conflict
from medialab_hub.services import allocations, bookings, plans
from medialab_hub.services.bookings import LineWish, Wish
from medialab_hub.services.projection import Projection
from medialab_hub.services.subjects import require_device
from medialab_hub.storage.database import open_database
from medialab_hub.storage.writer import Writer

MODELS, DEVICES, DAYS = 6, 5, 30
"""Models, devices of each, and days over which bookings are spread: few, so that they get in each other's way."""
KEPT = 12
"""Bookings a thread keeps; older ones are called off, so that there is room for the next."""


def model(number: int) -> str:
    return f"mod-{number}"


def device(of: int, number: int) -> str:
    return f"dev-{of}-{number}"


class Visitor:
    """Somebody who books all the time."""

    def __init__(self, writer: Writer, seed: str, attempts: int) -> None:
        self._writer, self._chance, self._attempts = writer, random.Random(seed), attempts
        self.counts: Counter[str] = Counter()
        self.mine: dict[str, int] = {}

    def run(self) -> None:
        for number in range(self._attempts):
            self._attempt()
            if number % 500 == 499:
                self._fact()
            if len(self.mine) > KEPT:
                self._call_off(next(iter(self.mine)))

    def _attempt(self) -> None:
        lines = self._lines()
        try:
            key = self._writer.submit(lambda uow: bookings.book(uow, self._wish(lines, uow.now), "race")).result(60)
        except Conflict as conflict:
            assert conflict.code == "not-free", conflict
            self.counts["refused"] += 1
        else:
            self.counts["accepted"] += 1
            self.mine[key] = sum(line.quantity for line in lines)

    def _lines(self) -> list[LineWish]:
        of = self._chance.randrange(MODELS)
        if self._chance.random() < 0.2:
            return [LineWish(device=device(of, self._chance.randrange(DEVICES)))]
        return [LineWish(model=model(of), quantity=self._chance.choice((1, 1, 1, 2, 3)))]

    def _wish(self, lines: list[LineWish], now) -> Wish:  # type: ignore[no-untyped-def]
        start = now + timedelta(hours=self._chance.randrange(1, 24 * DAYS))
        return Wish(lines, Interval(start, start + timedelta(hours=self._chance.choice((1, 4, 24, 72)))))

    def _call_off(self, key: str) -> None:
        self._writer.submit(lambda uow: bookings.cancel(uow, key, "race", Decision.CANCELED)).result(60)
        del self.mine[key]
        self.counts["called_off"] += 1

    def _fact(self) -> None:
        """A device drops out and comes back: never refused by the database."""
        key = device(self._chance.randrange(MODELS), self._chance.randrange(DEVICES))

        def drop_out(uow) -> str:  # type: ignore[no-untyped-def]
            plans.make_way(uow, require_device(uow, key), Interval(uow.now))
            return allocations.start_maintenance(uow, key, "", "race")

        try:
            row = self._writer.submit(drop_out).result(60)
        except Conflict:  # somebody else has taken it out already
            return
        self._writer.submit(lambda uow: allocations.end_allocation(uow, key, row, "race")).result(60)
        self._writer.submit(lambda uow: bookings.mend_models_of(uow, [key])).result(60)
        self.counts["facts"] += 1


def main(url: str, seed: str, attempts: int, threads: int) -> None:
    """Hammer, then tell."""
    database, clock = open_database(url), SystemClock()
    writer = Writer(database, clock, Projection(clock), lambda _news: None)
    writer.start()
    people = [Visitor(writer, f"{seed}-{number}", attempts // threads) for number in range(threads)]
    with ThreadPoolExecutor(threads) as hands:
        for done in [hands.submit(one.run) for one in people]:
            done.result()
    writer.close()
    database.close()
    counts = sum((one.counts for one in people), Counter())
    print(json.dumps({**counts, "bookings": {key: n for one in people for key, n in one.mine.items()}}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
