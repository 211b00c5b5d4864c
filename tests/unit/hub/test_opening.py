"""Opening hours by hand: nights in which the clock changes, a leap day, loans over holidays."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from medialab_hub.domain.opening import (
    Calendar,
    DayKind,
    Days,
    NeverOpen,
    NotKnown,
    easter,
    is_open,
    is_school_day,
    loan_end,
    next_opening,
    next_opening_day,
    openings,
    public_holidays,
)
from medialab_hub.services.opening import PUBLIC_HOLIDAYS, school_holidays

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = {day: [(9 * 60, 12 * 60), (13 * 60, 16 * 60)] for day in range(5)}
ALWAYS = {day: [(0, 24 * 60)] for day in range(7)}


def local(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold).astimezone(UTC)


def nrw(**changes: object) -> Calendar:
    school = school_holidays()
    known: dict[str, object] = {"school_holidays": [one.days for one in school.spans], "known": school.known}
    return Calendar(BERLIN, **{"hours": OFFICE, **known, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "sunday",
    # US Naval Observatory, "Dates of Easter"; 2038 is the latest date of this century
    ["2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2028-04-16", "2029-04-01", "2030-04-21", "2038-04-25"],
)
def test_easter(sunday: str) -> None:
    day = date.fromisoformat(sunday)
    assert easter(day.year) == day


def test_the_eleven_public_holidays_of_a_year() -> None:
    found = public_holidays(2026)
    assert [day.isoformat() for day in found] == [
        "2026-01-01", "2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14", "2026-05-25", "2026-06-04",
        "2026-10-03", "2026-11-01", "2026-12-25", "2026-12-26",
    ]  # fmt: skip
    assert set(found.values()) == PUBLIC_HOLIDAYS.keys()


def test_open_within_the_hours_only() -> None:
    for moment, expected in {
        "2026-11-23T08:59": False, "2026-11-23T09:00": True, "2026-11-23T11:59": True, "2026-11-23T12:00": False,
        "2026-11-23T16:00": False, "2026-11-21T10:00": False, "2026-12-25T10:00": False,
    }.items():  # fmt: skip
        assert is_open(nrw(), local(moment)) is expected, moment
    closed = nrw(closures=[Days(date(2026, 11, 23), date(2026, 11, 24))])
    assert next_opening(closed, local("2026-11-23T10:00")) == local("2026-11-25T09:00")
    assert is_open(nrw(), local("2026-10-20T10:00"))
    assert not is_open(nrw(closes_in_school_holidays=True), local("2026-10-20T10:00"))


def test_the_next_opening_and_the_next_day() -> None:
    assert next_opening(nrw(), local("2026-11-23T10:00")) == local("2026-11-23T10:00")
    assert next_opening(nrw(), local("2026-11-23T12:00")) == local("2026-11-23T13:00")
    assert next_opening(nrw(), local("2026-12-24T16:00")) == local("2026-12-28T09:00")
    assert next_opening_day(nrw(), local("2026-11-23T00:00")) == local("2026-11-24T09:00")
    assert next_opening(nrw(hours={}), local("2026-11-23T10:00")) is None


@pytest.mark.parametrize(("night", "hours"), [("2026-10-25", 25), ("2027-03-28", 23)])
def test_a_night_in_which_the_clock_changes_is_as_long_as_it_is(night: str, hours: int) -> None:
    start = local(f"{night}T00:00")
    calendar = nrw(hours=ALWAYS)
    assert all(is_open(calendar, start + timedelta(minutes=30 * half)) for half in range(2 * hours))
    day = date.fromisoformat(night)
    assert loan_end(calendar, start, 0, DayKind.CALENDAR) == start + timedelta(hours=hours)
    assert loan_end(calendar, start - timedelta(minutes=1), 1, DayKind.CALENDAR) == start + timedelta(hours=hours)
    assert openings(calendar, day) == [(start, start + timedelta(hours=hours))]


def test_a_loan_over_such_a_night_ends_at_the_same_time_by_the_clock() -> None:
    before, after = local("2026-10-23T10:00"), local("2026-10-26T16:00")
    assert loan_end(nrw(), before, 3, DayKind.CALENDAR) == after
    assert after - local("2026-10-23T16:00") == timedelta(hours=73)
    spring = loan_end(nrw(), local("2027-03-25T10:00"), 5, DayKind.CALENDAR)
    assert spring == local("2027-03-30T16:00")
    assert spring - local("2027-03-25T16:00") == timedelta(days=5, hours=-1)


def test_a_leap_day_is_a_day() -> None:
    assert loan_end(nrw(), local("2028-02-28T10:00"), 1, DayKind.CALENDAR) == local("2028-02-29T16:00")
    assert loan_end(nrw(), local("2028-02-28T10:00"), 2, DayKind.OPEN) == local("2028-03-01T16:00")
    assert loan_end(nrw(), local("2028-02-28T10:00"), 2, DayKind.SCHOOL) == local("2028-03-01T16:00")
    assert loan_end(nrw(), local("2027-02-28T10:00"), 1, DayKind.CALENDAR) == local("2027-03-01T16:00")


def test_a_loan_over_holidays() -> None:
    start = local("2026-10-15T10:00")  # Thursday; holidays from Saturday until 31 October, All Saints on a Sunday
    assert loan_end(nrw(), start, 5, DayKind.CALENDAR) == local("2026-10-20T16:00")
    assert loan_end(nrw(closes_in_school_holidays=True), start, 5, DayKind.CALENDAR) == local("2026-11-02T16:00")
    assert loan_end(nrw(), start, 5, DayKind.OPEN) == local("2026-10-22T16:00")
    assert loan_end(nrw(), start, 5, DayKind.SCHOOL) == local("2026-11-05T16:00")


def test_what_nobody_knows_is_not_guessed() -> None:
    with pytest.raises(NotKnown):
        is_school_day(nrw(), date(2030, 9, 2))
    with pytest.raises(NotKnown):
        loan_end(nrw(), local("2030-08-01T10:00"), 10, DayKind.SCHOOL)
    for kind in DayKind:
        with pytest.raises(NeverOpen):
            loan_end(nrw(hours={}), local("2026-11-23T10:00"), 1, kind)


def test_the_school_holidays_that_come_with_the_program_are_whole() -> None:
    spans = [one.days for one in school_holidays().spans]
    assert all(one.first <= one.last for one in spans)
    assert all(a.last < b.first for a, b in pairwise(spans))
    assert spans[-1].last == school_holidays().known.last
    for year in range(2026, 2030):
        days = [one.first + timedelta(days=n) for one in spans for n in range((one.last - one.first).days + 1)]
        assert 70 <= sum(day.year == year for day in days) <= 95, "75 working days with Saturdays, and Sundays between"
    summers = [(one.first, one.last) for one in spans if (one.last - one.first).days > 40]
    assert [last - first for first, last in summers] == [timedelta(days=43)] * 5
