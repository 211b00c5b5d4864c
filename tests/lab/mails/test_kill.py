"""A hub that is killed while it sends loses no mail, and repeats none but the one under way."""

import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from medialab_hub.domain.allocation import Interval
from medialab_hub.services import bookings, models, people
from medialab_hub.services.bookings import LineWish, Wish
from medialab_hub.services.mails import LEASE
from medialab_hub.services.people import Contact
from medialab_hub.storage.database import open_database
from medialab_hub.storage.migrate import migrate
from tests.fixtures.hub_core import HandClock, hub_core
from tests.fixtures.mail_server import Inbox, mail_server

ROOT = Path(__file__).parents[3]
COUNT = 6


def prepare(path: Path) -> None:
    """Six bookings of one borrower, to be confirmed."""
    database = open_database(f"sqlite:///{path}")
    migrate(database)
    with hub_core(database) as core:
        tablets = [core.prepare(f"t{number}") for number in range(COUNT)]
        model = core.do(models.add, "Tablet", None, models.Care(), "staff")
        core.do(models.put_in, model, tablets, "staff")
        mia = core.do(people.add, Contact("Meise", "Mia", "mia@voliere.example"), None, (), "staff")
        start = core.clock.now() + timedelta(days=3)
        for _ in range(COUNT):
            wish = Wish([LineWish(model)], Interval(start, start + timedelta(days=2)), person=mia)
            core.do(bookings.book, wish, "staff")
    database.close()


def run(path: Path, port: int, minutes: float) -> "subprocess.Popen[bytes]":
    now = HandClock().wall + timedelta(minutes=minutes)
    command = [sys.executable, "-m", "tests.lab.mails.sender", str(path), str(port), now.isoformat()]
    return subprocess.Popen(command, cwd=ROOT)


class KillingInbox(Inbox):
    """Kills whoever sends the third mail, before or after it has said yes."""

    def __init__(self, *, after: bool) -> None:
        super().__init__()
        self._after = after
        self.kill: Callable[[], None] | None = None

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802
        is_third = len(self.mails) == 2 and self.kill is not None
        if is_third and not self._after:
            self._strike()
            return "451 too late"
        answer = await super().handle_DATA(server, session, envelope)  # type: ignore[arg-type]
        if is_third:
            threading.Timer(0, self._strike).start()
        return answer

    def _strike(self) -> None:
        if self.kill is not None:
            self.kill()
            self.kill = None


@pytest.mark.parametrize("after", [False, True])
def test_killed_while_sending_every_mail_arrives(tmp_path: Path, after: bool) -> None:
    path = tmp_path / "hub.sqlite"
    prepare(path)
    inbox = KillingInbox(after=after)
    with mail_server(inbox):
        assert run(path, inbox.port, 1).wait(60) == 0, "only planned yet"
        assert inbox.mails == []
        first = run(path, inbox.port, 20)
        inbox.kill = first.kill
        with suppress(subprocess.TimeoutExpired):
            first.wait(60)
        assert first.returncode == -9
        assert run(path, inbox.port, 21).wait(60) == 0
        before = len(inbox.mails)
        assert before in (2, 3), "what the killed one had taken waits for a while"
        assert run(path, inbox.port, 21 + LEASE / timedelta(minutes=1)).wait(60) == 0
    names = [mail["Message-ID"] for mail in inbox.mails]
    assert len(set(names)) == COUNT, "none is lost"
    assert len(names) - COUNT <= (1 if after else 0), "only the one under way may come twice, under one name"
