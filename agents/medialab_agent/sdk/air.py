"""An air over a Unix socket: carries simulated peripherals, so that drivers reach them without a radio.

One line of JSON a message, bytes in hex. The first line says what a connection is for: `{"scan": true}` streams
advertisements, `{"connect": address}` opens a connection to a peripheral; closing the socket ends it. Then each request
has an `id` that its answer repeats: `read`, `write` (with `value`, `quiet`), `listen`. `{"notify": uuid, "value": …}`
comes unasked. Answers carry `value`, or `error` with an ATT error code."""

import asyncio
import contextlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from medialab_agent.sdk.peripheral import UNLIKELY_ERROR, AttRefusal, Peripheral, Property

LONGEST_LINE = 65_536
"""Bytes of one message."""
WORDS = {
    Property.READ: "read",
    Property.WRITE: "write",
    Property.WRITE_QUIETLY: "write-without-response",
    Property.NOTIFY: "notify",
}
"""What the properties of a characteristic are called; the words of bleak and BlueZ."""

Message = Mapping[str, Any]


class _Line:
    """One client."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self.heard: set[str] = set()

    def say(self, message: Message) -> None:
        if not self.writer.is_closing():
            self.writer.write(json.dumps(message).encode() + b"\n")


class Air:
    """Serves on `socket` until closed. `most_connected` is the most connections there were at one time.

    `connect_s`: seconds a connection takes to come about."""

    def __init__(self, socket: Path, connect_s: float = 0.0) -> None:
        self.socket, self.connect_s = socket, connect_s
        self.most_connected = 0
        self._peripherals: dict[str, Peripheral] = {}
        self._scanners: set[_Line] = set()
        self._connected: dict[str, _Line] = {}
        self._clients: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Start to serve."""
        self._server = await asyncio.start_unix_server(self._serve, str(self.socket), limit=LONGEST_LINE)

    async def close(self) -> None:
        """Nobody is connected any more."""
        if self._server is not None:
            self._server.close()
        for client in self._clients:
            client.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)

    def carry(self, peripherals: Sequence[Peripheral]) -> None:
        """Put them on the air."""
        for peripheral in peripherals:
            peripheral.carrier = self
            self._peripherals[peripheral.address] = peripheral
            self.advertises(peripheral)

    def advertises(self, peripheral: Peripheral) -> None:
        """See `Carrier`."""
        for line in self._scanners:
            line.say(advertised(peripheral))

    def notifies(self, peripheral: Peripheral, uuid: str, value: bytes) -> None:
        """See `Carrier`."""
        line = self._connected.get(peripheral.address)
        if line is not None and uuid.lower() in line.heard:
            line.say({"notify": uuid.lower(), "value": value.hex()})

    def hangs_up(self, peripheral: Peripheral) -> None:
        """See `Carrier`."""
        line = self._connected.pop(peripheral.address, None)
        if line is not None:
            line.writer.close()
        peripheral.disconnected()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._clients.add(task)
        try:
            first = await _heard(reader)
            if first and first.get("scan"):
                await self._scanned(reader, _Line(writer))
            elif first:
                await self._connect(reader, _Line(writer), str(first.get("connect", "")).lower())
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._clients.discard(task)
            writer.close()

    async def _scanned(self, reader: asyncio.StreamReader, line: _Line) -> None:
        self._scanners.add(line)
        try:
            for peripheral in self._peripherals.values():
                line.say(advertised(peripheral))
            await reader.read()
        finally:
            self._scanners.discard(line)

    async def _connect(self, reader: asyncio.StreamReader, line: _Line, address: str) -> None:
        await asyncio.sleep(self.connect_s)
        peripheral = self._peripherals.get(address)
        if peripheral is None or not _is_free(peripheral):
            line.say({"error": "unreachable"})
            return
        self._connected[address] = line
        self.most_connected = max(self.most_connected, len(self._connected))
        peripheral.connected()
        line.say({"mtu": peripheral.mtu, "services": described(peripheral)})
        requests: asyncio.Queue[Message] = asyncio.Queue()
        worker = asyncio.create_task(_work(peripheral, line, requests))
        try:
            while (request := await _heard(reader)) is not None:
                requests.put_nowait(request)
        finally:
            worker.cancel()
            await asyncio.gather(worker, return_exceptions=True)
            if self._connected.get(address) is line:
                del self._connected[address]
                peripheral.disconnected()


def _is_free(peripheral: Peripheral) -> bool:
    may = peripheral.is_on and peripheral.advertisement.is_connectable
    return may and not peripheral.is_connected and not peripheral.is_taken()


def advertised(peripheral: Peripheral) -> Message:
    """What a scanner hears of it."""
    said = peripheral.advertisement
    return {
        "address": peripheral.address,
        "is_on": peripheral.is_on,
        "name": said.name,
        "services": list(said.service_uuids),
        "manufacturers": {str(maker): data.hex() for maker, data in said.manufacturer_data.items()},
        "service_data": {uuid: data.hex() for uuid, data in said.service_data.items()},
        "is_connectable": said.is_connectable,
    }


def described(peripheral: Peripheral) -> list[Message]:
    """Its services and characteristics."""
    return [
        {
            "uuid": service.uuid.lower(),
            "characteristics": [
                {
                    "uuid": one.uuid.lower(),
                    "properties": [word for flag, word in WORDS.items() if flag in one.properties],
                }
                for one in service.characteristics
            ],
        }
        for service in peripheral.services
    ]


async def _work(peripheral: Peripheral, line: _Line, requests: "asyncio.Queue[Message]") -> None:
    """Answers one request after the other, as ATT demands; a device that hangs holds up the rest."""
    while True:
        request = await requests.get()
        line.say({"id": request.get("id"), **await _answer(peripheral, line, request)})


async def _answer(peripheral: Peripheral, line: _Line, request: Message) -> Message:
    try:
        if "read" in request:
            return {"value": (await peripheral.read(request["read"])).hex()}
        if "write" in request:
            await peripheral.write(request["write"], bytes.fromhex(request["value"]))
            return {}
        uuid = peripheral.characteristic(request["listen"]).uuid.lower()
        (line.heard.add if request.get("on", True) else line.heard.discard)(uuid)
    except AttRefusal as refusal:
        return {"error": refusal.code}
    except (KeyError, ValueError, TypeError):
        return {"error": UNLIKELY_ERROR}
    return {}


async def _heard(reader: asyncio.StreamReader) -> dict[str, Any] | None:
    """The next message; None at the end, and for what is none."""
    with contextlib.suppress(ValueError, asyncio.IncompleteReadError):
        message = json.loads(await reader.readuntil(b"\n"))
        return message if isinstance(message, dict) else None
    return None
