"""Mails are planned in a transaction and sent once, whatever ends in between; and they know nobody's address."""

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from medialab_hub.adapters.smtp import MailServer, Postman
from medialab_hub.domain.allocation import AllocationStatus, Interval
from medialab_hub.domain.bookings import Decision
from medialab_hub.domain.mails import GIVE_UP, MailRules
from medialab_hub.services import bookings, inventory, issues, lending, mail_rows, mails, models, people
from medialab_hub.services.bookings import LineWish, Wish
from medialab_hub.services.mails import LEASE, MailOptions
from medialab_hub.services.people import Contact
from medialab_hub.storage.reading import Reading
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_hub.workers.mailer import Mailer
from tests.fixtures.hub_core import HubCore
from tests.fixtures.mail_server import Inbox, mail_server

ZONE = ZoneInfo("Europe/Berlin")
MIA = Contact("Kanarienvogel", "Mia", "mia@voliere.example")
MINUTES = 60.0
DAYS = 24 * 3600.0


@dataclass
class Desk:
    """A hub with mails on, two tablets and one borrower."""

    core: HubCore
    inbox: Inbox
    mailer: Mailer
    rules: MailRules
    tablets: list[str]
    model: str
    mia: str

    def work(self) -> list[str]:
        """What the worker does in one round; occasions of what arrived."""
        before = len(self.inbox.mails)

        async def once() -> None:
            await self.mailer.plan(self.rules)
            while await self.mailer.send_due(self.rules):
                pass

        asyncio.run(once())
        return [mail["Message-ID"].split(".")[1].split("@")[0] for mail in self.inbox.mails[before:]]

    def book(self, start: float, end: float) -> str:
        now = self.core.clock.now()
        wish = Wish([LineWish(self.model)], Interval(now + timedelta(days=start), now + timedelta(days=end)),
                    person=self.mia)  # fmt: skip
        return self.core.do(bookings.book, wish, "staff")

    def lend(self, days: float) -> str:
        now = self.core.clock.now()
        wish = Wish([LineWish(device=self.tablets[0])], Interval(now, now + timedelta(days=days)), person=self.mia)
        return self.core.do(lending.lend, wish, "staff")

    def rows(self, booking: str) -> list[tuple[str, str, str | None]]:
        found = self.core.read(mail_rows.of_booking, booking)
        return sorted((row["occasion"], row["state"], row["trouble"]) for row in found)


@pytest.fixture
def desk(core: HubCore) -> Iterator[Desk]:
    tablets = [core.prepare(f"t{number}") for number in (1, 2)]
    for key in tablets:
        core.do(inventory.adopt, [inventory.AdoptWish(key)], False, "staff")
    model = core.do(models.add, "Tablet", None, models.Care(), "staff")
    core.do(models.put_in, model, tablets, "staff")
    mia = core.do(people.add, MIA, None, (), "staff")
    with mail_server() as inbox:
        server = MailServer("127.0.0.1", inbox.port, "none", "verleih@medien.example")
        postman = Postman(server, core.clock, lambda _letter: b"%PDF-1.7")
        options = MailOptions(ZONE, 2, "https://hub.example.org")
        mailer = Mailer(core.writer, Reading(core.database), core.clock, postman.send, options)
        rules = MailRules(ZONE, core.do(mails.turn_on), 2)
        yield Desk(core, inbox, mailer, rules, tablets, model, mia)


