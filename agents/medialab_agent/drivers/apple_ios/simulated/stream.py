"""The device's end of a connection: plists with their length before them, under TLS after an upgrade."""

import asyncio
import plistlib
import ssl
from collections.abc import Mapping
from typing import Any

from medialab_agent.drivers.apple_ios.wire import LENGTH


class DeviceStream:
    """One connection as the device sees it. Raises `EOFError` when the other end leaves."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def receive(self) -> dict[str, Any]:
        """The next request."""
        (length,) = LENGTH.unpack(await self._reader.readexactly(LENGTH.size))
        request = plistlib.loads(await self._reader.readexactly(length))
        return request if isinstance(request, dict) else {}

    async def send(self, message: Mapping[str, Any]) -> None:
        """One answer."""
        await self.send_raw(plistlib.dumps(dict(message)))

    async def send_raw(self, body: bytes) -> None:
        """Anything, with its length before it."""
        self._writer.write(LENGTH.pack(len(body)) + body)
        await self._writer.drain()

    async def secure(self, context: ssl.SSLContext) -> None:
        """Go on under TLS; no await between the last answer and this, for the other end begins at once."""
        await self._writer.start_tls(context)

    def close(self) -> None:
        """End it."""
        self._writer.transport.abort()
