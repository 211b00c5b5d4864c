"""What happens whatever was promised: quarantines, tests that are not passed, loans that are not back in time.

None of it may be refused: whatever is raised here ends the run."""

import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from medialab_hub.domain.allocation import Interval
from medialab_hub.domain.inspections import InspectionResult
from medialab_hub.domain.jobs import RESET_ACTION
from medialab_hub.errors import Conflict
from medialab_hub.services import allocations, bookings, endings, inspections, lending, returns
from medialab_hub.services.bookings import LineWish, Wish
from medialab_hub.services.inspections import Batch, Entry
from medialab_hub.storage.tables import Job
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_hub.storage.writer import Writer
from medialab_wire.progress import ExecutionStatus
from tests.lab.race.wishes import DEVICES, MODELS, device

T = TypeVar("T")
SHORT = timedelta(milliseconds=40)
"""How long somebody borrows a device who is late then."""


class Facts:
    """Makes one thing happen after the other, and counts them."""

    def __init__(self, writer: Writer, chance: random.Random, counts: Counter[str]) -> None:
        self._writer, self._chance, self._counts = writer, chance, counts

    def happen(self) -> None:
        """One of them, at a device by chance, and its end."""
        of = self._chance.randrange(MODELS)
        kind = self._chance.choice((self._quarantine, self._failed_test, self._overdue))
        kind(device(of - of % 2 if kind == self._overdue else of, self._chance.randrange(DEVICES)))

    def _do(self, use_case: Callable[..., T], *args: Any) -> T:
        return self._writer.submit(lambda uow: use_case(uow, *args), durable=True).result(120)

    def _quarantine(self, key: str) -> None:
        self._do(_fail_reset, key)
        self._do(allocations.end_quarantine, key, "race")
        self._do(bookings.mend_models_of, [key])
        self._counts["quarantines"] += 1

    def _failed_test(self, key: str) -> None:
        for result in (InspectionResult.FAILED, InspectionResult.PASSED):
            self._do(inspections.enter, Batch([Entry(key)], result), "race")
        self._counts["failed_tests"] += 1

    def _overdue(self, key: str) -> None:
        try:
            booking = self._do(_lend_for_a_moment, key)
        except Conflict:  # promised to others: nobody could borrow it to begin with
            return
        time.sleep(SHORT.total_seconds() * 1.5)
        self._do(returns.plan_around_late)
        assert self._do(lending.check_in, key, "race") == booking
        self._do(allocations.end_waiting, key)
        self._do(bookings.mend_models_of, [key])
        self._counts["overdue"] += 1


def _fail_reset(uow: UnitOfWork, key: str) -> None:
    """A reset has failed, and its device is in quarantine."""
    job = Job(
        id=uow.new_id("job"),
        device_id=key,
        action=RESET_ACTION,
        status=ExecutionStatus.FAILED.value,
        created_at=uow.now,
        starts_at=uow.now,
    )
    uow.session.add(job)
    uow.session.flush()
    endings.end(uow, job)


def _lend_for_a_moment(uow: UnitOfWork, key: str) -> str:
    return lending.lend(uow, Wish([LineWish(device=key)], Interval(uow.now, uow.now + SHORT)), "race")
