"""A small HTTP/1.1 and websocket server on asyncio streams, enough to be a Moonraker (h11 and websockets' sans-I/O
core do the protocols)."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import h11
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

MAX_BODY = 64 * 1024 * 1024
CHUNK = 65536
WEBSOCKET = "/websocket"


@dataclass(frozen=True)
class Ask:
    """One request; header names are lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""

    def form(self) -> dict[str, tuple[str, bytes]]:
        """Fields of a multipart form: name → (file name, content)."""
        _, has, boundary = self.headers.get("content-type", "").partition("boundary=")
        if not has:
            return {}
        parts = self.body.split(b"--" + boundary.strip('"').encode())[1:-1]
        return dict(map(_field, parts))


def _field(part: bytes) -> tuple[str, tuple[str, bytes]]:
    head, _, content = part.partition(b"\r\n\r\n")
    words = dict(re.findall(r'[; ](name|filename)="([^"]*)"', head.decode(errors="replace")))
    return words.get("name", ""), (words.get("filename", "").replace("%22", '"'), content.removesuffix(b"\r\n"))


@dataclass(frozen=True)
class Reply:
    """One answer."""

    status: int = 200
    body: bytes = b""
    kind: str = "application/json"

    @classmethod
    def of(cls, value: Any, status: int = 200) -> "Reply":
        """As JSON."""
        return cls(status, json.dumps(value).encode())


class Socket:
    """The server's end of one websocket. `headers` are those of its handshake."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ask: Ask, handshake: bytes) -> None:
        self.headers = ask.headers
        self._reader, self._writer = reader, writer
        self._protocol = ServerProtocol()
        self._protocol.receive_data(handshake)
        for request in self._protocol.events_received():
            self._protocol.send_response(self._protocol.accept(request))  # type: ignore[arg-type]
        self._flush()

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data and not self._writer.is_closing():
                self._writer.write(data)

    def send(self, message: Mapping[str, Any]) -> None:
        """Send one JSON message; lost when the other end is gone."""
        if self._protocol.state is State.OPEN:
            self._protocol.send_text(json.dumps({"jsonrpc": "2.0", **message}).encode())
            self._flush()

    async def messages(self) -> AsyncIterator[Any]:
        """What the other end sends, until it leaves."""
        while data := await self._reader.read(CHUNK):
            self._protocol.receive_data(data)
            self._flush()
            for event in self._protocol.events_received():
                if isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                    with suppress(ValueError):
                        yield json.loads(bytes(event.data))
            if self._protocol.close_expected():
                return


Handler = Callable[[Ask], Awaitable[Reply | None]]
"""None: never answer."""
Greeter = Callable[[Socket], Awaitable[None]]


class Server:
    """Listens on loopback. `handle` answers requests, also those for a websocket there is no room for; `greet` keeps
    each websocket, of which there are at most `most_sockets`."""

    def __init__(self, handle: Handler, greet: Greeter, most_sockets: int = 50) -> None:
        self._handle, self._greet = handle, greet
        self.most_sockets = most_sockets
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()
        self._sockets = 0
        self.port = 0

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes a free one."""
        self._server = await asyncio.start_server(self._talk, host, port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and drop every connection without a farewell."""
        if self._server is not None:
            self._server.close()
            self._server = None
        others = self._talks - {asyncio.current_task()}
        for talk in others:
            talk.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        try:
            await self._converse(reader, writer)
        except (OSError, h11.RemoteProtocolError, asyncio.CancelledError):
            pass
        finally:
            self._talks.discard(task)
            writer.transport.abort()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        http = h11.Connection(h11.SERVER)
        while (got := await _request(http, reader)) is not None:
            ask, handshake = got
            if handshake and ask.path == WEBSOCKET and self._sockets < self.most_sockets:
                await self._keep(Socket(reader, writer, ask, handshake))
                return
            reply = await self._handle(ask)
            if reply is None:
                await asyncio.Event().wait()
            elif self._server is not None:
                await _answer(http, writer, reply)
            if http.our_state is not h11.DONE or http.their_state is not h11.DONE:
                return
            http.start_next_cycle()

    async def _keep(self, socket: Socket) -> None:
        self._sockets += 1
        try:
            await self._greet(socket)
        finally:
            self._sockets -= 1


async def _request(http: h11.Connection, reader: asyncio.StreamReader) -> tuple[Ask, bytes] | None:
    head: h11.Request | None = None
    body = bytearray()
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            http.receive_data(await reader.read(CHUNK))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > MAX_BODY:
                return None
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            return _ask(head, bytes(body))
        else:
            return None


def _ask(head: h11.Request, body: bytes) -> tuple[Ask, bytes]:
    headers = {name.decode().lower(): value.decode(errors="replace") for name, value in head.headers}
    target = urlsplit(head.target.decode(errors="replace"))
    query = dict(parse_qsl(target.query, keep_blank_values=True))
    ask = Ask(head.method.decode(), unquote(target.path), query, headers, body)
    if headers.get("upgrade", "").lower() != "websocket":
        return ask, b""
    lines = [b"GET " + head.target + b" HTTP/1.1", *(n + b": " + v for n, v in head.headers.raw_items())]
    return ask, b"\r\n".join(lines) + b"\r\n\r\n"


async def _answer(http: h11.Connection, writer: asyncio.StreamWriter, reply: Reply) -> None:
    headers = {"Content-Type": reply.kind, "Content-Length": str(len(reply.body))}
    head = h11.Response(status_code=reply.status, headers=[(n.encode(), v.encode()) for n, v in headers.items()])
    parts = [http.send(head), http.send(h11.Data(data=reply.body)), http.send(h11.EndOfMessage())]
    writer.write(b"".join(part or b"" for part in parts))
    await writer.drain()
