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
from medialab_hub.services import bookings
from medialab_hub.services.bookings import LineWish, Wish
from medialab_hub.services.projection import Projection
from medialab_hub.storage.database import open_database
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_hub.storage.writer import Writer
from tests.lab.race.facts import Facts
from tests.lab.race.wishes import KEPT, Wanted, draw

FACT_EVERY = 100
"""Attempts of a visitor between two facts."""


class Visitor:
    """Somebody who books all the time."""

    def __init__(self, writer: Writer, seed: str, attempts: int) -> None:
        self._writer, self._chance, self._attempts = writer, random.Random(seed), attempts
        self.counts: Counter[str] = Counter()
        self.mine: dict[str, int] = {}
        self._facts = Facts(writer, self._chance, self.counts)

    def run(self) -> None:
        """All attempts, and a fact now and then."""
        for number in range(self._attempts):
            self._attempt(draw(self._chance))
            if number % FACT_EVERY == FACT_EVERY // 2:
                self._facts.happen()
            if len(self.mine) > KEPT:
                self._call_off(next(iter(self.mine)))

    def _attempt(self, wanted: Wanted) -> None:
        try:
            key = self._writer.submit(lambda uow: _book(uow, wanted), durable=True).result(120)
        except Conflict as conflict:
            assert conflict.code in ("not-free", "test-due"), conflict
            self.counts["refused"] += 1
        else:
            self.counts["accepted"] += 1
            self.mine[key] = wanted.quantity

    def _call_off(self, key: str) -> None:
        self._writer.submit(lambda uow: bookings.cancel(uow, key, "race", Decision.CANCELED), durable=True).result(120)
        del self.mine[key]
        self.counts["called_off"] += 1


def _book(uow: UnitOfWork, wanted: Wanted) -> str:
    start = uow.now + timedelta(hours=wanted.start_h)
    line = LineWish(model=wanted.model, device=wanted.device, quantity=wanted.quantity)
    return bookings.book(uow, Wish([line], Interval(start, start + timedelta(hours=wanted.hours))), "race")


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
    print(json.dumps({"counts": counts, "bookings": {key: n for one in people for key, n in one.mine.items()}}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
