"""OctoPrint's push socket: says when a new reading is worth taking, and comes back for ever
(https://docs.octoprint.org/en/master/api/push.html)."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from medialab_agent.drivers.octoprint import models
from medialab_agent.drivers.octoprint.client import Client
from medialab_agent.sdk.trouble import DeviceTrouble

log = logging.getLogger(__name__)

THROTTLE = 4
"""In units of 0.5 s: at most one state message in 2 s."""
FIRST_PAUSE_S, LAST_PAUSE_S = 1.0, 60.0
STEP_C = 2.0
"""A change of temperature smaller than this is no news."""
EVENTS = (
    "PrinterStateChanged", "Connected", "Disconnected", "Error", "FileAdded", "FileRemoved", "FolderAdded",
    "FolderRemoved", "FileSelected", "FileDeselected", "PrintStarted", "PrintDone", "PrintFailed", "PrintCancelled",
    "PrintPaused", "PrintResumed", "MovieDone", "MovieFailed", "CaptureStart", "PrinterProfileModified",
)  # fmt: skip


class News:
    """Decides whether a pushed message differs from the last one enough for a new reading."""

    def __init__(self) -> None:
        self._last: tuple[object, ...] = ()
        self._heat: dict[str, float] = {}

    def is_news(self, message: Any) -> bool:
        """True for a listed event, a change of state, a full percent, or a felt change of temperature."""
        if not isinstance(message, dict):
            return False
        event = message.get("event")
        if isinstance(event, dict) and event.get("type") in EVENTS:
            return True
        current = message.get("current") or message.get("history")
        return isinstance(current, dict) and self._changed(current)

    def _changed(self, current: dict[str, Any]) -> bool:
        state, progress = current.get("state"), current.get("progress")
        completion = progress.get("completion") if isinstance(progress, dict) else None
        percent = int(completion) if isinstance(completion, int | float) else None
        seen = (json.dumps(state, sort_keys=True), percent)
        warmer = self._warmer(current.get("temps"))
        changed, self._last = seen != self._last, seen
        return changed or warmer

    def _warmer(self, temps: Any) -> bool:
        latest = temps[-1] if isinstance(temps, list) and temps else None
        changed = False
        for name, heater in latest.items() if isinstance(latest, dict) else ():
            for field in ("actual", "target") if isinstance(heater, dict) else ():
                value, key = heater.get(field), f"{name}.{field}"
                if isinstance(value, int | float) and abs(value - self._heat.get(key, -1000.0)) >= STEP_C:
                    self._heat[key], changed = float(value), True
        return changed


async def _messages(client: Client) -> AsyncIterator[Any]:
    from websockets.asyncio.client import connect

    login = await client.post(models.Login, "/api/login", {"passive": True})
    url = "ws" + client.base.removeprefix("http") + "/sockjs/websocket"
    async with connect(url, max_size=2**23, open_timeout=10, ping_interval=10, ping_timeout=10, proxy=None) as socket:
        state = {"logs": False, "messages": False}
        for order in (
            {"throttle": THROTTLE},
            {"auth": f"{login.name}:{login.session}"},
            {"subscribe": {"state": state, "events": list(EVENTS), "plugins": False}},
        ):
            await socket.send(json.dumps(order))
        async for raw in socket:
            yield json.loads(raw)


async def news(reach: Callable[[], Awaitable[Client]], paired: asyncio.Event) -> AsyncIterator[None]:
    """Yields at every piece of news, and after every lost connection. Never ends by itself."""
    from websockets.exceptions import WebSocketException

    pause = FIRST_PAUSE_S
    while True:
        await paired.wait()
        judge = News()
        try:
            async for message in _messages(await reach()):
                pause = FIRST_PAUSE_S
                if judge.is_news(message):
                    yield
        except (DeviceTrouble, WebSocketException, OSError, ValueError, RecursionError) as error:
            log.debug("push ended: %s", type(error).__name__)
        yield  # the reading will say what happened
        await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret
        pause = min(pause * 2, LAST_PAUSE_S)