def test_a_loan_is_confirmed_reminded_of_and_chased_once_each(desk: Desk) -> None:
    loan = desk.lend(10)  # from Monday 9:00 in the lab to Thursday of next week
    assert desk.work() == [], "it may still be undone"
    desk.core.clock.pass_time(11 * MINUTES)
    assert desk.work() == ["confirmed"] and desk.work() == []
    assert desk.inbox.mails[0].is_multipart(), "with its slip"
    told: list[str] = []
    for _ in range(40 * 2):
        desk.core.clock.pass_time(DAYS / 2)
        told += desk.work()
    assert told == ["before_due", "due", "overdue", "overdue", "overdue", "overdue"]
    assert f"/find/{desk.core.row(desk.tablets[0])['asset_tag']}" in desk.inbox.mails[1].get_content()
    assert "1 × Tablet" in desk.inbox.mails[1].get_content()
    desk.core.do(lending.check_in, desk.tablets[0], "staff")
    desk.core.clock.pass_time(30 * DAYS)
    assert desk.work() == []
    assert {state for _, state, _ in desk.rows(loan)} == {"sent"} and len(desk.rows(loan)) == 7
    assert desk.core.do(mails.turn_on) == desk.rules.since, "it is not turned on twice"


def test_what_is_called_off_is_told_only_to_who_was_told_of_it(desk: Desk) -> None:
    early, late = desk.book(3, 5), desk.book(6, 8)
    desk.core.do(bookings.cancel, early, "staff")
    desk.core.clock.pass_time(20 * MINUTES)
    assert desk.work() == ["confirmed"]
    desk.core.do(bookings.cancel, late, "staff")
    assert desk.work() == ["canceled"] and desk.work() == []
    assert (desk.rows(early), len(desk.rows(late))) == ([], 2)
    asked = desk.book(9, 10)
    desk.core.do(bookings.cancel, asked, "staff", Decision.REJECTED)
    assert desk.work() == ["rejected"]


def test_a_broken_promise_is_told_unless_it_is_mended_at_once(desk: Desk) -> None:
    booking = desk.book(3, 5)
    desk.core.clock.pass_time(20 * MINUTES)
    assert desk.work() == ["confirmed"]
    (unit,) = desk.core.do(lambda uow: [row.id for _, row in bookings.rows.kept_by(uow.session, [booking])])

    def set_status(uow: UnitOfWork, status: AllocationStatus) -> None:
        uow.session.execute(text("UPDATE allocation SET status = :s WHERE id = :k"), {"s": status.value, "k": unit})

    desk.core.do(set_status, AllocationStatus.BROKEN)
    assert desk.work() == []
    desk.core.do(set_status, AllocationStatus.CONFIRMED)
    desk.core.clock.pass_time(20 * MINUTES)
    assert desk.work() == [] and desk.rows(booking) == [("confirmed", "sent", None)], "nobody heard of it"
    desk.core.do(set_status, AllocationStatus.BROKEN)
    desk.work()
    desk.core.clock.pass_time(20 * MINUTES)
    assert desk.work() == ["broken"] and "1 × Tablet" in desk.inbox.mails[-1].get_content()


def test_a_busy_server_is_asked_again_and_a_wrong_address_is_shown(desk: Desk) -> None:
    booking = desk.book(3, 5)
    desk.core.clock.pass_time(20 * MINUTES)
    desk.inbox.data_answers = ["451 greylisted", "451 still"]
    assert desk.work() == [] and desk.rows(booking) == [("confirmed", "waiting", "busy")]
    assert desk.work() == [], "not yet again"
    desk.core.clock.pass_time(2 * MINUTES)
    assert desk.work() == []
    desk.core.clock.pass_time(6 * MINUTES)
    assert desk.work() == ["confirmed"]

    second = desk.book(6, 8)
    desk.core.clock.pass_time(20 * MINUTES)
    desk.inbox.rcpt_answers = ["550 no such user"]
    assert desk.work() == [] and desk.rows(second) == [("confirmed", "failed", "address")]
    (finding,) = desk.core.read(issues.of_the_rest)
    assert (finding.check, finding.severity) == ("mail-failed", "warning")
    assert "Zusage nicht zugestellt" in finding.title.de and second in (finding.detail.de if finding.detail else "")
    (row,) = desk.core.read(mail_rows.in_trouble)
    assert (row["reply"], row["tries"]) == (550, 1)
    desk.core.do(mails.try_again, row["id"], "staff")
    assert desk.work() == ["confirmed"] and desk.core.read(issues.of_the_rest) == []

    third = desk.book(9, 10)
    desk.core.clock.pass_time(20 * MINUTES)
    desk.inbox.rcpt_answers = ["550 no such user"]
    desk.work()
    desk.core.do(mails.give_up, desk.core.read(mail_rows.in_trouble)[0]["id"], "staff")
    assert desk.work() == [] and desk.rows(third) == [("confirmed", "sent", None)]


