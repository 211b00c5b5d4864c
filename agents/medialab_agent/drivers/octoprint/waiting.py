"""Waiting until the printer itself says so; deadlines come from outside as cancellation."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

POLL_S = 0.25
"""Between two questions; OctoPrint answers in 2 to 10 ms and learns temperatures every 2 to 5 s."""


async def until(ask: Callable[[], Awaitable[T | None]]) -> T:
    """Ask until the answer is not None."""
    while True:
        if (answer := await ask()) is not None:
            return answer
        await asyncio.sleep(POLL_S)
