"""Bookings that come again: on which days, and from when to when in UTC when the wall clock says the same each time.

Days are found by RFC 5545 recurrence rules (python-dateutil), in local time; clocks that change move only the UTC."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule, weekday

from medialab_hub.domain.allocation import Interval
from medialab_hub.domain.opening import Calendar, is_public_holiday, openings

MOST = 100
"""Dates of one series."""
_LAST_WEEK = 5


class Every(StrEnum):
    """`month`: on the same weekday of the month, such as the second Tuesday; the fifth is the last."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Skip(StrEnum):
    """Why a day of the rhythm is left out, or cannot be decided or kept."""

    NAMED = "named"
    SCHOOL_HOLIDAY = "school_holiday"
    CLOSED = "closed"
    NOT_KNOWN = "holidays_unknown"
    NO_SUCH_TIME = "no_such_time"

    @property
    def is_wanted(self) -> bool:
        """The rule or a person says so; the others have to be decided by a person."""
        return self in (Skip.NAMED, Skip.SCHOOL_HOLIDAY, Skip.CLOSED)


@dataclass(frozen=True)
class Rhythm:
    """The first time as the wall clock shows it, without a zone, and on which days it comes again up to `until`."""

    starts: datetime
    ends: datetime
    until: date
    every: Every = Every.WEEK
    interval: int = 1
    weekdays: frozenset[int] = frozenset()
    """0 is Monday; empty: that of the first time. Only for weeks."""
    skips_school_holidays: bool = False
    skips_closed_days: bool = True
    leave_out: frozenset[date] = frozenset()


@dataclass(frozen=True)
class Date:
    """One day of the rhythm: the time, or why there is none."""

    day: date
    interval: Interval | None
    skip: Skip | None = None


def dates(rhythm: Rhythm, calendar: Calendar) -> list[Date]:
    """All of them in order, one more than `MOST` at most: then there are too many."""
    return [_date(rhythm, calendar, day) for day in _days(rhythm)]


def at_wall(day: date, wall: time, calendar: Calendar) -> datetime | None:
    """The moment at which the clock on the wall shows that, in UTC: of two the first, None when it never does."""
    local = datetime.combine(day, wall, calendar.zone)
    moment = local.astimezone(UTC)
    return moment if moment.astimezone(calendar.zone).replace(tzinfo=None) == local.replace(tzinfo=None) else None


def shifted(interval: Interval, by_start: timedelta, by_end: timedelta, calendar: Calendar) -> Interval | None:
    """The same times moved on the wall clock; None when the clock never shows that."""
    assert interval.end is not None
    found = []
    for moment, by in ((interval.start, by_start), (interval.end, by_end)):
        wall = moment.astimezone(calendar.zone).replace(tzinfo=None) + by
        found.append(at_wall(wall.date(), wall.time(), calendar))
    start, end = found
    return None if start is None or end is None or end <= start else Interval(start, end)


def _days(rhythm: Rhythm) -> Iterator[date]:
    first = rhythm.starts.date()
    begin, until = datetime.combine(first, time()), datetime.combine(rhythm.until, time())
    count = MOST + 1
    if rhythm.every is Every.DAY:
        rule = rrule(DAILY, dtstart=begin, interval=rhythm.interval, until=until)
    elif rhythm.every is Every.WEEK:
        on = sorted(rhythm.weekdays) or [first.weekday()]
        rule = rrule(WEEKLY, dtstart=begin, interval=rhythm.interval, until=until, byweekday=on)
    else:
        week = (first.day - 1) // 7 + 1
        on_week = weekday(first.weekday(), -1 if week == _LAST_WEEK else week)
        rule = rrule(MONTHLY, dtstart=begin, interval=rhythm.interval, until=until, byweekday=on_week)
    for found, _ in zip(rule, range(count), strict=False):
        yield found.date()


def _date(rhythm: Rhythm, calendar: Calendar, day: date) -> Date:
    skip = _skip(rhythm, calendar, day)
    if skip is not None:
        return Date(day, None, skip)
    start = at_wall(day, rhythm.starts.time(), calendar)
    last = day + (rhythm.ends.date() - rhythm.starts.date())
    end = at_wall(last, rhythm.ends.time(), calendar)
    if start is None or end is None or end <= start:
        return Date(day, None, Skip.NO_SUCH_TIME)
    return Date(day, Interval(start, end))


def _skip(rhythm: Rhythm, calendar: Calendar, day: date) -> Skip | None:
    if day in rhythm.leave_out:
        return Skip.NAMED
    if rhythm.skips_school_holidays:
        if any(day in span for span in calendar.school_holidays):
            return Skip.SCHOOL_HOLIDAY
        if day not in calendar.known:
            return Skip.NOT_KNOWN
    if rhythm.skips_closed_days:
        has_hours = any(calendar.hours.values())
        if (has_hours and not openings(calendar, day)) or (not has_hours and is_public_holiday(day)):
            return Skip.CLOSED
    return None