def test_a_server_that_is_gone_is_one_issue_and_loses_nothing(desk: Desk) -> None:
    booked = [desk.book(3, 5), desk.book(3, 5)]
    desk.core.clock.pass_time(20 * MINUTES)
    desk.inbox.sender_answers = ["553 not yours"]
    assert desk.work() == []
    assert [desk.rows(one) for one in booked] == [[("confirmed", "waiting", "sender")]] * 2, "one try for all"
    (finding,) = desk.core.read(issues.of_the_rest)
    assert (finding.check, finding.title.en) == ("mail-server", "E-mails do not get through: 2 waiting")
    desk.core.clock.pass_time(2 * MINUTES)
    assert desk.work() == ["confirmed", "confirmed"]
    other = desk.book(20, 22)
    desk.core.clock.pass_time(20 * MINUTES)
    for _ in range(60):
        desk.inbox.sender_answers = ["553 not yours"]
        desk.work()
        desk.core.clock.pass_time(GIVE_UP.total_seconds() / 40)
    assert desk.rows(other)[0][1:] == ("failed", "sender")


def test_who_ends_while_sending_loses_nothing_and_two_hubs_send_it_once(desk: Desk) -> None:
    booking = desk.book(3, 5)
    desk.core.clock.pass_time(20 * MINUTES)
    wanted = desk.core.read(mails.missing, desk.rules, desk.core.clock.now())
    assert desk.core.do(mails.want, wanted) == 1 and desk.core.do(mails.want, wanted) == 0
    assert len(desk.core.do(mails.take)) == 1, "a hub took it, and was killed"
    assert desk.work() == [] and desk.core.do(mails.take) == []
    desk.core.clock.pass_time(LEASE.total_seconds() + 1)
    assert desk.work() == ["confirmed"] and desk.rows(booking) == [("confirmed", "sent", None)]


def test_of_who_is_erased_nothing_stays_and_nothing_is_sent(
    desk: Desk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    desk.book(3, 5)
    desk.core.clock.pass_time(20 * MINUTES)
    desk.inbox.rcpt_answers = ["550 5.1.1 <mia@voliere.example> unknown"]
    desk.work()
    desk.core.do(partial(mails.try_again, mail_id=desk.core.read(mail_rows.in_trouble)[0]["id"], actor="staff"))
    assert desk.work() == ["confirmed"] and "Kanarienvogel" in str(desk.inbox.mails[0]["To"])
    desk.book(7, 8)
    asyncio.run(desk.mailer.plan(desk.rules))
    for booking in desk.core.do(lambda uow: people.open_matters(uow, desk.mia)):
        desk.core.do(bookings.cancel, booking, "staff")
    assert desk.core.do(people.erase, desk.mia, "staff").is_done
    desk.core.clock.pass_time(20 * MINUTES)
    assert desk.work() == []
    said = [one.getMessage() for one in caplog.records if one.name.startswith("medialab")]
    for canary in ("Kanarienvogel", "voliere"):
        assert not [line for line in said if canary in line]
        assert not [row for row in everything(desk.core) if canary in row]
        assert not [path for path in tmp_path.rglob("*") if path.is_file() and canary.encode() in path.read_bytes()]


def everything(core: HubCore) -> list[str]:
    """Every row of every table."""

    def look(uow: UnitOfWork) -> list[str]:
        return [str(row) for table in SQLModel.metadata.sorted_tables for row in uow.session.execute(table.select())]

    return core.do(look)
