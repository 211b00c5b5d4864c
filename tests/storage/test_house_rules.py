"""Opening hours and what each model asks for: refused with what to do, set aside by staff with a word."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from medialab_hub.domain.allocation import Interval
from medialab_hub.domain.bookings import BookingKind, Decision, Excuse
from medialab_hub.errors import Conflict, HubError
from medialab_hub.services import bookings, institutions, models, opening, people, trainings
from medialab_hub.services.bookings import LineWish, Wish
from medialab_hub.services.opening import ClosureWish, OpeningWish
from medialab_hub.services.trainings import Proof
from medialab_hub.services.wishes import HouseRules
from medialab_hub.storage.tables import JournalRow
from tests.fixtures.hub_core import HubCore
from tests.storage.test_bookings import lab
from tests.storage.test_scans import Desk, problems

BERLIN = ZoneInfo("Europe/Berlin")
STAFF, OTHERS = HouseRules(BERLIN, is_staff=True), HouseRules(BERLIN)
WEEK = [[(9 * 60, 12 * 60), (13 * 60, 16 * 60)] for _ in range(5)] + [[], []]


def at(day: int, hour: int, minute: int = 0, month: int = 12) -> datetime:
    """December 2026, local time; the 24th of November is a Tuesday."""
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN).astimezone(UTC)


def refused(core: HubCore, wish: Wish) -> HubError:
    with pytest.raises(HubError) as refusal:
        core.do(bookings.book, wish, "staff")
    return refusal.value


def test_things_go_and_come_while_it_is_open(core: HubCore) -> None:
    model, _ = lab(core, 5)

    def wish(start: datetime, end: datetime, rules: HouseRules = STAFF, kind: BookingKind = BookingKind.LOAN) -> Wish:
        return Wish([LineWish(model)], Interval(start, end), kind, rules=rules)

    core.do(bookings.book, wish(at(5, 20), at(6, 20)), "staff")  # nobody has entered the hours yet
    core.do(opening.change, OpeningWish(0, WEEK, [ClosureWish(date(2026, 12, 7), date(2026, 12, 7))]), "staff")
    core.do(bookings.book, wish(at(3, 9), at(4, 16)), "staff")  # from opening to closing time
    for start, following in (
        (at(3, 8, 59), at(3, 9)),
        (at(3, 12), at(3, 13)),
        (at(5, 10), at(8, 9)),
        (at(25, 10), at(28, 9)),
    ):
        problem = refused(core, wish(start, at(30, 10)))
        assert (problem.code, datetime.fromisoformat(problem.detail)) == ("closed-at-start", following)
    problem = refused(core, wish(at(3, 9), at(7, 10)))
    assert (problem.code, datetime.fromisoformat(problem.detail)) == ("closed-at-end", at(8, 9))
    assert problem.remedy is not None
    assert "Montag, 07.12.2026, 10:00 Uhr ist geschlossen" in problem.title.de
    assert "Dienstag, 08.12.2026, 9:00 Uhr" in problem.remedy.de and "Tuesday 08/12/2026, 9:00" in problem.remedy.en
    core.do(bookings.book, wish(at(5, 20), at(6, 20), kind=BookingKind.WORKSHOP), "staff")
    core.do(bookings.book, wish(at(3, 20), at(4, 10), HouseRules(BERLIN, is_handed_out_now=True)), "staff")
    assert refused(core, wish(at(5, 20), at(6, 20), HouseRules(BERLIN, excuse=Excuse.BOX))).code == "closed-at-start"
    key = core.do(
        bookings.book, wish(at(5, 20), at(6, 20), HouseRules(BERLIN, is_staff=True, excuse=Excuse.BOX)), "staff"
    )
    line = core.do(lambda uow: uow.session.exec(select(JournalRow).where(JournalRow.subject == key)).one())
    assert (line.data["excuse"], line.data["set_aside"]) == ("box", "closed-at-start closed-at-end")


def test_notice_and_length_are_as_the_model_says(core: HubCore) -> None:
    model, _ = lab(core, 5, max_loan_days=7, notice_h=48)  # now it is the 23rd of November, 9 o'clock in Berlin

    def wish(start: datetime, end: datetime, rules: HouseRules) -> Wish:
        return Wish([LineWish(model)], Interval(start, end), decision=Decision.REQUESTED, rules=rules)

    early = refused(core, wish(at(25, 8, month=11), at(26, 9, month=11), OTHERS))
    assert early.code == "too-soon" and early.remedy is not None and "25.11.2026, 9:00" in early.remedy.de
    core.do(bookings.book, wish(at(25, 8, month=11), at(26, 9, month=11), STAFF), "staff")
    core.do(bookings.book, wish(at(25, 10, month=11), at(2, 23), OTHERS), "anna")
    long = refused(core, wish(at(25, 10, month=11), at(3, 0), STAFF))
    assert long.code == "too-long" and "höchstens 7 Tage" in long.title.de
    assert datetime.fromisoformat(long.detail) == at(2, 10)
    core.do(bookings.book, wish(at(25, 10, month=11), at(9, 9), HouseRules(BERLIN, True, Excuse.EVENT)), "staff")


def test_some_models_are_for_trained_people_or_for_certain_institutions(core: HubCore) -> None:
    model, tablets = lab(core, 5, needs_training=1)
    school = core.do(institutions.add, institutions.Facts("Schule am Park", "school"), "staff")
    club = core.do(institutions.add, institutions.Facts("Verein", "association"), "staff")
    anna = core.do(people.add, people.Contact("Probe"), None, (), "staff")
    time = Interval(at(3, 10), at(4, 10))

    def wish(person: str | None = None, institution: str | None = None, **more: object) -> Wish:
        rules = HouseRules(BERLIN, True, Excuse.EXPERIENCED) if more else STAFF
        return Wish([LineWish(device=tablets[0])], time, institution=institution, person=person, rules=rules)

    assert refused(core, wish()).code == "training-needed"
    assert refused(core, wish(anna)).code == "training-missing"
    core.do(trainings.add, anna, Proof(date(2026, 1, 1), model, valid_until=date(2026, 12, 2)), "staff")
    assert refused(core, wish(anna)).code == "training-missing"
    entered = core.do(trainings.add, anna, Proof(date(2026, 1, 1), model, valid_until=date(2026, 12, 3)), "staff")
    core.do(bookings.cancel, core.do(bookings.book, wish(anna), "staff"), "staff")
    core.do(trainings.remove, entered, "staff")
    assert refused(core, wish(anna)).code == "training-missing"
    core.do(bookings.cancel, core.do(bookings.book, wish(anna, excuse=True), "staff"), "staff")
    with pytest.raises(HubError, match="one-thing"):
        core.do(trainings.add, anna, Proof(date(2026, 1, 1)), "staff")
    core.do(models.change, model, 0, "Drohne", models.Care(lends_to=["school", "daycare"]), "staff")
    only = refused(core, wish(anna, club))
    assert only.code == "not-for-this-kind" and "Schule, Kita" in only.title.de
    assert refused(core, wish(anna)).remedy != only.remedy
    core.do(bookings.book, wish(anna, school), "staff")


def test_who_is_erased_takes_the_trainings_along(core: HubCore) -> None:
    model, _ = lab(core, 1)
    anna = core.do(people.add, people.Contact("Probe"), None, (), "staff")
    core.do(trainings.add, anna, Proof(date(2026, 1, 1), model), "staff")
    assert len(core.read(trainings.of_person, anna)) == 1
    core.do(people.erase, anna, "staff")
    assert core.read(trainings.of_person, anna) == []
    with pytest.raises(Conflict):
        core.do(
            bookings.book, Wish([LineWish(model, quantity=2)], Interval(at(3, 10), at(4, 10)), rules=STAFF), "staff"
        )


def test_at_the_desk_a_scan_hands_it_to_trained_people_only(core: HubCore) -> None:
    desk = Desk(core)
    drone = core.do(models.add, "Drohne", None, models.Care(needs_training=True), "staff")
    core.do(models.put_in, drone, desk.devices[:2], "staff")
    session = desk.open()
    scans = [desk.event(0, desk.person(0)), desk.event(1, desk.device(2)), desk.event(2, desk.device(0))]
    assert problems(desk.take(session, *scans)) == ["training-missing"] and desk.holder(desk.devices[0]) is None
    core.do(trainings.add, "per-0", Proof(date(2026, 1, 1), drone), "staff")
    desk.take(session, desk.event(60, desk.device(0)))
    assert desk.holder(desk.devices[0]) == "per-0"
