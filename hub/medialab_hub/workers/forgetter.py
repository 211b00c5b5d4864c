"""Has what is due forgotten: devices that nobody wanted and that are gone, old photos, people who asked or are long
gone, and whose loans were that are over."""

import asyncio
import logging
from datetime import timedelta
from functools import partial

from medialab_hub.services import people, photos, retention
from medialab_hub.services.forgetting import MOST_AT_ONCE, forget_gone
from medialab_hub.settings import Settings
from medialab_hub.storage.writer import UseCase, Writer

log = logging.getLogger(__name__)

PERIOD_S = 60.0


class Forgetter:
    """Lives on the event loop."""

    def __init__(self, writer: Writer, settings: Settings) -> None:
        self._writer, photos_kept = writer, timedelta(days=settings.photos_kept_days)
        loans_kept, people_kept = timedelta(days=settings.loans_kept_days), timedelta(days=settings.people_kept_days)
        self._parts: tuple[tuple[str, UseCase[int], int], ...] = (
            ("forgot %d found devices that are gone", forget_gone, MOST_AT_ONCE),
            ("erased %d photos whose time is over", partial(photos.expire, kept_for=photos_kept), photos.MOST_AT_ONCE),
            ("erased %d people who asked for it", people.erase_due, people.MOST_AT_ONCE),
            (
                "forgot whose %d loans were",
                partial(retention.unlink_loans, kept_for=loans_kept),
                retention.MOST_AT_ONCE,
            ),
            ("forgot %d scan sessions", partial(retention.drop_scans, kept_for=loans_kept), retention.MOST_AT_ONCE),
            (
                "erased %d people not seen for long",
                partial(retention.forget_unseen, kept_for=people_kept),
                retention.MOST_AT_ONCE,
            ),
        )

    async def run(self) -> None:
        """Look once a minute until cancelled."""
        while True:
            await asyncio.sleep(PERIOD_S)
            await self.forget()

    async def forget(self) -> None:
        """Forget everything that is due, part by part: the writer is needed by others, too."""
        for said, use_case, most in self._parts:
            forgotten = most
            while forgotten >= most:
                forgotten = await self._writer.run(use_case, durable=True)
                if forgotten:
                    log.info(said, forgotten)
