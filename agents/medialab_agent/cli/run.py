"""`medialab-agent run` and `practice`: work until Ctrl-C or SIGTERM."""

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any

from medialab_agent.bootstrap import Agent, prepare_data_dir, sources_of
from medialab_agent.runtime.shelf import Shelf
from medialab_agent.settings import Settings

log = logging.getLogger(__name__)

LEAVE_S = 1.5
"""Seconds the work may take to come to its end; then it is cancelled. The hub waits two for its local agent."""


def run(settings: Settings) -> int:
    """Serve the devices of this machine."""
    shelf = Shelf()
    return _until_stopped(settings, lambda stop: Agent(settings, shelf, sources_of(settings, shelf)).run(stop))


def practise(settings: Settings, *, with_real_devices: bool) -> int:
    """Serve the practice lab's simulated devices."""
    from medialab_agent.practice_lab.lab import practice

    async def work(stop: asyncio.Event) -> None:
        await practice(settings, stop, with_real_devices=with_real_devices)

    return _until_stopped(settings, work)


def _until_stopped(settings: Settings, work: Callable[[asyncio.Event], Coroutine[Any, Any, None]]) -> int:
    try:
        prepare_data_dir(settings)
    except OSError as error:
        print(f"MEDIALAB_DATA_DIR: {error}", file=sys.stderr)
        return 1

    async def serve() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        log.info("agent %s, broker %s", settings.agent_id, settings.mqtt_url)
        working, stopping = asyncio.create_task(work(stop)), asyncio.create_task(stop.wait())
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait({working}, timeout=LEAVE_S)
        if working.cancel():
            log.warning("Leaving without waiting any longer")
        stopping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working

    asyncio.run(serve())
    return 0
