"""A client of usbmuxd, the service that carries connections to Apple devices over USB.

Messages as in usbmuxd's own src/client.c; its socket is `/var/run/usbmuxd`."""

import asyncio
import contextlib
import os
import plistlib
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from medialab_agent.drivers.apple_ios.troubles import away, garbled, no_service
from medialab_agent.drivers.apple_ios.wire import (
    ANSWER_S,
    BUFFER,
    LARGEST,
    MUX_HEADER,
    MUX_PLIST,
    MUX_VERSION,
    PlistStream,
    parse,
    patience,
)

SOCKET = "/var/run/usbmuxd"
ENVIRONMENT = "USBMUXD_SOCKET_ADDRESS"
"""As libusbmuxd reads it: `UNIX:/path`, or `host:port`."""
PROGRAM = "medialab-agent"


@dataclass(frozen=True)
class MuxDevice:
    """One attached device. `number` is usbmuxd's, new at each attachment; `udid` is the device's own."""

    number: int
    udid: str
    product: int
    location: int


class Mux:
    """Speaks to one usbmuxd. Every call is a connection of its own, as with libusbmuxd. Raises `Unreachable`."""

    def __init__(self, address: str) -> None:
        self.address = address

    @classmethod
    def from_settings(cls, settings: Mapping[str, str]) -> "Mux":
        """Setting `usbmuxd`, else the environment's address, else the system's socket."""
        return cls(settings.get("usbmuxd") or os.environ.get(ENVIRONMENT) or SOCKET)

    async def devices(self) -> tuple[MuxDevice, ...]:
        """What is attached by USB now."""
        async with self._line() as line:
            answer = await line.ask({"MessageType": "ListDevices"})
        found = answer.get("DeviceList")
        return tuple(device for entry in found if (device := _device(entry))) if isinstance(found, list) else ()

    async def news(self) -> AsyncGenerator[None, None]:
        """Yields whenever something was attached or detached; ends when usbmuxd does. Raises `Unreachable`."""
        async with self._line() as line:
            if (await line.ask({"MessageType": "Listen"})).get("Number") != 0:
                raise garbled("Listen refused")
            while True:
                yield
                await line.receive(None)

    async def buid(self) -> str:
        """This computer's own id, which devices remember."""
        async with self._line() as line:
            found = (await line.ask({"MessageType": "ReadBUID"})).get("BUID")
        if not isinstance(found, str):
            raise garbled("no BUID")
        return found

    async def pair_record(self, udid: str) -> dict[str, Any] | None:
        """What was agreed when the device came to trust this computer; None: nothing."""
        async with self._line() as line:
            data = (await line.ask({"MessageType": "ReadPairRecord", "PairRecordID": udid})).get("PairRecordData")
        return parse(data) if isinstance(data, bytes) else None

    async def save_pair_record(self, device: MuxDevice, record: Mapping[str, Any]) -> None:
        """Keep it where every other program of this computer finds it."""
        message = {
            "MessageType": "SavePairRecord",
            "PairRecordID": device.udid,
            "PairRecordData": plistlib.dumps(dict(record)),
            "DeviceID": device.number,
        }
        async with self._line() as line:
            if (answer := await line.ask(message)).get("Number") != 0:
                raise garbled(f"SavePairRecord {answer.get('Number')!r}")

    async def connect(self, device: MuxDevice, port: int) -> PlistStream:
        """A connection to one port of the device."""
        line = await self._open()
        try:
            message = {"MessageType": "Connect", "DeviceID": device.number, "PortNumber": socket.htons(port)}
            answer = await line.ask(message)
            if answer.get("Number") != 0:
                raise away(f"usbmuxd {answer.get('Number')!r}")
        except BaseException:
            line.close()
            raise
        return line.handed_over()

    @contextlib.asynccontextmanager
    async def _line(self) -> AsyncIterator["_Line"]:
        line = await self._open()
        try:
            yield line
        finally:
            line.close()

    async def _open(self) -> "_Line":
        path = self.address.removeprefix("UNIX:")
        host, _, port = self.address.rpartition(":")
        try:
            async with asyncio.timeout(ANSWER_S):
                if path.startswith("/"):
                    streams = await asyncio.open_unix_connection(path, limit=BUFFER)
                else:
                    streams = await asyncio.open_connection(host, int(port), limit=BUFFER)
        except (OSError, ValueError) as error:
            raise no_service(f"{self.address}: {type(error).__name__}") from error
        return _Line(*streams)


class _Line:
    """One connection to usbmuxd before it becomes one to a device."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def ask(self, message: Mapping[str, Any]) -> dict[str, Any]:
        body = plistlib.dumps({"ClientVersionString": PROGRAM, "ProgName": PROGRAM, "kLibUSBMuxVersion": 3, **message})
        async with patience(ANSWER_S):
            self._writer.write(MUX_HEADER.pack(MUX_HEADER.size + len(body), MUX_VERSION, MUX_PLIST, 1) + body)
            await self._writer.drain()
        return await self.receive(ANSWER_S)

    async def receive(self, seconds: float | None) -> dict[str, Any]:
        async with patience(seconds):
            length, *_ = MUX_HEADER.unpack(await self._reader.readexactly(MUX_HEADER.size))
            if not MUX_HEADER.size <= length <= LARGEST:
                raise garbled(f"{length} bytes announced")
            body = await self._reader.readexactly(length - MUX_HEADER.size)
        return parse(body)

    def handed_over(self) -> PlistStream:
        return PlistStream(self._reader, self._writer)

    def close(self) -> None:
        self._writer.transport.abort()


def _device(entry: object) -> MuxDevice | None:
    """None for what is attached by Wi-Fi, and for nonsense."""
    properties = entry.get("Properties") if isinstance(entry, dict) else None
    if not isinstance(properties, dict) or properties.get("ConnectionType") != "USB":
        return None
    number, udid = properties.get("DeviceID"), properties.get("SerialNumber")
    if not isinstance(number, int) or not isinstance(udid, str):
        return None
    product, location = properties.get("ProductID"), properties.get("LocationID")
    return MuxDevice(
        number, udid, product if isinstance(product, int) else 0, location if isinstance(location, int) else 0
    )
