"""Safety tests: what they say, and from when on a device must not be lent any more.

The interval is the operator's own (DGUV Vorschrift 3 and 4, § 5; BetrSichV § 14), so it is set for each model."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum
from functools import lru_cache

from medialab_hub.domain.opening import start_of_day

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""Due since ever: never tested, or the last test was not passed."""


class InspectionKind(StrEnum):
    """`safety` is the electrical test and the only one with an interval."""

    SAFETY = "safety"
    HYGIENE = "hygiene"
    FUNCTION = "function"


class InspectionResult(StrEnum):
    """What the inspector found."""

    PASSED = "passed"
    FAILED = "failed"


class DueReason(StrEnum):
    """Why a device has to be tested."""

    INTERVAL = "interval"
    NEVER_TESTED = "never_tested"
    FAILED = "failed"


@dataclass(frozen=True)
class LastTest:
    """The last test of one kind. `next_due`: as it was entered then."""

    kind: InspectionKind
    result: InspectionResult
    done_at: datetime
    next_due: datetime | None = None


@dataclass(frozen=True)
class Due:
    """From `at` on it must not be lent."""

    at: datetime
    reason: DueReason


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@lru_cache(maxsize=4096)
def next_due(done_at: datetime, months: int, zone: tzinfo) -> datetime:
    """The first moment of the local day on which a test of this interval falls due."""
    return start_of_day(months_later(done_at.astimezone(zone).date(), months), zone)


def due_of(last: Iterable[LastTest], months: int | None, zone: tzinfo) -> Due | None:
    """`last`: the last test of each kind; `months`: the interval as it is now, None when none is needed.

    Of what was entered and what the interval says now the earlier counts."""
    by_kind = {test.kind: test for test in last}
    if any(test.result is InspectionResult.FAILED for test in by_kind.values()):
        return Due(AT_ONCE, DueReason.FAILED)
    if months is None:
        return None
    safety = by_kind.get(InspectionKind.SAFETY)
    if safety is None:
        return Due(AT_ONCE, DueReason.NEVER_TESTED)
    derived = next_due(safety.done_at, months, zone)
    return Due(min(derived, safety.next_due or derived), DueReason.INTERVAL)
