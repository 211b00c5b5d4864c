"""Plans the mails that bookings call for and has them sent; a crash loses none.

One may arrive twice only if the hub is killed between the server's yes and our note of it; both have one Message-ID."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from medialab_hub.clock import Clock
from medialab_hub.domain.mails import Delivery, Letter, MailRules
from medialab_hub.services import mails
from medialab_hub.services.booking_rows import BOOKINGS
from medialab_hub.services.mails import MailOptions
from medialab_hub.services.projection import Changes
from medialab_hub.storage.reading import Reading
from medialab_hub.storage.writer import Writer

log = logging.getLogger(__name__)

PERIOD_S = 60.0
"""Between two looks when nothing happens: mornings come, and returns fall due."""
PAUSE_S = 2.0
"""Bookings that change together are looked at together."""
MOST_PLANNED = 500
"""Mails planned in one transaction."""


class Mailer:
    """Lives on the event loop; `send` is called in a thread."""

    def __init__(
        self, writer: Writer, reading: Reading, clock: Clock, send: Callable[[Letter], Delivery], options: MailOptions
    ) -> None:
        self._writer, self._reading, self._clock = writer, reading, clock
        self._send, self._options = send, options
        self._wake = asyncio.Event()

    def hear(self, news: Changes) -> None:
        """A booking changed: somebody may have to be told. Called on the event loop."""
        if any(one.event == BOOKINGS.name for one in news.news):
            self._wake.set()

    async def run(self) -> None:
        """Serve until cancelled."""
        since = await self._writer.run(mails.turn_on, durable=True)
        rules = MailRules(self._options.zone, since, self._options.days_before)
        while True:
            self._wake.clear()
            await self.plan(rules)
            while await self.send_due(rules):
                pass
            await asyncio.sleep(PAUSE_S)
            try:
                async with asyncio.timeout(PERIOD_S):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def plan(self, rules: MailRules) -> None:
        """Plan what is called for; nothing is written when nothing is."""
        now = self._clock.now()
        wanted = await asyncio.to_thread(self._reading, lambda session: mails.missing(session, rules, now))
        for start in range(0, len(wanted), MOST_PLANNED):
            part = wanted[start : start + MOST_PLANNED]
            await self._writer.run(partial(mails.want, wanted=part), durable=True)

    async def send_due(self, rules: MailRules) -> bool:
        """Try what is due; True when there may be more. The first trouble with the server ends the round."""
        now = self._clock.now()
        if not await asyncio.to_thread(self._reading, lambda session: mails.is_something_due(session, now)):
            return False
        taken = await self._writer.run(mails.take, durable=True)
        for place, mail in enumerate(taken):
            delivery = await self._send_one(mail, rules)
            if delivery is not None and delivery.trouble is not None and delivery.trouble.is_the_servers:
                log.warning("mails do not get through: %s %s", delivery.trouble, delivery.reply or "")
                await self._writer.run(partial(mails.put_back, mail_ids=taken[place + 1 :], delivery=delivery))
                return False
        return len(taken) == mails.MOST_AT_ONCE

    async def _send_one(self, mail: str, rules: MailRules) -> Delivery | None:
        now, public_url = self._clock.now(), self._options.public_url
        letter = await asyncio.to_thread(
            self._reading, lambda session: mails.letter(session, mail, rules, public_url, now)
        )
        if letter is None:
            await self._writer.run(partial(mails.drop, mail_id=mail))
            return None
        delivery = await asyncio.to_thread(self._send, letter)
        await self._writer.run(partial(mails.note, mail_id=mail, delivery=delivery), durable=True)
        return delivery
