"""Calendars are read back: by the same moments over the change of clocks, and no name ends an event."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Event

from medialab_hub.adapters.calendars import CalendarWriter
from medialab_hub.domain.calendars import CalendarEvent, Feed, summary_of

BERLIN = ZoneInfo("Europe/Berlin")
WRITER = CalendarWriter()


def event(number: int, starts: datetime, **given: object) -> CalendarEvent:
    told = {"revision": 0, "made": starts - timedelta(days=9), "summary": "3 × Tablet", **given}
    return CalendarEvent(f"bok-{number}", starts=starts, ends=starts + timedelta(hours=26), **told)  # type: ignore[arg-type]


def read(*events: CalendarEvent, name: str = "Medienzentrum") -> tuple[Calendar, list[Event]]:
    data = WRITER.write(Feed("cal-1", name, "de", events), BERLIN)
    found = Calendar.from_ical(data)
    assert isinstance(found, Calendar)
    return found, list(found.events)


@pytest.mark.parametrize(
    "day",
    [
        datetime(2026, 10, 24, 20, tzinfo=UTC),
        datetime(2027, 3, 27, 20, tzinfo=UTC),
        datetime(2028, 2, 29, 6, 30, tzinfo=UTC),
        datetime(2026, 12, 31, 22, 59, tzinfo=UTC),
    ],
)
def test_the_moments_are_the_same_over_the_change_of_clocks(day: datetime) -> None:
    calendar, (found,) = read(event(1, day))
    assert (found.start.astimezone(UTC), found.end.astimezone(UTC)) == (day, day + timedelta(hours=26))
    assert found["DTSTART"].params["TZID"] == "Europe/Berlin"
    (zone,) = calendar.timezones
    assert zone["TZID"] == "Europe/Berlin" and zone.to_tz().utcoffset(found.start.replace(tzinfo=None)) is not None


def test_what_is_called_off_says_so_and_a_change_counts_up() -> None:
    start = datetime(2026, 11, 30, 7, tzinfo=UTC)
    _, found = read(event(1, start, is_canceled=True, revision=4), event(2, start, is_tentative=True), event(3, start))
    said = [(str(one["UID"]), str(one["STATUS"]), int(one["SEQUENCE"])) for one in found]
    assert said == [("bok-1@medialab-hub", "CANCELLED", 4), ("bok-2@medialab-hub", "TENTATIVE", 0),
                    ("bok-3@medialab-hub", "CONFIRMED", 0)]  # fmt: skip


HOSTILE = ["a\r\nEND:VEVENT\r\nBEGIN:VEVENT", "a;b,c:d\\n", 'x"y', "ü" * 300, "\x00\x1b[31m", "=cmd()", "a\nb", ""]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_ends_an_event(name: str) -> None:
    start = datetime(2026, 11, 30, 7, tzinfo=UTC)
    calendar, found = read(event(1, start, summary=name), event(2, start), name=name)
    assert [str(one["UID"]) for one in found] == ["bok-1@medialab-hub", "bok-2@medialab-hub"]
    assert len(calendar.subcomponents) == 3


def test_the_same_bookings_are_the_same_bytes_and_the_same_tag() -> None:
    start = datetime(2026, 11, 30, 7, tzinfo=UTC)
    one, same, other = (Feed("cal-1", "x", "de", (event(1, start, revision=n),)) for n in (0, 0, 1))
    assert WRITER.write(one, BERLIN) == WRITER.write(same, BERLIN) != WRITER.write(other, BERLIN)
    assert WRITER.tag_of(one, BERLIN) == WRITER.tag_of(same, BERLIN) != WRITER.tag_of(other, BERLIN)
    lines = WRITER.write(one, BERLIN).split(b"\r\n")
    assert max(map(len, lines)) <= 75, "RFC 5545 section 3.1"


def test_an_empty_calendar_is_one() -> None:
    assert read()[1] == [] and summary_of([(1, "Koffer 3"), (16, "Tablet")], "") == "Koffer 3, 16 × Tablet"
