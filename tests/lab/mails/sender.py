"""A hub's mailer as a program of its own, to be killed while it sends: `sender.py DATABASE PORT NOW`."""

import asyncio
import sys
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from medialab_hub.adapters.smtp import MailServer, Postman
from medialab_hub.domain.mails import MailRules
from medialab_hub.services.mails import MailOptions, turn_on
from medialab_hub.storage.database import open_database
from medialab_hub.storage.reading import Reading
from medialab_hub.workers.mailer import Mailer
from tests.fixtures.hub_core import HandClock, hub_core

ZONE = ZoneInfo("Europe/Berlin")


def main(path: str, port: str, now: str) -> None:
    """Send what is due, once."""
    database = open_database(f"sqlite:///{path}")
    with hub_core(database) as core:
        core.clock = HandClock(datetime.fromisoformat(now))
        core.writer._clock = core.clock
        server = MailServer("127.0.0.1", int(port), "none", "verleih@medien.example")
        postman = Postman(server, core.clock, lambda _letter: b"%PDF-1.7")
        mailer = Mailer(core.writer, Reading(database), core.clock, postman.send, MailOptions(ZONE, 2, ""))
        rules = MailRules(ZONE, core.do(turn_on) - timedelta(hours=1), 2)

        async def once() -> None:
            await mailer.plan(rules)
            while await mailer.send_due(rules):
                pass

        asyncio.run(once())
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
