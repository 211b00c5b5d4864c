"""Cut work off when its time is over, even when it does not want to end."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

log = logging.getLogger(__name__)

GRACE_S = 2.0
"""Seconds a cancelled piece of work may take to clean up before it is abandoned."""

T = TypeVar("T")


class DeadlinePassed(Exception):
    """The work was cut off. `is_stuck`: it did not even react to that and was abandoned."""

    def __init__(self, is_stuck: bool) -> None:
        super().__init__("deadline passed" + (", and the work does not end" if is_stuck else ""))
        self.is_stuck = is_stuck


async def bounded(work: Coroutine[Any, Any, T], seconds: float) -> T:
    """The result of the work. Raises `DeadlinePassed` after that many seconds; cancellation is passed on."""
    task = asyncio.ensure_future(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=max(0.0, seconds))
    except asyncio.CancelledError:
        await _end(task)
        raise
    if not done:
        raise DeadlinePassed(not await _end(task))
    return task.result()


async def _end(task: asyncio.Future[Any]) -> bool:
    """Cancel and wait a little; False when it is still running."""
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=GRACE_S)
    if not done:
        log.error("Abandoned work that ignores its cancellation: %r", task)
        task.add_done_callback(_swallow)
        return False
    _swallow(task)
    return True


def _swallow(task: asyncio.Future[Any]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.debug("Cut-off work ended with %r", error)
