"""Connections to simulated peripherals on an `Air`."""

import asyncio
import contextlib
import itertools
import json
from pathlib import Path
from typing import Any

from medialab_agent.sdk.air import LONGEST_LINE
from medialab_agent.sdk.gatt import ANSWER_S, CONNECT_S, Gatt, Inbox, Radio, garbled, refused, silent


class AirRadio(Radio):
    """Connects over the socket of an `Air`."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket

    async def connect(self, address: str, path: str = "") -> Gatt:  # noqa: ARG002 - means nothing on this air
        """See `Radio`."""
        try:
            async with asyncio.timeout(CONNECT_S):
                reader, writer = await asyncio.open_unix_connection(str(self._socket), limit=LONGEST_LINE)
                try:
                    writer.write(json.dumps({"connect": address}).encode() + b"\n")
                    welcome = json.loads(await reader.readuntil(b"\n"))
                except BaseException:
                    writer.close()
                    raise
        except (OSError, TimeoutError, EOFError, ValueError) as error:
            raise silent(type(error).__name__) from error
        if "error" in welcome:
            writer.close()
            raise silent(str(welcome["error"]))
        return AirGatt(reader, writer, welcome)


class AirGatt(Gatt):
    """One connection over the socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, welcome: dict[str, Any]) -> None:
        self._reader, self._writer = reader, writer
        self._mtu = max(23, int(welcome["mtu"]))
        self._known = {one["uuid"] for service in welcome["services"] for one in service["characteristics"]}
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._inboxes: dict[str, Inbox] = {}
        self._hearing = asyncio.create_task(self._hear())

    @property
    def mtu(self) -> int:
        """See `Gatt`."""
        return self._mtu

    def has(self, uuid: str) -> bool:
        """See `Gatt`."""
        return uuid.lower() in self._known

    async def read(self, uuid: str) -> bytes:
        """See `Gatt`."""
        answer = await self._ask({"read": uuid.lower()})
        try:
            return bytes.fromhex(answer["value"])
        except (KeyError, ValueError, TypeError) as error:
            raise garbled() from error

    async def write(self, uuid: str, value: bytes, *, quietly: bool = False) -> None:
        """See `Gatt`."""
        await self._ask({"write": uuid.lower(), "value": value.hex(), "quiet": quietly}, quietly=quietly)

    async def listen(self, uuid: str) -> Inbox:
        """See `Gatt`."""
        inbox = self._inboxes[uuid.lower()] = Inbox()
        await self._ask({"listen": uuid.lower()})
        return inbox

    async def close(self) -> None:
        """See `Gatt`."""
        self._hearing.cancel()
        await asyncio.gather(self._hearing, return_exceptions=True)
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def _ask(self, request: dict[str, Any], *, quietly: bool = False) -> dict[str, Any]:
        if self._hearing.done():
            raise silent("hung up")
        number = next(self._ids)
        self._writer.write(json.dumps({"id": number} | request).encode() + b"\n")
        if quietly:
            return {}
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(ANSWER_S):
                said: dict[str, Any] = await answer
        except TimeoutError as error:
            raise silent("no answer") from error
        finally:
            del self._waiting[number]
        if "error" in said:
            raise refused(f"ATT error {said['error']}")
        return said

    async def _hear(self) -> None:
        with contextlib.suppress(OSError, ValueError, asyncio.IncompleteReadError):
            while True:
                self._take(json.loads(await self._reader.readuntil(b"\n")))
        for inbox in self._inboxes.values():
            inbox.end()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(silent("hung up"))

    def _take(self, message: dict[str, Any]) -> None:
        if "notify" in message:
            inbox = self._inboxes.get(message["notify"])
            if inbox is not None:
                inbox.put(bytes.fromhex(message["value"]))
            return
        answer = self._waiting.get(message.get("id", 0))
        if answer is not None and not answer.done():
            answer.set_result(message)
