"""Has what is due forgotten: devices that nobody wanted and that are gone, old photos, people who asked."""

import asyncio
import logging
from datetime import timedelta
from functools import partial

from medialab_hub.services import people, photos
from medialab_hub.services.forgetting import MOST_AT_ONCE, forget_gone
from medialab_hub.storage.writer import Writer

log = logging.getLogger(__name__)

PERIOD_S = 60.0


class Forgetter:
    """Lives on the event loop."""

    def __init__(self, writer: Writer, photos_kept: timedelta) -> None:
        self._writer, self._photos_kept = writer, photos_kept

    async def run(self) -> None:
        """Look once a minute until cancelled."""
        while True:
            await asyncio.sleep(PERIOD_S)
            await self.forget()
            await self.erase_photos()
            await self.erase_people()

    async def forget(self) -> None:
        """Forget everything that is due."""
        while True:
            forgotten = await self._writer.run(forget_gone)
            if forgotten:
                log.info("forgot %d found devices that are gone", forgotten)
            if forgotten < MOST_AT_ONCE:
                return

    async def erase_photos(self) -> None:
        """Erase every photo whose time is over."""
        while True:
            erased = await self._writer.run(partial(photos.expire, kept_for=self._photos_kept))
            if erased:
                log.info("erased %d photos whose time is over", erased)
            if erased < photos.MOST_AT_ONCE:
                return

    async def erase_people(self) -> None:
        """Erase all who asked for it and with whom nothing is open any more."""
        while True:
            erased = await self._writer.run(people.erase_due, durable=True)
            if erased:
                log.info("erased %d people who asked for it", erased)
            if erased < people.MOST_AT_ONCE:
                return
