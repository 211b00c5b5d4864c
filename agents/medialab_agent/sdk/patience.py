"""Waiting for a device that answers when asked: until it says so itself, or until it is reachable again."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from medialab_agent.sdk.trouble import Unreachable

T = TypeVar("T")

POLL_S = 0.25
"""Between two questions. OctoPrint answers in 2 to 10 ms and learns temperatures every 2 to 5 s; Klipper refreshes what
it tells four times a second; PrusaLink asks its printer once a second."""
AGAIN_S = 1.0
"""Between two attempts to reach a device that did not answer."""


async def until(ask: Callable[[], Awaitable[T | None]]) -> T:
    """Ask until the answer is not None; deadlines come from outside as cancellation."""
    while True:
        if (answer := await ask()) is not None:
            return answer
        await asyncio.sleep(POLL_S)


async def patiently(work: Callable[[], Awaitable[T]], patience_s: float, again_s: float = AGAIN_S) -> T:
    """Repeat `work`, which must bear it, while the device is unreachable. Raises `Unreachable` after `patience_s`."""
    end = time.monotonic() + patience_s
    while True:
        try:
            return await work()
        except Unreachable:
            if time.monotonic() > end:
                raise
        await asyncio.sleep(again_s)
