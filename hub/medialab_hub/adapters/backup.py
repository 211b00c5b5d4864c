"""Backups of the embedded database: hourly, before migrations, and when asked for; the oldest go."""

import asyncio
import logging
from datetime import datetime
from pathlib import Path

from medialab_hub.clock import Clock
from medialab_hub.storage.copies import copy_database
from medialab_hub.storage.database import Database

log = logging.getLogger(__name__)

PATTERN = "hub-*.sqlite3"


class Backups:
    """Writes copies into one folder and keeps the newest."""

    def __init__(self, database: Database, folder: Path, clock: Clock, kept: int) -> None:
        self._database, self._folder, self._clock, self._kept = database, folder, clock, kept

    def make(self) -> Path:
        """Write one now. Raises OSError when it cannot be written or is not whole. Call it in a thread."""
        target = self._folder / f"hub-{_stamp(self._clock.now())}.sqlite3"
        copy_database(self._database, target)
        for old in self.newest_first()[self._kept :]:
            old.unlink()
        return target

    def newest_first(self) -> list[Path]:
        """The backups there are."""
        return sorted(self._folder.glob(PATTERN), reverse=True)

    async def run(self, every_h: float) -> None:
        """Make one after each pause, until cancelled; a failure is logged and tried again next time."""
        while True:
            await asyncio.sleep(every_h * 3600)
            try:
                made = await asyncio.to_thread(self.make)
                log.info("backup written: %s", made)
            except OSError as error:
                log.error("the backup could not be written: %s", error)


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y%m%dT%H%M%S%fZ")
