"""Stores what was only shown so far: a snapshot of volatile values now and then."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from medialab_hub.services.reports import Reading, keep_volatile
from medialab_hub.storage.writer import Writer

log = logging.getLogger(__name__)

PERIOD_S = 30.0
MOST_AT_ONCE = 500
"""Connections a transaction: the writer is needed by others, too."""


class Keeper:
    """Lives on the event loop. What a kill takes away comes again with the next report."""

    def __init__(self, writer: Writer, take_readings: Callable[[], dict[str, Reading]]) -> None:
        self._writer, self._take_readings = writer, take_readings

    async def run(self) -> None:
        """Store every half a minute until cancelled."""
        while True:
            await asyncio.sleep(PERIOD_S)
            await self.store()

    async def store(self) -> None:
        """Store everything that waits; also the last thing before the hub stops."""
        readings = list(self._take_readings().items())
        for start in range(0, len(readings), MOST_AT_ONCE):
            part = dict(readings[start : start + MOST_AT_ONCE])
            try:
                await self._writer.run(partial(keep_volatile, readings=part))
            except Exception:
                log.exception("volatile values were not stored")
