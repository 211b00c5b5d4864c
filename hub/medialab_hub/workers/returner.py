"""Has the resets of returned devices begun, and plans around what is late."""

import asyncio
import logging

from medialab_hub.clock import Clock
from medialab_hub.services.returns import is_something_due, plan_around_late, start_resets
from medialab_hub.storage.reading import Reading
from medialab_hub.storage.writer import Writer

log = logging.getLogger(__name__)

PERIOD_S = 5.0


class Returner:
    """Lives on the event loop."""

    def __init__(self, writer: Writer, reading: Reading, clock: Clock) -> None:
        self._writer, self._reading, self._clock = writer, reading, clock

    async def run(self) -> None:
        """Look every few seconds until cancelled; nothing is written when nothing is due."""
        while True:
            await asyncio.sleep(PERIOD_S)
            now = self._clock.now()
            if await asyncio.to_thread(self._reading, lambda session, now=now: is_something_due(session, now)):
                await self.look()

    async def look(self) -> None:
        """Begin what can begin."""
        if started := await self._writer.run(start_resets):
            log.info("%d returned devices are being reset", started)
        if late := await self._writer.run(plan_around_late):
            log.info("planned around %d devices that are late", late)
