"""Waiting until the printer itself says so; deadlines come from outside as cancellation."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

POLL_S = 0.25
"""Between two questions; PrusaLink asks its printer once a second."""


async def until(ask: Callable[[], Awaitable[T | None]]) -> T:
    """Ask until the answer is not None."""
    while True:
        if (answer := await ask()) is not None:
            return answer
        await asyncio.sleep(POLL_S)
