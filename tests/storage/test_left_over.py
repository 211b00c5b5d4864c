"""Loans that were fetched in part, keys of several accounts, and people who are banned after they asked."""

from datetime import timedelta

import pytest

from medialab_hub.domain.bookings import Decision
from medialab_hub.domain.damages import DamageKind
from medialab_hub.domain.supplies import SupplyKind
from medialab_hub.errors import Conflict, NotFound
from medialab_hub.services import bookings, damages, holds, lending, no_shows, people, supplies
from medialab_hub.services.booking_rows import one
from medialab_hub.services.bookings import LineWish, Wish
from medialab_hub.services.damages import Report
from medialab_hub.services.people import Change, Contact
from medialab_hub.services.supplies import Kept, Move
from medialab_hub.storage import calendars, loan_facts
from medialab_hub.storage.tables import CalendarFeed
from tests.fixtures.hub_core import HubCore
from tests.storage.test_bookings import days, lab
from tests.storage.test_holds import STAFF, free

DAY = 86_400


def give_up(core: HubCore) -> int:
    return core.do(lambda uow: no_shows.give_up(uow, timedelta(hours=4)))


def test_a_loan_that_was_fetched_in_part_is_over_when_its_time_is(core: HubCore) -> None:
    model, tablets = lab(core, 3)
    booking = core.do(bookings.book, Wish([LineWish(model, quantity=2)], days(core, 0, 2)), "staff")
    core.do(lending.check_out, booking, tablets[0], "staff")
    core.do(lending.check_in, tablets[0], "staff")
    assert core.read(one, booking)["state"] == "partly_back" and give_up(core) == 0, "the rest may still be fetched"
    core.clock.pass_time(2 * DAY)
    with pytest.raises(Conflict, match="booking-over"):
        core.do(lending.check_out, booking, tablets[1], "staff")
    assert give_up(core) == 1 and core.read(one, booking)["state"] == "closed"
    assert free(core, model, days(core, 0, 1)) == 2, "one still waits for its proof"
    assert give_up(core) == 0


def test_what_is_lost_was_not_brought_back_in_time(core: HubCore) -> None:
    _, (device,) = lab(core, 1)
    core.do(lending.lend, Wish([LineWish(device=device)], days(core, 0, 9)), "staff")
    core.do(damages.report, Report(device, DamageKind.LOST, "weg"), "staff")
    fact = core.do(lambda uow: loan_facts.latest_of(uow.session, device))
    assert fact is not None and not fact.is_on_time


def test_a_basket_is_no_booking_for_supplies_and_calendars(core: HubCore) -> None:
    model, _ = lab(core, 2)
    wish = Wish([LineWish(model)], days(core, 1, 2), rules=STAFF)
    basket, _ = core.do(holds.hold, wish, "usr-1")
    supply = core.do(supplies.add, Kept("Filament"), "usr-1")
    core.do(supplies.move, supply, Move(SupplyKind.BOUGHT, 3), "usr-1")
    with pytest.raises(NotFound):
        core.do(supplies.move, supply, Move(SupplyKind.USED, 1, booking=basket), "usr-1")
    core.clock.pass_time(700)
    core.do(bookings.book, Wish([LineWish(model, quantity=2)], days(core, 1, 2)), "staff")
    now = core.clock.now()
    feed = CalendarFeed(id="cal-1", scope="lab", secret_hash="x", made_at=now, made_by="usr-1")
    month = timedelta(days=30)
    found = core.do(lambda uow: calendars.bookings(uow.session, feed, now - month, now - month, now + month, 99))
    assert [row.decision for row in found] == [Decision.CONFIRMED.value]


def test_who_is_banned_after_asking_gets_no_confirmation(core: HubCore) -> None:
    model, _ = lab(core, 1)
    person = core.do(people.add, Contact("Berger"), None, [], "staff")
    wish = Wish([LineWish(model)], days(core, 1, 2), person=person, decision=Decision.REQUESTED)
    asked = core.do(bookings.book, wish, "anna")
    core.do(people.change, person, 0, Change({}, blocked_until=core.clock.now() + timedelta(days=30)), "staff")
    with pytest.raises(Conflict, match="person-blocked"):
        core.do(bookings.confirm, asked, "staff")
