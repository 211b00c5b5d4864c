"""Opening hours against a calendar that is enumerated: each minute and each day looked up by itself."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from medialab_hub.domain.opening import Calendar, DayKind, Days, is_open, loan_end, next_opening, openings

BERLIN = ZoneInfo("Europe/Berlin")
FIRST, LAST = date(2026, 1, 1), date(2029, 12, 31)
_PRINTED = """
    2026-01-01 2026-04-03 2026-04-06 2026-05-01 2026-05-14 2026-05-25 2026-06-04 2026-10-03 2026-11-01 2026-12-25
    2026-12-26 2027-01-01 2027-03-26 2027-03-29 2027-05-01 2027-05-06 2027-05-17 2027-05-27 2027-10-03 2027-11-01
    2027-12-25 2027-12-26 2028-01-01 2028-04-14 2028-04-17 2028-05-01 2028-05-25 2028-06-05 2028-06-15 2028-10-03
    2028-11-01 2028-12-25 2028-12-26 2029-01-01 2029-03-30 2029-04-02 2029-05-01 2029-05-10 2029-05-21 2029-05-31
    2029-10-03 2029-11-01 2029-12-25 2029-12-26
"""
LISTED = set(map(date.fromisoformat, _PRINTED.split()))
"""Public holidays of North Rhine-Westphalia, as calendars print them."""
HALF_HOURS = [minute for minute in range(0, 1441, 30) if minute != 150]
"""Half past two in the morning comes twice once a year, and is left out once: nobody opens or closes then."""
NIGHTS = [date(2026, 10, 25), date(2027, 3, 28), date(2028, 2, 29)]

hours = st.lists(st.sampled_from(HALF_HOURS), max_size=4, unique=True).map(
    lambda found: [(a, b) for a, b in zip(sorted(found)[::2], sorted(found)[1::2], strict=False)]
)
days = st.one_of(
    st.dates(FIRST, date(2028, 6, 1)), st.sampled_from(NIGHTS), st.sampled_from(NIGHTS).map(lambda d: d - timedelta(1))
)


@st.composite
def spans(draw: st.DrawFn) -> list[Days]:
    starts = draw(st.lists(st.tuples(days, st.integers(0, 40)), max_size=4))
    return [Days(start, start + timedelta(days=length)) for start, length in starts]


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    return Calendar(
        BERLIN,
        {day: draw(hours) for day in range(7)},
        draw(spans()),
        draw(spans()),
        Days(FIRST, LAST),
        draw(st.booleans()),
    )


def enumerated(spans: object) -> set[date]:
    assert isinstance(spans, list)
    return {one.first + timedelta(days=n) for one in spans for n in range((one.last - one.first).days + 1)}


def opens_on(calendar: Calendar, day: date) -> bool:
    shut = LISTED | enumerated(calendar.closures)
    if calendar.closes_in_school_holidays:
        shut |= enumerated(calendar.school_holidays)
    return day not in shut


def by_the_clock(calendar: Calendar, moment: datetime) -> bool:
    """What a clock on the wall and a calendar beside it say."""
    wall = moment.astimezone(BERLIN)
    minute = wall.hour * 60 + wall.minute
    open_now = any(start <= minute < end for start, end in calendar.hours[wall.weekday()])
    return open_now and opens_on(calendar, wall.date())


def half_hours(start: datetime, count: int) -> Iterator[datetime]:
    return (start + timedelta(minutes=30 * number) for number in range(count))


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=BERLIN).astimezone(UTC)


@settings(max_examples=150, deadline=None)
@given(calendars(), days)
def test_open_is_what_the_clock_on_the_wall_says(calendar: Calendar, day: date) -> None:
    for moment in half_hours(midnight(day), 100):
        assert is_open(calendar, moment) is by_the_clock(calendar, moment), moment


@settings(max_examples=100, deadline=None)
@given(calendars(), days, st.integers(0, 47))
def test_the_next_opening_is_the_first_open_half_hour(calendar: Calendar, day: date, half: int) -> None:
    start = midnight(day) + timedelta(minutes=30 * half)
    expected = next((moment for moment in half_hours(start, 700) if by_the_clock(calendar, moment)), None)
    found = next_opening(calendar, start)
    if expected is None:
        assert found is None or found >= start + timedelta(minutes=30 * 700)
    else:
        assert found == expected


@settings(max_examples=200, deadline=None)
@given(calendars(), days, st.integers(0, 40), st.sampled_from(DayKind))
def test_a_loan_ends_on_the_day_that_is_counted(calendar: Calendar, day: date, count: int, kind: DayKind) -> None:
    calendar = Calendar(
        BERLIN, {**calendar.hours, 2: [(540, 960)]}, calendar.closures, calendar.school_holidays, calendar.known,
        calendar.closes_in_school_holidays,
    )  # fmt: skip
    school = enumerated(calendar.school_holidays)
    after = [day + timedelta(days=number) for number in range(1, 500)]
    counted = {
        DayKind.CALENDAR: after,
        DayKind.OPEN: [one for one in after if calendar.hours[one.weekday()] and opens_on(calendar, one)],
        DayKind.SCHOOL: [one for one in after if one.weekday() < 5 and one not in LISTED | school],
    }[kind]
    start = midnight(day)
    due = day if count == 0 else counted[count - 1]
    back = next(
        one for one in [due, *(due + timedelta(days=n) for n in range(1, 300))]
        if calendar.hours[one.weekday()] and opens_on(calendar, one)
    )  # fmt: skip
    end = loan_end(calendar, start, count, kind)
    assert by_the_clock(calendar, end - timedelta(minutes=1))
    assert (end - timedelta(minutes=1)).astimezone(BERLIN).date() == back
    assert end == openings(calendar, back)[-1][1] > start
