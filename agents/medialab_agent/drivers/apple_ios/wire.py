"""Plists over a stream: usbmuxd's packets and the length-prefixed ones of the services behind it.

Both formats as in libimobiledevice (libusbmuxd.c, property_list_service.c)."""

import asyncio
import contextlib
import plistlib
import ssl
import struct
from collections.abc import AsyncIterator, Mapping
from typing import Any
from xml.parsers.expat import ExpatError

from medialab_agent.drivers.apple_ios.troubles import away, garbled

MUX_HEADER = struct.Struct("<IIII")
"""Length with header, version 1, message 8 (plist), tag."""
MUX_VERSION, MUX_PLIST = 1, 8
LENGTH = struct.Struct(">I")
LARGEST = 8 * 1024 * 1024
"""Bytes one answer may have."""
ANSWER_S = 8.0
"""Seconds an answer may take unless the caller says otherwise."""
BUFFER = LARGEST + 65_536
"""Bytes a stream holds: never paused, for Python 3.11 pauses the wrong transport after an upgrade to TLS."""
_BROKEN = (OSError, EOFError, ssl.SSLError, asyncio.IncompleteReadError)
_NO_PLIST = (ValueError, TypeError, LookupError, OverflowError, RecursionError, struct.error, ExpatError)


def parse(data: bytes) -> dict[str, Any]:
    """A plist dictionary from a device. Raises `DeviceTrouble` for anything else."""
    try:
        value = plistlib.loads(data)
    except _NO_PLIST as error:
        raise garbled(type(error).__name__) from error
    if not isinstance(value, dict):
        raise garbled("no dictionary")
    return value


@contextlib.asynccontextmanager
async def patience(seconds: float | None) -> AsyncIterator[None]:
    """Turn silence and broken connections into `Unreachable`; None waits for ever."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise away("no answer in time") from error
    except _BROKEN as error:
        raise away(type(error).__name__) from error


class PlistStream:
    """One connection to a service of the device. Raises `Unreachable` when it breaks."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def send(self, message: Mapping[str, Any]) -> None:
        """Send one plist."""
        async with patience(ANSWER_S):
            body = plistlib.dumps(dict(message))
            self._writer.write(LENGTH.pack(len(body)) + body)
            await self._writer.drain()

    async def receive(self, seconds: float = ANSWER_S) -> dict[str, Any]:
        """The next plist."""
        async with patience(seconds):
            (length,) = LENGTH.unpack(await self._reader.readexactly(LENGTH.size))
            if length > LARGEST:
                raise garbled(f"{length} bytes announced")
            body = await self._reader.readexactly(length)
        return parse(body)

    async def ask(self, message: Mapping[str, Any], seconds: float = ANSWER_S) -> dict[str, Any]:
        """One question, one answer."""
        await self.send(message)
        return await self.receive(seconds)

    async def secure(self, context: ssl.SSLContext) -> None:
        """Go on under TLS."""
        async with patience(ANSWER_S):
            await self._writer.start_tls(context, server_hostname="", ssl_handshake_timeout=ANSWER_S)

    def close(self) -> None:
        """Leave without a word; both ends expect that."""
        self._writer.transport.abort()
