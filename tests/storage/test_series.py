"""A series is shown before it is saved, and is saved, moved and called off whole or not at all."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from medialab_hub.domain.allocation import Interval
from medialab_hub.domain.bookings import Decision
from medialab_hub.domain.series import Rhythm
from medialab_hub.errors import Conflict, HubError
from medialab_hub.services import bookings, lending, no_shows, series
from medialab_hub.services.booking_rows import one
from medialab_hub.services.bookings import LineWish, Wish
from medialab_hub.services.plans import make_way
from medialab_hub.services.subjects import require_device
from medialab_hub.services.wishes import HouseRules
from medialab_hub.storage import bookings as rows
from medialab_hub.storage.unit_of_work import UnitOfWork
from tests.fixtures.hub_core import HubCore
from tests.storage.test_bookings import days, lab, units

BERLIN = ZoneInfo("Europe/Berlin")
STAFF = HouseRules(BERLIN, is_staff=True)
FIRST = date(2027, 3, 2)
TUESDAYS = Rhythm(
    datetime.combine(FIRST, time(9)), datetime.combine(FIRST, time(12)), date(2027, 4, 13), skips_school_holidays=True
)  # Easter is the 28th of March; holidays of NRW from the 22nd of March to the 3rd of April


def at(month: int, day: int, hour: int) -> datetime:
    return datetime(2027, month, day, hour, tzinfo=BERLIN).astimezone(UTC)


def wish(model: str, quantity: int = 2, key: str | None = None) -> Wish:
    interval = Interval(at(3, 2, 9), at(3, 2, 12))
    return Wish([LineWish(model, quantity=quantity)], interval, rules=STAFF, client_key=key)


def count(core: HubCore) -> int:
    return len(core.read(rows.between, at(1, 1, 0), at(12, 31, 0), 500))


def test_every_date_is_shown_and_nothing_is_saved(core: HubCore) -> None:
    model, _ = lab(core, 2)
    core.do(bookings.book, Wish([LineWish(model)], Interval(at(3, 9, 11), at(3, 9, 14))), "staff")
    shown = core.do(series.preview, wish(model), TUESDAYS, "staff")
    assert [(row["day"], row["state"], row["code"]) for row in shown] == [
        ("2027-03-02", "free", None),
        ("2027-03-09", "refused", "not-free"),
        ("2027-03-16", "free", None),
        ("2027-03-23", "left_out", "school_holiday"),
        ("2027-03-30", "left_out", "school_holiday"),
        ("2027-04-06", "free", None),
        ("2027-04-13", "free", None),
    ]
    assert shown[1]["why"]["de"] and shown[1]["remedy"]["en"] and count(core) == 1
    with pytest.raises(Conflict, match="series-not-whole") as refused:
        core.do(series.make, wish(model), TUESDAYS, "staff")
    assert refused.value.detail == "2027-03-09" and "09.03.2027" in refused.value.title.de and count(core) == 1
    but = replace(TUESDAYS, leave_out=frozenset([date(2027, 3, 9)]))
    key, made = core.do(series.make, wish(model, key="series-one"), but, "staff")
    assert (key, made) == core.do(series.make, wish(model, key="series-one"), but, "staff")
    starts = [datetime.fromisoformat(core.read(one, booking)["starts"]) for booking in made]
    assert starts == [at(3, 2, 9), at(3, 16, 9), at(4, 6, 9), at(4, 13, 9)]
    assert [start.hour for start in starts] == [8, 8, 7, 7] and count(core) == 5
    with pytest.raises(HubError, match="too-many-dates"):
        core.do(series.preview, wish(model), replace(TUESDAYS, until=date(2030, 1, 1)), "staff")
    with pytest.raises(Conflict, match="no-dates"):
        core.do(series.make, wish(model), replace(TUESDAYS, until=date(2027, 3, 1)), "staff")


def test_one_or_all_following_are_moved_and_called_off(core: HubCore) -> None:
    model, _ = lab(core, 2)
    _, made = core.do(series.make, wish(model), TUESDAYS, "staff")
    assert len(made) == 5
    core.do(bookings.move, made[0], Interval(at(3, 2, 13), at(3, 2, 15)), "staff", STAFF)
    blocker = core.do(bookings.book, Wish([LineWish(model)], Interval(at(4, 14, 9), at(4, 14, 10))), "staff")
    with pytest.raises(Conflict, match="series-not-whole") as refused:
        core.do(series.move_following, made[2], Interval(at(3, 17, 9), at(3, 17, 12)), "staff", STAFF)
    assert refused.value.detail == "2027-04-13"
    starts = [datetime.fromisoformat(core.read(one, booking)["starts"]) for booking in made]
    assert starts == [at(3, 2, 13), at(3, 9, 9), at(3, 16, 9), at(4, 6, 9), at(4, 13, 9)]
    core.do(bookings.cancel, blocker, "staff")
    assert core.do(series.move_following, made[2], Interval(at(3, 17, 10), at(3, 17, 13)), "staff", STAFF) == 3
    starts = [datetime.fromisoformat(core.read(one, booking)["starts"]) for booking in made]
    assert starts == [at(3, 2, 13), at(3, 9, 9), at(3, 17, 10), at(4, 7, 10), at(4, 14, 10)]
    assert core.do(series.cancel_following, made[3], "staff", Decision.CANCELED) == 2
    states = [core.read(one, booking)["state"] for booking in made]
    assert states == ["confirmed"] * 3 + ["canceled"] * 2
    assert [unit.status for unit in units(core, made[2])] == ["confirmed"] * 2


def test_what_nobody_collects_is_free_again(core: HubCore) -> None:
    model, tablets = lab(core, 4)
    missed = core.do(bookings.book, Wish([LineWish(model)], days(core, 1, 9)), "staff")
    short = core.do(bookings.book, Wish([LineWish(model)], days(core, 1, 1.5)), "staff")
    asked = core.do(bookings.book, Wish([LineWish(model)], days(core, 1, 1.5), decision=Decision.REQUESTED), "anna")
    single = core.prepare("t9")
    lost = core.do(bookings.book, Wish([LineWish(device=single)], days(core, 1, 1.5)), "staff")
    core.do(lambda uow: make_way(uow, require_device(uow, single), Interval(uow.now)))
    out = core.do(lending.lend, Wish([LineWish(device=tablets[3])], days(core, 0, 9)), "staff")
    later = core.do(bookings.book, Wish([LineWish(model)], days(core, 3, 4)), "staff")

    def give_up(uow: UnitOfWork) -> int:
        return no_shows.give_up(uow, days_long)

    days_long = days(core, 0, 1).end - core.clock.now()  # type: ignore[operator]
    core.clock.pass_time(1.4 * 86400)
    assert core.do(give_up) == 0
    core.clock.pass_time(0.1 * 86400)
    assert core.do(give_up) == 3  # by its end, a request nobody decided, and where the device had dropped out
    core.clock.pass_time(0.5 * 86400)
    assert core.do(give_up) == 1
    states = [core.read(one, key)["state"] for key in (missed, short, asked, lost, out, later)]
    assert states == ["no_show", "no_show", "canceled", "canceled", "out", "confirmed"]
    assert core.do(give_up) == 0 and units(core, missed) == []
