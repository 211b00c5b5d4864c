"""A safety test must not fall due before a loan ends, and what is not passed goes out of use, whatever was promised."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from medialab_hub.domain.allocation import AllocationKind, AllocationStatus, Interval
from medialab_hub.domain.device_status import DeviceStatus
from medialab_hub.domain.inspections import (
    AT_ONCE,
    Due,
    DueReason,
    InspectionKind,
    InspectionResult,
    LastTest,
    due_of,
    months_later,
    next_due,
)
from medialab_hub.errors import Conflict, HubError, NotFound
from medialab_hub.services import bookings, erasure, freedom, inspection_rows, inspections, lending, models, opening
from medialab_hub.services.bookings import LineWish, Wish
from medialab_hub.services.inspections import Batch, Entry
from medialab_hub.storage import allocations, journal
from medialab_hub.storage import bookings as rows
from medialab_hub.storage.tables import Allocation
from tests.fixtures.hub_core import HubCore

PASSED, FAILED = InspectionResult.PASSED, InspectionResult.FAILED
BERLIN = ZoneInfo("Europe/Berlin")


def lab(core: HubCore, count: int, months: int | None = 12, **care: int) -> tuple[str, list[str]]:
    """A model of that many projectors."""
    found = [core.prepare(f"t{number}") for number in range(1, count + 1)]
    model = core.do(models.add, "Beamer", None, models.Care(test_months=months, **care), "staff")
    core.do(models.put_in, model, found, "staff")
    return model, found


def enter(core: HubCore, devices: list[str], result: InspectionResult, **fields: object) -> list[str]:
    batch = Batch([Entry(device, {"r_pe_ohm": 0.12}, "Mia was there") for device in devices], result, **fields)  # type: ignore[arg-type]
    return core.do(inspections.enter, batch, "usr-1")


def days(core: HubCore, start: float, end: float) -> Interval:
    now = core.clock.now()
    return Interval(now + timedelta(days=start), now + timedelta(days=end))


def book(core: HubCore, line: LineWish, start: float, end: float) -> str:
    return core.do(bookings.book, Wish([line], days(core, start, end)), "staff")


def units(core: HubCore, booking: str) -> list[Allocation]:
    return core.do(lambda uow: [row for _, row in rows.kept_by(uow.session, [booking])])


def free(core: HubCore, model: str, start: float, end: float) -> int:
    return int(core.read(freedom.of_one, model, days(core, start, end), 1, core.clock.now())["free"])


def test_what_was_never_tested_is_promised_and_handed_out_to_nobody(core: HubCore) -> None:
    model, (device, other) = lab(core, 2)
    assert free(core, model, 1, 2) == 0
    with pytest.raises(Conflict, match="not-free"):
        book(core, LineWish(model), 1, 2)
    with pytest.raises(Conflict, match="test-due"):
        book(core, LineWish(device=device), 1, 2)
    enter(core, [device], PASSED)
    told = core.read(freedom.of_one, model, days(core, 1, 2), 1, core.clock.now())
    assert (told["free"], told["reasons"]) == (1, [{"device": other, "kind": "test_due", "until": None}])
    booking = book(core, LineWish(model), 0.01, 2)
    with pytest.raises(Conflict, match="test-due"):
        core.do(lending.check_out, booking, other, "staff")
    core.do(lending.check_out, booking, device, "staff")
    assert core.row(device)["id"] == device


def test_a_loan_must_end_before_the_test_is_due(core: HubCore) -> None:
    model, (device,) = lab(core, 1, prep_min=60, turnaround_min=600)
    due = core.clock.now() + timedelta(days=10)
    enter(core, [device], PASSED, next_due=due)
    exactly = Wish([LineWish(model)], Interval(due - timedelta(days=2), due))
    longer = Wish([LineWish(model)], Interval(due - timedelta(days=2), due + timedelta(microseconds=1)))
    with pytest.raises(Conflict, match="not-free"):
        core.do(bookings.book, longer, "staff")
    core.do(lending.check_out, core.do(bookings.book, exactly, "staff"), device, "staff")


def test_a_loan_that_began_long_before_is_held_back_at_the_desk(core: HubCore) -> None:
    model, (device,) = lab(core, 1, months=None)
    booking = book(core, LineWish(device=device), 1, 40)
    care = models.Care(test_months=1)
    core.do(models.change, model, 0, "Beamer", care, "staff")
    with pytest.raises(Conflict, match="test-due") as refused:
        core.do(lending.check_out, booking, device, "staff")
    assert refused.value.remedy is not None and "prüfen" in refused.value.remedy.de
    enter(core, [device], PASSED)
    with pytest.raises(Conflict, match="test-due") as refused:
        core.do(lending.check_out, booking, device, "staff")
    assert "23.12.2026" in refused.value.title.de
    core.do(models.change, model, 1, "Beamer", models.Care(test_months=2), "staff")
    with pytest.raises(Conflict, match="test-due"):
        core.do(lending.check_out, booking, device, "staff")  # the sticker still says so
    enter(core, [device], PASSED)
    core.do(lending.check_out, booking, device, "staff")


def test_a_shorter_interval_moves_what_was_promised(core: HubCore) -> None:
    model, (one, two) = lab(core, 2, months=24)
    enter(core, [one, two], PASSED)
    both = book(core, LineWish(model, quantity=2), 100, 101)
    core.do(models.change, model, 0, "Beamer", models.Care(test_months=3), "staff")
    assert [unit.status for unit in units(core, both)] == ["broken"] * 2
    core.do(models.change, model, 1, "Beamer", models.Care(test_months=4), "staff")
    assert [unit.status for unit in units(core, both)] == ["confirmed"] * 2


def test_what_is_not_passed_is_out_of_use_and_its_promises_move_or_break(core: HubCore) -> None:
    model, (one, two, three) = lab(core, 3)
    enter(core, [one, two, three], PASSED)
    kept = book(core, LineWish(model), 1, 3)
    pinned = book(core, LineWish(device=one), 5, 6)
    all_three = book(core, LineWish(model, quantity=3), 8, 9)
    enter(core, [one], FAILED)
    assert [(unit.device_id != one, unit.status) for unit in units(core, kept)] == [(True, "confirmed")]
    (moved,) = units(core, pinned)
    assert moved.device_id in (two, three) and moved.status == "confirmed", "an equal one, rather than none"
    assert sorted(unit.status for unit in units(core, all_three)) == ["broken", "confirmed", "confirmed"]
    assert free(core, model, 5, 6) == 1
    assert core.row(one)["status"] == DeviceStatus.MAINTENANCE
    with pytest.raises(Conflict, match="test-due"):
        core.do(lending.check_out, kept, one, "staff")
    enter(core, [one], PASSED)
    assert core.row(one)["status"] != DeviceStatus.MAINTENANCE
    assert sorted(unit.status for unit in units(core, all_three)) == ["confirmed"] * 3


def test_a_whole_case_that_fails_goes_in_at_once(core: HubCore) -> None:
    model, all_of_it = lab(core, 4)
    enter(core, all_of_it, PASSED)
    booking = book(core, LineWish(model, quantity=4), 1, 3)
    assert len(set(enter(core, all_of_it[:3], FAILED))) == 3
    assert sorted(unit.status for unit in units(core, booking)) == ["broken", "broken", "broken", "confirmed"]
    assert {row["device"] for row in core.read(inspection_rows.due_before, core.clock.now())} == set(all_of_it[:3])


def test_a_test_is_not_refused_while_the_device_is_with_somebody(core: HubCore) -> None:
    _, (device,) = lab(core, 1, months=None)
    loan = core.do(lending.lend, Wish([LineWish(device=device)], days(core, 0, 2)), "staff")
    enter(core, [device], FAILED, kind=InspectionKind.HYGIENE)
    assert [unit.status for unit in units(core, loan)] == [AllocationStatus.OUT]
    assert core.do(lending.check_in, device, "staff") == loan
    core.clock.pass_time(86_400)
    taken = core.do(lambda uow: [row.kind for row in allocations.active(uow.session, [device], uow.now)])
    assert AllocationKind.MAINTENANCE in taken
    with pytest.raises(Conflict, match="test-due"):
        book(core, LineWish(device=device), 3, 4)
    enter(core, [device], PASSED)
    with pytest.raises(Conflict, match="test-due"):
        book(core, LineWish(device=device), 3, 4)  # passed, but not the test it failed
    enter(core, [device], PASSED, kind=InspectionKind.HYGIENE)
    book(core, LineWish(device=device), 3, 4)


def test_a_single_device_that_failed_is_booked_by_nobody(core: HubCore) -> None:
    device = core.prepare("t1")
    booking = book(core, LineWish(device=device), 1, 2)
    enter(core, [device], FAILED, kind=InspectionKind.FUNCTION)
    assert [unit.status for unit in units(core, booking)] == ["broken"]
    with pytest.raises(Conflict, match="test-due"):
        book(core, LineWish(device=device), 3, 4)
    enter(core, [device], PASSED, kind=InspectionKind.FUNCTION)
    book(core, LineWish(device=device), 3, 4)


def test_a_device_that_was_not_booked_says_so_first(core: HubCore) -> None:
    model, (one, _) = lab(core, 2)
    enter(core, [one], PASSED)
    booking = book(core, LineWish(model), 0.01, 2)
    stranger, screens = core.prepare("screen"), core.do(models.add, "Leinwand", None, models.Care(test_months=6), "x")
    core.do(models.put_in, screens, [stranger], "staff")
    with pytest.raises(Conflict, match="not-in-booking"):
        core.do(lending.check_out, booking, stranger, "staff")


def test_a_test_that_is_entered_late_does_not_undo_a_later_one(core: HubCore) -> None:
    model, (device,) = lab(core, 1)
    enter(core, [device], PASSED)
    enter(core, [device], FAILED, done_at=core.clock.now() - timedelta(days=3))
    assert free(core, model, 1, 2) == 1
    core.clock.pass_time(86_400)
    enter(core, [device], FAILED)
    enter(core, [device], PASSED, done_at=core.clock.now() - timedelta(days=0.5))
    assert free(core, model, 1, 2) == 0


def test_what_makes_no_sense_is_refused_whole(core: HubCore) -> None:
    _, (device,) = lab(core, 1)
    with pytest.raises(HubError, match="in-the-future"):
        enter(core, [device], PASSED, done_at=core.clock.now() + timedelta(days=1))
    with pytest.raises(HubError, match="due-before-done"):
        enter(core, [device], PASSED, next_due=core.clock.now() - timedelta(days=1))
    with pytest.raises(NotFound):
        enter(core, [device, "dev-none"], PASSED)
    assert core.read(inspection_rows.of_device, device) == []


def test_what_is_due_soon_and_what_was_entered(core: HubCore) -> None:
    model, (one, two) = lab(core, 2)
    (key,) = enter(core, [one], PASSED)
    now = core.clock.now()
    (never,) = core.read(inspection_rows.due_before, now)
    assert (never["device"], never["reason"], never["last_done"]) == (two, "never_tested", None)
    found = core.read(inspection_rows.due_before, now + timedelta(days=366))
    assert [row["device"] for row in found] == [two, one]
    assert (found[1]["model"], found[1]["due"]) == (model, "2027-11-22T23:00:00.000000Z")
    (test,) = core.read(inspection_rows.of_device, one)
    assert (test["id"], test["measured"], test["note"]) == (key, {"r_pe_ohm": 0.12}, "Mia was there")
    assert core.do(erasure.erase_texts, "usr-1", "admin") == 1
    assert core.read(inspection_rows.of_device, one)[0]["note"] == ""
    assert core.read(journal.first_broken) is None


@pytest.mark.parametrize(
    ("done", "months", "expected"),
    [
        ("2026-11-23T08:00+00:00", 12, "2027-11-23T00:00"),
        ("2028-02-29T10:00+00:00", 12, "2029-02-28T00:00"),
        ("2026-08-31T10:00+00:00", 6, "2027-02-28T00:00"),
        ("2026-12-31T23:30+00:00", 1, "2027-02-01T00:00"),
        ("2026-04-25T10:00+00:00", 6, "2026-10-25T00:00"),
        ("2026-09-28T10:00+00:00", 6, "2027-03-28T00:00"),
    ],
)
def test_the_interval_counts_months_by_the_local_calendar(done: str, months: int, expected: str) -> None:
    wall = datetime.fromisoformat(expected).replace(tzinfo=BERLIN)
    assert next_due(datetime.fromisoformat(done), months, BERLIN) == wall.astimezone(UTC)
    assert months_later(wall.date(), 0) == wall.date()


def test_the_earlier_of_sticker_and_interval_counts() -> None:
    done = datetime(2026, 3, 2, 9, tzinfo=UTC)
    by_interval, earlier = next_due(done, 12, BERLIN), datetime(2026, 6, 1, tzinfo=UTC)
    test = LastTest(InspectionKind.SAFETY, PASSED, done, earlier)
    assert due_of([test], 12, BERLIN) == Due(earlier, DueReason.INTERVAL)
    later = LastTest(InspectionKind.SAFETY, PASSED, done, datetime(2029, 1, 1, tzinfo=UTC))
    assert due_of([later], 12, BERLIN) == Due(by_interval, DueReason.INTERVAL)
    assert due_of([test], None, BERLIN) is None
    hygiene = LastTest(InspectionKind.HYGIENE, FAILED, done)
    assert due_of([test, hygiene], None, BERLIN) == Due(AT_ONCE, DueReason.FAILED)
    assert due_of([LastTest(InspectionKind.HYGIENE, PASSED, done)], 12, BERLIN) == Due(AT_ONCE, DueReason.NEVER_TESTED)


def test_opening_hours_are_kept_whole_and_closures_are_erasable(core: HubCore) -> None:
    closure = opening.ClosureWish(date(2026, 11, 24), date(2026, 11, 25), "Mia is ill")
    wish = opening.OpeningWish(0, [[(540, 960)] for _ in range(5)] + [[], []], [closure])
    core.do(opening.change, wish, "usr-1")
    with pytest.raises(Conflict, match="version-conflict"):
        core.do(opening.change, wish, "usr-2")
    core.do(opening.change, opening.OpeningWish(1, wish.hours, [closure], True), "usr-2")
    view = core.read(opening.view, core.clock.now(), BERLIN)
    assert (view["version"], view["is_open"], view["closes_in_school_holidays"]) == (2, True, True)
    assert view["hours"][0] == [[540, 960]] and view["hours"][6] == []
    assert (
        core.read(opening.view, core.clock.now() + timedelta(days=1), BERLIN)["next_opening"]
        == "2026-11-26T08:00:00.000000Z"
    )
    assert core.do(erasure.erase_texts, "usr-1", "admin") == 1, "who wrote it did so first"
    assert core.read(opening.view, core.clock.now(), BERLIN)["closures"][0]["reason"] == ""
    bad = opening.OpeningWish(2, [[(540, 700), (600, 960)]] + [[]] * 6, [])
    with pytest.raises(HubError, match="hours-overlap"):
        core.do(opening.change, bad, "usr-1")
