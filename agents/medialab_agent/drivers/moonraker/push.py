"""Moonraker's websocket: says when a new reading is worth taking, and comes back for ever
(https://moonraker.readthedocs.io/en/latest/external_api/jsonrpc_notifications/)."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any

from medialab_agent.drivers.moonraker.client import Client
from medialab_agent.sdk.trouble import DeviceTrouble

log = logging.getLogger(__name__)

FIRST_PAUSE_S, LAST_PAUSE_S = 1.0, 60.0
CALM_S = 2.0
"""A change of temperature or progress is news no more often than this."""
AGAIN_S = 2.0
"""Until a refused subscription is asked for again."""
STEP_C = 2.0
"""A change of temperature smaller than this is no news."""
OBJECTS: dict[str, list[str]] = {
    "webhooks": ["state"],
    "print_stats": ["state", "filename"],
    "pause_resume": ["is_paused"],
    "virtual_sdcard": ["progress"],
    "extruder": ["temperature", "target"],
    "heater_bed": ["temperature", "target"],
    "gcode_move": ["speed_factor", "extrude_factor"],
    "fan": ["speed"],
}
NOTICES = frozenset(
    {
        "notify_klippy_ready", "notify_klippy_shutdown", "notify_klippy_disconnected", "notify_filelist_changed",
        "notify_history_changed", "notify_job_queue_changed",
    }
)  # fmt: skip
_SUBSCRIBE, _IDENTIFY = 2, 1


class TooMany(Exception):
    """Moonraker has as many websockets as it allows (`max_websocket_connections`, 50 unless changed)."""


class News:
    """Decides whether a message differs from what was last told enough for a new reading."""

    def __init__(self) -> None:
        self._last: dict[str, object] = {}
        self._calm_until = 0.0

    def is_news(self, message: Any, now: float) -> bool:
        """True for a listed notice, an accepted subscription, a change of state or target, a full percent, or a felt
        change of temperature."""
        if not isinstance(message, dict):
            return False
        method = message.get("method")
        if isinstance(method, str) and method in NOTICES:
            return True
        status = _status(message)
        if status is None:
            return False
        changes = [self._change(obj, field, value, now) for obj, field, value in _fields(status)]
        # only now Klipper is known to answer: a reading taken when it said "ready" may have come too early
        return any(changes) or message.get("id") == _SUBSCRIBE

    def _change(self, obj: str, field: str, value: object, now: float) -> bool:
        key, last = f"{obj}.{field}", self._last.get(f"{obj}.{field}")
        if field in {"temperature", "progress"}:
            step = STEP_C if field == "temperature" else 0.01
            if not isinstance(value, int | float) or (isinstance(last, int | float) and abs(value - last) < step):
                return False
            if now < self._calm_until:
                return False
            self._calm_until = now + CALM_S
        changed, self._last[key] = value != last, value
        return changed


def _status(message: dict[str, Any]) -> dict[str, Any] | None:
    """What changed, of a notification or of the answer to the subscription."""
    if message.get("method") == "notify_status_update":
        params = message.get("params")
        status = params[0] if isinstance(params, list) and params else None
    else:
        result = message.get("result")
        status = result.get("status") if isinstance(result, dict) else None
    return status if isinstance(status, dict) else None


def _fields(status: dict[str, Any]) -> list[tuple[str, str, object]]:
    return [
        (obj, field, value)
        for obj, fields in status.items()
        if obj in OBJECTS and isinstance(fields, dict)
        for field, value in fields.items()
        if field in OBJECTS[obj] and isinstance(value, str | int | float | None)
    ]


async def _messages(client: Client) -> AsyncGenerator[Any, None]:
    from websockets.asyncio.client import connect
    from websockets.exceptions import InvalidStatus

    url = "ws" + client.base.removeprefix("http") + "/websocket"
    options: dict[str, Any] = {"additional_headers": client.headers, "max_size": 2**22, "proxy": None}
    try:
        async with connect(url, open_timeout=10, ping_interval=10, ping_timeout=10, **options) as socket:
            about = {"client_name": "MediaLab Hub", "version": "1", "type": "agent", "url": "https://medialab.invalid"}
            await socket.send(_call("server.connection.identify", about, _IDENTIFY))
            subscribe = _call("printer.objects.subscribe", {"objects": OBJECTS}, _SUBSCRIBE)
            await socket.send(subscribe)
            async for raw in socket:
                message = json.loads(raw)
                if _was_refused(message):
                    await asyncio.sleep(AGAIN_S)
                if _was_refused(message) or _has_forgotten(message):
                    await socket.send(subscribe)
                yield message
    except InvalidStatus as error:
        if error.response.status_code == 500:
            raise TooMany from error
        raise


def _was_refused(message: Any) -> bool:
    """Klipper is away, or has only just come and is not known to Moonraker yet."""
    return isinstance(message, dict) and message.get("id") == _SUBSCRIBE and "error" in message


def _has_forgotten(message: Any) -> bool:
    """A restarted Klipper does not know who listens."""
    return isinstance(message, dict) and message.get("method") == "notify_klippy_ready"


def _call(method: str, params: dict[str, Any], number: int) -> str:
    return json.dumps({"jsonrpc": "2.0", "method": method, "params": params, "id": number})


async def news(
    reach: Callable[[], Awaitable[Client]], let_in: asyncio.Event, too_many: Callable[[bool], None]
) -> AsyncGenerator[None, None]:
    """Yields at every piece of news, and after every lost connection. Never ends by itself.

    `too_many` is told whether Moonraker has no room for this connection."""
    from websockets.exceptions import WebSocketException

    pause, was_full = FIRST_PAUSE_S, False
    while True:
        await let_in.wait()
        judge = News()
        try:
            async with aclosing(_messages(await reach())) as messages:
                async for message in messages:
                    pause = FIRST_PAUSE_S
                    is_news = judge.is_news(message, time.monotonic())
                    if was_full:
                        was_full, is_news = False, True
                        too_many(False)
                    if is_news:
                        yield
        except TooMany:
            was_full = True
            too_many(True)
        except (DeviceTrouble, WebSocketException, OSError, ValueError, RecursionError) as error:
            log.debug("push ended: %s", type(error).__name__)
        yield  # the reading will say what happened
        await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret
        pause = min(pause * 2, LAST_PAUSE_S)
