"""Has found devices forgotten that nobody wanted and that are gone."""

import asyncio
import logging

from medialab_hub.services.forgetting import MOST_AT_ONCE, forget_gone
from medialab_hub.storage.writer import Writer

log = logging.getLogger(__name__)

PERIOD_S = 60.0


class Forgetter:
    """Lives on the event loop."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def run(self) -> None:
        """Look once a minute until cancelled."""
        while True:
            await asyncio.sleep(PERIOD_S)
            await self.forget()

    async def forget(self) -> None:
        """Forget everything that is due."""
        while True:
            forgotten = await self._writer.run(forget_gone)
            if forgotten:
                log.info("forgot %d found devices that are gone", forgotten)
            if forgotten < MOST_AT_ONCE:
                return
