"""A simulated usbmuxd: a Unix socket that speaks usbmuxd's plist protocol and leads to simulated iPads."""

import asyncio
import contextlib
import errno
import plistlib
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from medialab_agent.drivers.apple_ios.simulated.stream import DeviceStream
from medialab_agent.drivers.apple_ios.wire import BUFFER, MUX_HEADER, MUX_PLIST, MUX_VERSION

BUID = "30142955-444094379208051516"
REFUSED, BAD_COMMAND, BAD_DEVICE = 3, 1, 2
"""usbmuxd's result numbers (usbmuxd-proto.h)."""


class Attached(Protocol):
    """A device on the cable."""

    udid: str
    product: int
    """Its USB product id."""

    async def serve(self, port: int, stream: DeviceStream) -> None:
        """Talk on one port until the other end leaves."""

    def listens(self, port: int) -> bool:
        """Whether something answers there."""


class SimulatedMux:
    """One usbmuxd and what is attached to it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.records: dict[str, bytes] = {}
        self._devices: dict[int, Attached] = {}
        self._listeners: list[Callable[[Mapping[str, Any]], None]] = []
        self._connections: dict[asyncio.Task[None], int | None] = {}
        self._numbers = iter(range(1, 1_000_000))
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_unix_server(self._accept, self.path, limit=BUFFER)

    async def stop(self) -> None:
        """End with all connections."""
        if self._server is not None:
            self._server.close()
            self._server = None
        await self._cut(set(self._connections))

    def attach(self, device: Attached) -> None:
        """Plugged in; a new number each time."""
        if device in self._devices.values():
            return
        number = next(self._numbers)
        self._devices[number] = device
        self._tell(self._attached(number))

    async def detach(self, device: Attached) -> None:
        """Unplugged, with all its connections."""
        for number in [number for number, known in self._devices.items() if known is device]:
            del self._devices[number]
            self._tell({"MessageType": "Detached", "DeviceID": number})
            await self._cut({task for task, of in self._connections.items() if of == number})

    async def _cut(self, tasks: set[asyncio.Task[None]]) -> None:
        tasks.discard(asyncio.current_task())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _tell(self, message: Mapping[str, Any]) -> None:
        for listener in list(self._listeners):
            listener(message)

    def _attached(self, number: int) -> dict[str, Any]:
        properties = {
            "ConnectionSpeed": 480_000_000,
            "ConnectionType": "USB",
            "DeviceID": number,
            "LocationID": 0x20000 + number,
            "ProductID": self._devices[number].product,
            "SerialNumber": self._devices[number].udid,
        }
        return {"MessageType": "Attached", "DeviceID": number, "Properties": properties}

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections[task] = None
        try:
            await self._commands(reader, writer, task)
        except (EOFError, OSError, ValueError, asyncio.CancelledError):
            pass
        finally:
            del self._connections[task]
            writer.transport.abort()

    async def _commands(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, task: asyncio.Task[None]
    ) -> None:
        while True:
            length, _, _, tag = MUX_HEADER.unpack(await reader.readexactly(MUX_HEADER.size))
            request = plistlib.loads(await reader.readexactly(length - MUX_HEADER.size))
            kind = request.get("MessageType")
            if kind == "Listen":
                await self._listen(reader, writer, tag)
                return
            number = request.get("DeviceID")
            port = socket.ntohs(int(request.get("PortNumber", 0)))
            device = self._devices.get(number) if kind == "Connect" else None
            if device is not None and device.listens(port):
                self._connections[task] = number
                _send(writer, tag, _result(0))
                await device.serve(port, DeviceStream(reader, writer))
                return
            _send(writer, tag, _result(REFUSED) if device is not None else self._answer(kind, request))

    def _answer(self, kind: object, request: Mapping[str, Any]) -> dict[str, Any]:
        record_id = str(request.get("PairRecordID"))
        if kind == "ListDevices":
            return {"DeviceList": [self._attached(number) for number in self._devices]}
        if kind == "ReadBUID":
            return {"BUID": BUID}
        if kind == "ReadPairRecord":
            data = self.records.get(record_id)
            return _result(errno.ENOENT) if data is None else {"PairRecordData": data}
        if kind == "SavePairRecord":
            self.records[record_id] = request["PairRecordData"]
            return _result(0)
        if kind == "DeletePairRecord":
            return _result(0 if self.records.pop(record_id, None) is not None else errno.ENOENT)
        return _result(BAD_DEVICE if kind == "Connect" else BAD_COMMAND)

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, tag: int) -> None:
        _send(writer, tag, _result(0))
        for number in self._devices:
            _send(writer, 0, self._attached(number))

        def tell(message: Mapping[str, Any]) -> None:
            _send(writer, 0, message)

        self._listeners.append(tell)
        try:
            with contextlib.suppress(EOFError):
                await reader.readexactly(1)
        finally:
            self._listeners.remove(tell)


def _result(number: int) -> dict[str, Any]:
    return {"MessageType": "Result", "Number": number}


def _send(writer: asyncio.StreamWriter, tag: int, message: Mapping[str, Any]) -> None:
    body = plistlib.dumps(dict(message))
    writer.write(MUX_HEADER.pack(MUX_HEADER.size + len(body), MUX_VERSION, MUX_PLIST, tag) + body)
