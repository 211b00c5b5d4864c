"""Series against a calendar that is walked day by day and minute by minute, over both nights of clock change."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from medialab_hub.domain.allocation import Interval
from medialab_hub.domain.opening import Calendar, Days
from medialab_hub.domain.series import MOST, Every, Rhythm, Skip, at_wall, dates, shifted

BERLIN = ZoneInfo("Europe/Berlin")
AUTUMN, SPRING = date(2026, 10, 25), date(2027, 3, 28)
HOLIDAYS = [Days(date(2026, 10, 17), date(2026, 10, 31)), Days(date(2026, 12, 23), date(2027, 1, 6))]
CALENDAR = Calendar(
    BERLIN,
    {day: [(540, 960)] for day in range(6)},
    closures=[Days(date(2026, 11, 16), date(2026, 11, 18))],
    school_holidays=HOLIDAYS,
    known=Days(date(2026, 8, 1), date(2027, 5, 31)),
)
PUBLIC = {date(2026, month, day) for month, day in ((10, 3), (11, 1), (12, 25), (12, 26))}
PUBLIC |= {date(2027, month, day) for month, day in ((1, 1), (3, 26), (3, 29), (5, 1), (5, 6), (5, 17), (5, 27))}
WALLS = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
DAYS = st.dates(date(2026, 9, 1), date(2027, 5, 31))


def wall_of(moment: datetime) -> datetime:
    return moment.astimezone(BERLIN).replace(tzinfo=None)


@cache
def first_moment(day: date, wall: time) -> datetime | None:
    """Found by looking at the clock every minute, from the evening before on."""
    moment = datetime.combine(day, wall, UTC) - timedelta(minutes=125)
    for _ in range(70):
        if wall_of(moment) == datetime.combine(day, wall):
            return moment
        moment += timedelta(minutes=1)
    return None


def is_on(rhythm: Rhythm, day: date) -> bool:
    """True when the rhythm names that day, counted by hand."""
    first = rhythm.starts.date()
    if rhythm.every is Every.DAY:
        return (day - first).days % rhythm.interval == 0
    if rhythm.every is Every.WEEK:
        weeks = ((day - timedelta(day.weekday())) - (first - timedelta(first.weekday()))).days // 7
        return weeks % rhythm.interval == 0 and day.weekday() in (rhythm.weekdays or {first.weekday()})
    months = (day.year - first.year) * 12 + day.month - first.month
    if months % rhythm.interval or day.weekday() != first.weekday():
        return False
    week = (first.day - 1) // 7
    return (day + timedelta(7)).month != day.month if week == 4 else (day.day - 1) // 7 == week


def reason(rhythm: Rhythm, day: date) -> Skip | None:
    if day in rhythm.leave_out:
        return Skip.NAMED
    if rhythm.skips_school_holidays and any(one.first <= day <= one.last for one in HOLIDAYS):
        return Skip.SCHOOL_HOLIDAY
    if rhythm.skips_school_holidays and day > date(2027, 5, 31):
        return Skip.NOT_KNOWN
    is_closed = day.weekday() == 6 or day in PUBLIC or date(2026, 11, 16) <= day <= date(2026, 11, 18)
    return Skip.CLOSED if rhythm.skips_closed_days and is_closed else None


@st.composite
def rhythms(draw: st.DrawFn) -> Rhythm:
    first = draw(DAYS)
    starts = datetime.combine(first, draw(WALLS))
    return Rhythm(
        starts=starts,
        ends=starts + timedelta(minutes=draw(st.integers(1, 3 * 24 * 60))),
        until=min(first + timedelta(draw(st.integers(0, 200))), date(2027, 6, 30)),
        every=draw(st.sampled_from(Every)),
        interval=draw(st.integers(1, 4)),
        weekdays=draw(st.frozensets(st.integers(0, 6), max_size=3)),
        skips_school_holidays=draw(st.booleans()),
        skips_closed_days=draw(st.booleans()),
        leave_out=draw(st.frozensets(DAYS, max_size=3)),
    )


def night(day: date, wall: time) -> Rhythm:
    starts = datetime.combine(day - timedelta(7), wall)
    return Rhythm(starts, starts + timedelta(minutes=45), day + timedelta(7), skips_closed_days=False)


@given(rhythms())
@example(night(AUTUMN, time(2, 30)))
@example(night(SPRING, time(2, 30)))
@example(night(SPRING, time(1, 45)))
def test_a_series_has_exactly_the_dates_of_the_calendar(rhythm: Rhythm) -> None:
    first = rhythm.starts.date()
    every = [first + timedelta(n) for n in range((rhythm.until - first).days + 1)]
    wanted = [day for day in every if is_on(rhythm, day)]
    found = dates(rhythm, CALENDAR)
    assert [one.day for one in found] == wanted[: MOST + 1]
    for one in found:
        skip = reason(rhythm, one.day)
        last = one.day + (rhythm.ends.date() - first)
        start, end = first_moment(one.day, rhythm.starts.time()), first_moment(last, rhythm.ends.time())
        if skip is None and (start is None or end is None or end <= start):
            skip = Skip.NO_SUCH_TIME
        assert one.skip == skip and (one.interval is None) == (skip is not None)
        if one.interval is not None:
            assert (one.interval.start, one.interval.end) == (start, end)


def on(day: int, hour: int) -> datetime:
    return datetime.combine(date(2026, 10, day), time(hour))


def test_the_clock_on_the_wall_stays_over_both_nights() -> None:
    weekly = Rhythm(on(20, 9), on(20, 15), date(2027, 4, 6))
    found = [one.interval for one in dates(weekly, CALENDAR) if one.interval]
    assert {one.start.hour for one in found} == {7, 8} and {wall_of(one.start).hour for one in found} == {9}
    autumn = at_wall(AUTUMN, time(2, 30), CALENDAR)
    assert autumn == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # the first of the two
    assert at_wall(SPRING, time(2, 30), CALENDAR) is None


@given(DAYS, WALLS, st.integers(-40, 40), st.integers(-600, 600))
@example(AUTUMN - timedelta(1), time(9, 0), 1, 0)
@example(SPRING - timedelta(1), time(9, 0), 1, 0)
@example(SPRING - timedelta(1), time(2, 30), 1, 0)
def test_a_time_is_moved_on_the_wall(day: date, wall: time, by_days: int, by_minutes: int) -> None:
    start = first_moment(day, wall)
    if start is None:
        return
    by = timedelta(days=by_days, minutes=by_minutes)
    moved = shifted(Interval(start, start + timedelta(days=2)), by, by, CALENDAR)
    expected = wall_of(start) + by
    if moved is None:
        walls = [expected, wall_of(start + timedelta(days=2)) + by]
        assert any(first_moment(one.date(), one.time()) is None for one in walls)
    else:
        assert wall_of(moved.start) == expected
