"""The report of a year equals a recount that looks at every loan and every day by itself."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medialab_hub.domain.annual_reports import Dimension, Measures, Year, YearKind, report_of, year_of
from medialab_hub.domain.loan_facts import Loan, Owned, Refused
from medialab_hub.domain.more_of_them import with_more

ZONE = ZoneInfo("Europe/Berlin")
MODELS = ("mod-a", "mod-b", None)
BEGIN = datetime(2025, 11, 1, tzinfo=UTC)
minutes = st.integers(0, 670 * 24 * 60).map(lambda number: BEGIN + timedelta(minutes=number))
moments = minutes | st.sampled_from(
    [
        datetime(2025, 12, 31, 23, tzinfo=UTC),  # midnight in Berlin
        datetime(2025, 12, 31, 22, 59, 59, tzinfo=UTC),
        datetime(2026, 7, 31, 22, tzinfo=UTC),
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 12, 31, 23, tzinfo=UTC),
    ]
)
lengths = st.integers(0, 60 * 24 * 400).map(lambda minutes: timedelta(minutes=minutes))
places = st.tuples(
    st.sampled_from(("school", "daycare", "")),
    st.sampled_from(("grundschule", "")),
    st.sampled_from(("Neuenkirchen", "Münster", "")),
    st.sampled_from(("05515000", "")),
    st.sampled_from(((), ("1.1",), ("1.1", "6.3"))),
)
owned = st.lists(
    st.builds(
        lambda model, since, length: (model, since, None if length is None else since + length),
        st.sampled_from(MODELS),
        moments,
        st.none() | lengths,
    ),
    max_size=4,
).map(lambda rows: [Owned(f"dev-{number}", *row) for number, row in enumerate(rows)])


@st.composite
def loans(draw: st.DrawFn) -> list[Loan]:
    """Of few bookings, so that some have several devices; a booking has one place and one group."""
    bookings = draw(st.lists(st.tuples(places, st.none() | st.integers(1, 40)), min_size=1, max_size=4))
    found = []
    for _ in range(draw(st.integers(0, 8))):
        number = draw(st.integers(0, len(bookings) - 1))
        place, size = bookings[number]
        start = draw(moments)
        told = draw(st.tuples(st.booleans(), st.booleans(), st.none() | st.integers(0, 90), st.booleans()))
        device = f"dev-{draw(st.integers(0, 4))}"
        times = (size, start, start + draw(lengths))
        found.append(Loan(f"bok-{number}", device, draw(st.sampled_from(MODELS)), *place, *times, *told))
    return found


refusals = st.lists(
    st.builds(
        lambda place, quantity, free, start, length, asked: Refused(
            "mod-a", *place, quantity, free, start, start + length + timedelta(minutes=1), asked, "not-free"
        ),
        places,
        st.integers(1, 4),
        st.integers(0, 4),
        moments,
        lengths,
        moments,
    ),
    max_size=6,
)
years = st.builds(year_of, st.sampled_from(YearKind), st.integers(2025, 2027), st.just(ZONE))


def local(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()


def recount(year: Year, rows: list[Loan], refused: list[Refused]) -> Measures:
    mine = [one for one in rows if year.first <= local(one.lent_at) <= year.last]
    wishes = [one for one in refused if year.first <= local(one.starts_at) <= year.last]
    return Measures(
        loans=len({one.booking for one in mine}),
        items=len(mine),
        loan_days=sum((local(one.returned_at) - local(one.lent_at)).days + 1 for one in mine),
        participants=sum({one.booking: one.group_size or 0 for one in mine}.values()),
        on_time=len([one for one in mine if one.is_on_time]),
        damages=len([one for one in mine if one.is_damaged]),
        unverified=len([one for one in mine if one.was_unverified]),
        reset_min=sum(one.reset_min or 0 for one in mine),
        unmet=len(wishes),
        unmet_units=sum(max(1, one.quantity - one.free) for one in wishes),
    )


def days(year: Year, rows: list[Loan], devices: list[Owned], now: datetime) -> tuple[int, int]:
    """Day by day, device by device."""
    lent = there = 0
    for device in devices:
        day, until = year.first, min(device.until or now, now)
        while day <= year.last:
            if local(device.since) <= day <= local(until) and device.since <= until:
                there += 1
                mine = [one for one in rows if one.device == device.device]
                lent += any(local(one.lent_at) <= day <= local(one.returned_at) for one in mine)
            day += timedelta(days=1)
    return lent, there


@given(years, loans(), refusals, owned, moments)
def test_the_report_equals_a_recount(
    year: Year, rows: list[Loan], refused: list[Refused], devices: list[Owned], now: datetime
) -> None:
    report = report_of(year, rows, refused, devices, now)
    lent, there = days(year, rows, devices, now)
    assert (report.total.lent_days, report.total.owned_days) == (lent, there)
    keys = {
        Dimension.INSTITUTION_KIND: lambda one: [one.institution_kind],
        Dimension.SCHOOL_FORM: lambda one: [one.school_form],
        Dimension.MUNICIPALITY: lambda one: [f"{one.municipality}\t{one.municipality_key}".rstrip()],
        Dimension.AREA: lambda one: list(one.areas) or [""],
        Dimension.MODEL: lambda one: [one.model or ""],
    }
    strip = {"lent_days": None, "owned_days": None}
    assert Measures(**{**vars(report.total), **strip}) == recount(year, rows, refused)
    for dimension, keys_of in keys.items():
        for key, measures in report.groups[dimension].items():
            mine = [one for one in rows if key in keys_of(one)]
            wishes = [one for one in refused if key in keys_of(one)]
            assert Measures(**{**vars(measures), **strip}) == recount(year, mine, wishes), (dimension, key)
        mine = [key for one in rows if recount(year, [one], []).items for key in keys_of(one)]
        known = {*mine, *(key for one in refused if recount(year, [], [one]).unmet for key in keys_of(one))}
        assert known <= report.groups[dimension].keys()
    for model, measures in report.groups[Dimension.MODEL].items():
        of_it = [one for one in devices if (one.model or "") == model]
        assert (measures.lent_days, measures.owned_days) == days(year, rows, of_it, now)


@given(refusals, st.integers(0, 8))
def test_more_devices_serve_more_wishes_and_never_promise_one_twice(wishes: list[Refused], more: int) -> None:
    few, many = with_more(wishes, more), with_more(wishes, 1000)
    assert few.refused == many.refused == many.served == len(wishes)
    assert few.served <= many.served and with_more(wishes, 0).served == 0
    alone = [one for one in wishes if one.missing <= more]
    assert few.served <= len(alone) and (few.served > 0) == bool(alone)


def test_two_sets_would_have_served_these_and_not_those() -> None:
    def wish(day: int, missing: int, asked: int) -> Refused:
        start = datetime(2026, 3, day, 8, tzinfo=UTC)
        place = ("school", "", "", "", ())
        end = start + timedelta(days=2)
        return Refused("mod-a", *place, missing + 1, 1, start, end, start - timedelta(days=asked), "not-free")

    assert with_more([wish(1, 1, 9), wish(2, 1, 8), wish(2, 1, 7), wish(4, 2, 6), wish(20, 3, 1)], 2).served == 3
    assert with_more([wish(1, 1, 9)._replace(reason="too-long")], 2).refused == 0


@pytest.mark.parametrize(("kind", "first", "last"), [("calendar", (1, 1), (12, 31)), ("school", (8, 1), (7, 31))])
def test_a_school_year_begins_in_august(kind: str, first: tuple[int, int], last: tuple[int, int]) -> None:
    year = year_of(YearKind(kind), 2026, ZONE)
    assert ((year.first.month, year.first.day), (year.last.month, year.last.day)) == (first, last)


def test_a_device_lent_twice_was_out_on_the_days_of_both() -> None:
    year = year_of(YearKind.CALENDAR, 2026, ZONE)
    begin = datetime(2026, 3, 2, 9, tzinfo=UTC)
    place = ("school", "", "", "", ())
    told = (None, True, False, None, False)
    rows = [
        Loan("bok-1", "dev-0", "mod-a", *place, told[0], start, start + timedelta(hours=26), *told[1:])
        for start in (begin, begin + timedelta(days=1, hours=4), begin + timedelta(days=9))
    ]
    there = [Owned("dev-0", "mod-a", datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC))]
    total = report_of(year, rows, (), there, datetime(2028, 1, 1, tzinfo=UTC)).total
    assert (total.loans, total.items, total.loan_days, total.lent_days, total.owned_days) == (1, 3, 6, 5, 365)
