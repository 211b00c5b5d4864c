"""Looks after the plans: ends baskets whose time is over, gives up what nobody collected, and serves who waits."""

import asyncio
import logging
from datetime import timedelta
from functools import partial

from medialab_hub.clock import Clock
from medialab_hub.services import hold_ends, no_shows, waitlist
from medialab_hub.storage.reading import Reading
from medialab_hub.storage.session import Session
from medialab_hub.storage.writer import Writer

log = logging.getLogger(__name__)

PERIOD_S = 15.0
"""Nothing waits for it to be right: whoever plans looks at the time. It is for those who look at a screen."""


class Attendant:
    """Lives on the event loop."""

    def __init__(self, writer: Writer, reading: Reading, clock: Clock, no_show: timedelta) -> None:
        self._writer, self._reading, self._clock, self._no_show = writer, reading, clock, no_show

    async def run(self) -> None:
        """Look every few seconds until cancelled; nothing is written when nothing is due."""
        while True:
            await asyncio.sleep(PERIOD_S)
            await self.look()

    async def look(self) -> None:
        """Do what is due."""
        is_over, is_missed, is_waited_for = await asyncio.to_thread(self._reading, self._due)
        if is_over:
            await self._writer.run(hold_ends.end_expired)
        if is_missed and (missed := await self._writer.run(partial(no_shows.give_up, after=self._no_show))):
            log.info("%d bookings were not collected and are given up", missed)
        if (is_over or is_waited_for) and (offered := await self._writer.run(waitlist.serve)):
            log.info("offered what became free to %d who waited", offered)

    def _due(self, session: Session) -> tuple[bool, bool, bool]:
        now = self._clock.now()
        is_missed = no_shows.is_something_due(session, now, self._no_show)
        return hold_ends.is_something_due(session, now), is_missed, waitlist.is_something_due(session, now)
