"""Making a device show itself: wake, sound, vibration, a page in the browser."""

import asyncio
import shlex
from urllib.parse import urlparse

from medialab_agent.drivers.android_adb.device import AdbHandle

SHOW_S = 3.0
"""Seconds the device stays awake to be found."""
_LOUD = "cmd media_session volume --stream 3 --set 15"
_VIBRATE = "cmd vibrator_manager synced -f oneshot 3000 || cmd vibrator vibrate 3000"
"""The first since Android 12 (API 31), the second before."""


async def find_me(handle: AdbHandle, url: str) -> None:
    """Do all of it in one round trip; `url` is opened when it is http or https."""
    commands = {"wake": "input keyevent KEYCODE_WAKEUP", "loud": _LOUD, "vibrate": _VIBRATE}
    if urlparse(url).scheme in ("http", "https"):
        commands["page"] = f"am start -a android.intent.action.VIEW -d {shlex.quote(url)}"
    await handle.change(commands)
    await asyncio.sleep(SHOW_S)
