"""When a booking calls for a mail, by the day, and when one is tried again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from medialab_hub.domain.bookings import BookingKind, Decision
from medialab_hub.domain.mails import (
    GIVE_UP,
    MailRules,
    Occasion,
    Standing,
    called_for,
    is_reachable_everywhere,
    next_try,
)

ZONE = ZoneInfo("Europe/Berlin")


def at(day: int, hour: int = 12, month: int = 10) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=ZONE).astimezone(UTC)


RULES = MailRules(ZONE, since=at(1))
LOAN = Standing(Decision.CONFIRMED, BookingKind.LOAN, made=at(5), starts=at(12, 9), ends=at(26, 16))
OUT = replace(LOAN, is_out=True)
AGREED = "2026-10-12T07:00:00+00:00/2026-10-26T15:00:00+00:00"


def calls(booking: Standing, now: datetime, rules: MailRules = RULES) -> list[tuple[str, str]]:
    return [(one.occasion.value, one.about) for one in called_for(booking, rules, now)]


def test_a_promise_is_confirmed_once_nobody_scans_any_more() -> None:
    (confirmed,) = called_for(LOAN, RULES, at(5))
    assert (confirmed.occasion, confirmed.not_before) == (Occasion.CONFIRMED, at(5) + timedelta(minutes=10))
    assert calls(LOAN, at(27)) == [], "it is over"
    assert calls(LOAN, at(5)) == [("confirmed", AGREED)]
    assert calls(replace(LOAN, ends=at(28, 16)), at(5)) != calls(LOAN, at(5)), "another time is told anew"
    assert calls(replace(LOAN, made=at(1) - timedelta(1)), at(5)) == [], "booked before mails were turned on"
    assert calls(replace(LOAN, decision=Decision.REQUESTED), at(5)) == []
    assert calls(replace(LOAN, kind=BookingKind.INTERNAL, is_out=True), at(26)) == []


def test_what_was_told_is_taken_back_and_nothing_else() -> None:
    assert calls(replace(LOAN, decision=Decision.CANCELED), at(6)) == []
    assert calls(replace(LOAN, decision=Decision.CANCELED, was_told=True), at(6)) == [("canceled", "")]
    assert calls(replace(LOAN, decision=Decision.REJECTED), at(6)) == [("rejected", "")]
    assert calls(replace(LOAN, decision=Decision.NO_SHOW, was_told=True), at(13)) == []
    assert calls(replace(LOAN, broken=2), at(6)) == [("confirmed", AGREED), ("broken", "")]
    assert calls(replace(LOAN, broken=2, is_closed=True), at(20)) == []


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at(24, 7), []),
        (at(24, 8), [("before_due", "2026-10-26")]),
        (at(25, 23), [("before_due", "2026-10-26")]),
        (at(26, 7), []),
        (at(26, 8), [("due", "2026-10-26")]),
        (at(26, 23), [("due", "2026-10-26")]),
        (at(27, 12), []),
        (at(29, 7), []),
        (at(29, 8), [("overdue", "2026-10-26+3")]),
        (at(5, 7, month=11), [("overdue", "2026-10-26+3")]),
        (at(5, 8, month=11), [("overdue", "2026-10-26+10")]),
        (at(12, 9, month=11), [("overdue", "2026-10-26+17")]),
    ],
)
def test_reminders_come_in_the_morning_also_over_the_change_of_clocks(
    now: datetime, expected: list[tuple[str, str]]
) -> None:
    told = [one for one in calls(OUT, now) if one[0] != "confirmed"]
    assert told == expected
    assert [one for one in calls(LOAN, now) if one[0] != "confirmed"] == [], "nothing is out"


def test_a_loan_that_ends_at_midnight_is_due_the_day_before() -> None:
    assert ("due", "2026-10-25") in calls(replace(OUT, ends=at(26, 0)), at(25, 9))


def test_a_short_loan_is_not_reminded_of_before_it_began_to_be_long() -> None:
    short = replace(OUT, made=at(25), starts=at(25, 9), ends=at(26, 16))
    assert [one for one, _ in calls(short, at(25, 12))] == ["confirmed"]
    assert [one for one, _ in calls(short, at(26, 9))] == ["confirmed", "due"]
    assert [one for one, _ in calls(replace(short, starts=at(26, 7)), at(26, 9))] == ["confirmed"]
    late = replace(RULES, days_before=0)
    assert "before_due" not in [one for one, _ in calls(OUT, at(25), late)]


def test_an_extended_loan_is_reminded_of_anew() -> None:
    assert ("before_due", "2026-11-02") in calls(replace(OUT, ends=at(2, 16, month=11)), at(31, 9))


def test_tries_come_ever_later_and_end_after_a_week() -> None:
    now = wanted = at(5)
    waits = []
    for tries in range(1, 100):
        again = next_try(tries, wanted, now)
        if again is None:
            break
        waits.append(again - now)
        now = again
    assert waits == sorted(waits) and waits[0] == timedelta(minutes=1)
    assert timedelta(days=6) < now - wanted < GIVE_UP


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://verleih.example.org", True),
        ("https://8.8.8.8/x", True),
        ("", False),
        ("http://192.168.1.7:8080", False),
        ("http://[fd00::1]", False),
        ("http://127.0.0.1", False),
        ("http://hub.local", False),
        ("http://medialab", False),
        ("http://hub.fritz.box", False),
        ("http://ml.lan.", False),
    ],
)
def test_only_addresses_that_work_everywhere_are_mailed(url: str, expected: bool) -> None:
    assert is_reachable_everywhere(url) is expected
