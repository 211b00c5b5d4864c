"""Loans forget whose they were, people who are not seen any more go; statistics do not change by a bit."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import orjson
import pytest
from sqlmodel import select

from medialab_hub.domain.annual_reports import YearKind
from medialab_hub.domain.damages import DamageKind, DamageOutcome
from medialab_hub.domain.deliveries import DeliveryMode
from medialab_hub.domain.scanning import ScanMode
from medialab_hub.errors import NotFound
from medialab_hub.services import annual_reports, damages, deliveries, lending, people, person_rows, retention, scanning
from medialab_hub.services.bookings import LineWish, Wish
from medialab_hub.services.deliveries import DeliveryWish
from medialab_hub.services.people import Contact
from medialab_hub.storage import journal
from medialab_hub.storage.tables import Booking, DamageCase, JournalRow, Person, ScanMove, ScanRow, ScanSession
from tests.fixtures.hub_core import HubCore
from tests.storage.test_bookings import days, lab

HALF_A_YEAR, A_YEAR = timedelta(days=184), timedelta(days=365)
CANARY = "Kanarienvogel"


def statistics(core: HubCore) -> bytes:
    """Of the year in which the loans are, as it is told at a later moment."""
    later = datetime(2030, 1, 1, tzinfo=UTC)
    told = core.read(annual_reports.shown, YearKind.CALENDAR, 2026, ZoneInfo("Europe/Berlin"), later)
    assert told["total"]["items"] > 0
    return orjson.dumps(told)


def everything(core: HubCore) -> str:
    tables = (Booking, DamageCase, ScanRow, ScanMove, ScanSession, Person, JournalRow)
    return str(core.read(lambda session: [row.model_dump() for table in tables for row in session.exec(select(table))]))


def lent(core: HubCore, device: str, person: str) -> str:
    wish = Wish([LineWish(device=device)], days(core, 0, 2), person=person, purpose=CANARY, group_size=20)
    return core.do(lending.lend, wish, "staff")


def test_a_loan_forgets_whose_it_was_and_the_person_goes_later(core: HubCore) -> None:
    _, tablets = lab(core, 2)
    mia, ben = (core.do(people.add, Contact(CANARY, name), None, (), "staff") for name in ("Mia", "Ben"))
    first = lent(core, tablets[0], mia)
    core.do(deliveries.put, first, DeliveryWish(DeliveryMode.PICKUP, receiver=ben), "staff")
    core.clock.pass_time(3600)
    core.do(lending.check_in, tablets[0], "staff")
    before = statistics(core)
    core.clock.pass_time(HALF_A_YEAR.total_seconds() - 60)
    assert core.do(retention.unlink_loans, HALF_A_YEAR) == 0
    core.clock.pass_time(120)
    assert (core.do(retention.unlink_loans, HALF_A_YEAR), core.do(retention.unlink_loans, HALF_A_YEAR)) == (1, 0)
    assert core.read(person_rows.report, mia, core.clock.now())["bookings"] == []
    assert core.read(lambda session: session.get(Booking, first).receiver_id) is None
    assert core.do(retention.forget_unseen, A_YEAR) == 0
    lent(core, tablets[1], ben)  # and keeps it for long
    core.clock.pass_time(A_YEAR.total_seconds())
    assert core.do(retention.forget_unseen, A_YEAR) == 1
    with pytest.raises(NotFound):
        core.read(person_rows.one, mia, core.clock.now(), contact=True)
    core.do(lending.check_in, tablets[1], "staff")
    assert core.do(retention.forget_unseen, A_YEAR) == 0, "seen a moment ago"
    core.clock.pass_time(A_YEAR.total_seconds() + 60)
    assert core.do(retention.unlink_loans, HALF_A_YEAR) == 1
    assert core.do(retention.forget_unseen, A_YEAR) == 1
    assert CANARY not in everything(core)
    assert statistics(core) == before
    assert core.read(journal.first_broken) is None


def test_an_open_damage_keeps_the_person_and_statistics_stay_the_same_to_the_bit(core: HubCore) -> None:
    _, tablets = lab(core, 1)
    mia = core.do(people.add, Contact(CANARY), None, (), "staff")
    lent(core, tablets[0], mia)
    case = core.do(damages.report, damages.Report(tablets[0], DamageKind.DAMAGED, CANARY), "staff")
    core.do(lending.check_in, tablets[0], "staff")
    before = statistics(core)
    core.clock.pass_time(2 * A_YEAR.total_seconds())
    assert (core.do(retention.unlink_loans, HALF_A_YEAR), core.do(retention.forget_unseen, A_YEAR)) == (0, 0)
    core.do(damages.close, case, DamageOutcome.REPAIRED, "staff")
    assert core.do(retention.unlink_loans, HALF_A_YEAR) == 1
    assert core.do(retention.forget_unseen, A_YEAR) == 1
    assert CANARY not in everything(core)
    assert statistics(core) == before


def test_scans_say_who_took_what_only_as_long_as_loans_do(core: HubCore) -> None:
    _, tablets = lab(core, 1)
    mia = core.do(people.add, Contact(CANARY), None, (), "staff")
    session = core.do(scanning.start, scanning.Opening(ScanMode.OUT), "staff")
    who = scanning.Told("e1", "desk", 1, core.clock.now(), scanning.EventKind.PERSON, about=mia)
    what = scanning.Told("e2", "desk", 2, core.clock.now(), raw=core.row(tablets[0])["asset_tag"])
    core.do(scanning.take, session, [who, what], "staff")
    core.clock.pass_time(A_YEAR.total_seconds())
    assert core.do(retention.drop_scans, HALF_A_YEAR) == 0, "it is still out"
    core.do(lending.check_in, tablets[0], "staff")
    assert (core.do(retention.drop_scans, HALF_A_YEAR), core.do(retention.unlink_loans, HALF_A_YEAR)) == (1, 0)
    core.clock.pass_time(A_YEAR.total_seconds())
    assert core.do(retention.unlink_loans, HALF_A_YEAR) == 1
    left = core.read(
        lambda session: [
            row.model_dump() for table in (Booking, ScanMove, ScanRow) for row in session.exec(select(table))
        ]
    )
    assert left and mia not in str(left)
