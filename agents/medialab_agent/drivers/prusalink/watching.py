"""PrusaLink pushes nothing: its small status is asked often while something happens, and seldom otherwise."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable

from medialab_agent.drivers.prusalink.client import Client
from medialab_agent.drivers.prusalink.models import Status
from medialab_agent.drivers.prusalink.state import is_at_rest
from medialab_agent.sdk.trouble import DeviceTrouble

BUSY_S, IDLE_S = 1.0, 5.0
"""Seconds between two questions, while it works and while it rests. PrusaLink's own telemetry is a second old."""
LAST_PAUSE_S = 60.0
"""Longest pause while nobody answers."""
STEP_C = 2.0
"""A change of temperature smaller than this is no news."""


class News:
    """Decides whether a status differs from the last one enough for a new reading."""

    def __init__(self) -> None:
        self._last: tuple[object, ...] = ()

    def is_news(self, status: Status) -> bool:
        """True for another state, a full percent, another target, or a felt change of temperature."""
        printer, job = status.printer, status.job
        percent = int(job.progress or 0) if job else None
        warmth = tuple(None if t is None else round(t / STEP_C) for t in (printer.temp_nozzle, printer.temp_bed))
        seen = (printer.state, percent, printer.target_nozzle, printer.target_bed, warmth)
        changed, self._last = seen != self._last, seen
        return changed


async def news(reach: Callable[[], Awaitable[Client]]) -> AsyncIterator[None]:
    """Yields whenever a new reading is worth taking. Never ends by itself."""
    judge, pause = News(), IDLE_S
    while True:
        try:
            status = await (await reach()).status()
            pause = IDLE_S if is_at_rest(status, is_buddy=True) else BUSY_S
            if judge.is_news(status):
                yield
        except DeviceTrouble:
            pause = min(pause * 2, LAST_PAUSE_S)
            yield  # the reading will say what happened
        await asyncio.sleep(pause * random.uniform(0.9, 1.1))  # noqa: S311 - jitter, not a secret
