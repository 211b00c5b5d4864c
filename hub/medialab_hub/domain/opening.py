"""When the centre is open, and when a loan of so many days ends; rules in local time, answers in UTC."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

DAY_MIN = 24 * 60
LOOKED_AHEAD = 3 * 366
"""Days after which looking for an opening, or counting days, is given up."""
_DAY = timedelta(days=1)
_WEEKEND = 5
_AFTER_EASTER = {
    -2: "good_friday",
    1: "easter_monday",
    39: "ascension",
    50: "pentecost_monday",
    60: "corpus_christi",
}
_FIXED = {
    (1, 1): "new_year",
    (5, 1): "first_of_may",
    (10, 3): "german_unity",
    (11, 1): "all_saints",
    (12, 25): "christmas_day",
    (12, 26): "boxing_day",
}


class NeverOpen(Exception):
    """No day on which something could be brought back, as far as anybody looks ahead."""


class NotKnown(Exception):
    """School days were asked for of which nobody knows yet whether they are holidays."""


class DayKind(StrEnum):
    """How the days of a loan are counted: all of them, those on which the centre is open, or those with school."""

    CALENDAR = "calendar"
    OPEN = "open"
    SCHOOL = "school"


@dataclass(frozen=True)
class Days:
    """From the first up to and with the last day."""

    first: date
    last: date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last


@dataclass(frozen=True)
class Calendar:
    """`hours`: minutes of the local day, half-open and in order, by weekday (0 is Monday)."""

    zone: tzinfo
    hours: Mapping[int, Sequence[tuple[int, int]]]
    closures: Sequence[Days] = ()
    school_holidays: Sequence[Days] = ()
    known: Days = field(default=Days(date.max, date.min))
    """The days of which it is known whether they are school holidays."""
    closes_in_school_holidays: bool = False


def easter(year: int) -> date:
    """Easter Sunday, Gregorian (J. Meeus, Astronomical Algorithms, 1991, chapter 8)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    month, day = divmod(h + weekday - 7 * ((a + 11 * h + 22 * weekday) // 451) + 114, 31)
    return date(year, month, day + 1)


def public_holidays(year: int) -> dict[date, str]:
    """Those of North Rhine-Westphalia (Feiertagsgesetz NW, § 2), each with the key of its name."""
    sunday = easter(year)
    found = {sunday + timedelta(days=days): name for days, name in _AFTER_EASTER.items()}
    found |= {date(year, month, day): name for (month, day), name in _FIXED.items()}
    return dict(sorted(found.items()))


def is_public_holiday(day: date) -> bool:
    """True on a public holiday of North Rhine-Westphalia."""
    return (day.month, day.day) in _FIXED or (day - easter(day.year)).days in _AFTER_EASTER


def is_school_day(calendar: Calendar, day: date) -> bool:
    """Monday to Friday, neither a public holiday nor in school holidays. Raises `NotKnown`."""
    if day not in calendar.known:
        raise NotKnown(day.isoformat())
    return day.weekday() < _WEEKEND and not is_public_holiday(day) and not _is_in(day, calendar.school_holidays)


def openings(calendar: Calendar, day: date) -> list[tuple[datetime, datetime]]:
    """From when to when it is open on a local day, in UTC; empty when it is closed.

    A wall time that comes twice counts the first time, one that is left out as if the clock had not been put on."""
    hours = calendar.hours.get(day.weekday(), ())
    if not hours or is_public_holiday(day) or _is_in(day, calendar.closures):
        return []
    if calendar.closes_in_school_holidays and _is_in(day, calendar.school_holidays):
        return []
    found = [(_moment(calendar, day, start), _moment(calendar, day, end)) for start, end in hours]
    return [(start, end) for start, end in found if start < end]


def is_open(calendar: Calendar, moment: datetime) -> bool:
    """True when somebody is there at that moment."""
    local = moment.astimezone(calendar.zone).date()
    return any(start <= moment < end for start, end in openings(calendar, local))


def takes_back(calendar: Calendar, moment: datetime) -> bool:
    """True when something may be brought back at that moment: closing time still counts."""
    local = moment.astimezone(calendar.zone).date()
    return any(start <= moment <= end for start, end in openings(calendar, local))


def next_opening(calendar: Calendar, moment: datetime) -> datetime | None:
    """The first moment from this one on at which it is open; None when there is none as far as anybody looks."""
    for day in _days_from(moment.astimezone(calendar.zone).date()):
        for start, end in openings(calendar, day):
            if moment < end:
                return max(start, moment)
    return None


def next_opening_day(calendar: Calendar, moment: datetime) -> datetime | None:
    """When it opens on the first open day after the local day of this moment; None as above."""
    return next_opening(calendar, start_of_day(moment.astimezone(calendar.zone).date() + _DAY, calendar.zone))


def loan_end(calendar: Calendar, start: datetime, count: int, kind: DayKind) -> datetime:
    """Closing time of the day on which a loan of `count` days is due: that many days after the day of `start`, or the
    next open day. Raises `NeverOpen`, and `NotKnown` for school days."""
    first = start.astimezone(calendar.zone).date()
    is_counted: Callable[[date], bool] = {
        DayKind.CALENDAR: lambda _day: True,
        DayKind.OPEN: lambda day: bool(openings(calendar, day)),
        DayKind.SCHOOL: lambda day: is_school_day(calendar, day),
    }[kind]
    due = _count(first, count, is_counted)
    for day in _days_from(due):
        found = [end for _, end in openings(calendar, day) if end > start]
        if found:
            return found[-1]
    raise NeverOpen


def start_of_day(day: date, zone: tzinfo) -> datetime:
    """The first moment of a local day, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _count(first: date, count: int, is_counted: Callable[[date], bool]) -> date:
    if count <= 0:
        return first
    left = count
    for day in _days_from(first + _DAY):
        left -= is_counted(day)
        if not left:
            return day
    raise NeverOpen


def _days_from(day: date) -> Iterator[date]:
    return (day + timedelta(days=number) for number in range(LOOKED_AHEAD))


def _is_in(day: date, spans: Sequence[Days]) -> bool:
    return any(day in span for span in spans)


def _moment(calendar: Calendar, day: date, minute: int) -> datetime:
    if minute >= DAY_MIN:
        return start_of_day(day + _DAY, calendar.zone)
    return datetime.combine(day, time(minute // 60, minute % 60), calendar.zone).astimezone(UTC)
