"""A small HTTP/1.1 and websocket server on asyncio streams for simulators of devices in the network.

h11 and websockets' sans-I/O core do the protocols; what a device answers is the simulator's own."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import h11
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

MAX_BODY = 64 * 1024 * 1024
"""Bytes; who sends more is dropped."""
CHUNK = 65536
NO_BODY = frozenset({204, 304})
"""Answers without a body, not even an empty one (RFC 9110, 8.6)."""


@dataclass(frozen=True)
class Ask:
    """One request; header names are lower case. `path` is decoded, `target` is as it was sent, query included."""

    method: str
    path: str
    target: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""

    def json(self) -> dict[str, Any]:
        """The JSON object in the body; empty when there is none."""
        with suppress(ValueError):
            if isinstance(found := json.loads(self.body), dict):
                return found
        return {}

    def form(self) -> dict[str, tuple[str, bytes]]:
        """Fields of a multipart or plain form: name → (file name, content)."""
        _, is_multipart, boundary = self.headers.get("content-type", "").partition("boundary=")
        if not is_multipart:
            return {k: ("", v.encode()) for k, v in parse_qsl(self.body.decode(errors="replace"))}
        return dict(map(_field, self.body.split(b"--" + boundary.strip('"').encode())[1:-1]))


def _field(part: bytes) -> tuple[str, tuple[str, bytes]]:
    head, _, content = part.partition(b"\r\n\r\n")
    words = dict(re.findall(r'[; ](name|filename)="([^"]*)"', head.decode(errors="replace")))
    return words.get("name", ""), (words.get("filename", "").replace("%22", '"'), content.removesuffix(b"\r\n"))


@dataclass(frozen=True)
class Reply:
    """One answer; its length is added when it is sent."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, value: Any, status: int = 200, **headers: str) -> "Reply":
        """As JSON."""
        return cls(status, json.dumps(value).encode(), {"Content-Type": "application/json", **headers})


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
            self._protocol.send_text(json.dumps(message).encode())
            self._flush()

    async def messages(self) -> AsyncIterator[Any]:
        """What the other end sends, until it leaves; what is no JSON is passed over."""
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


@dataclass(frozen=True)
class Websockets:
    """Where a server takes websockets. `greet` keeps each one for as long as it runs; there are at most `most`."""

    path: str
    greet: Greeter
    most: int = 50


class Server:
    """Listens on loopback. `handle` answers requests, also those for a websocket there is no place or room for."""

    def __init__(self, handle: Handler, websockets: Websockets | None = None) -> None:
        self._handle, self._websockets = handle, websockets
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()
        self._sockets = 0
        self.port = 0

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes a free one. May be started again after `stop`."""
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
            if handshake and (greet := self._greeter(ask)) is not None:
                await self._keep(greet, Socket(reader, writer, ask, handshake))
                return
            reply = await self._handle(ask)
            if reply is None:
                await asyncio.Event().wait()
            elif self._server is not None:
                await _answer(http, writer, reply)
            if http.our_state is not h11.DONE or http.their_state is not h11.DONE:
                return
            http.start_next_cycle()

    def _greeter(self, ask: Ask) -> Greeter | None:
        place = self._websockets
        return place.greet if place and ask.path == place.path and self._sockets < place.most else None

    async def _keep(self, greet: Greeter, socket: Socket) -> None:
        self._sockets += 1
        try:
            await greet(socket)
        finally:
            self._sockets -= 1


async def _request(http: h11.Connection, reader: asyncio.StreamReader) -> tuple[Ask, bytes] | None:
    """The next request, with its handshake when it asks for a websocket; None when the other end is done."""
    head: h11.Request | None = None
    body = bytearray()
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            http.receive_data(await reader.read(CHUNK))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data) and len(body) + len(event.data) <= MAX_BODY:
            body += event.data
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            return _ask(head, bytes(body)), _handshake(head)
        else:
            return None


def _ask(head: h11.Request, body: bytes) -> Ask:
    headers = {name.decode().lower(): value.decode(errors="replace") for name, value in head.headers}
    target = head.target.decode(errors="replace")
    parts = urlsplit(target)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    return Ask(head.method.decode(), unquote(parts.path), target, query, headers, body)


def _handshake(head: h11.Request) -> bytes:
    """The request as it was, when it is one for a websocket."""
    if (b"upgrade", b"websocket") not in {(name, value.lower()) for name, value in head.headers}:
        return b""
    lines = [b"GET " + head.target + b" HTTP/1.1", *(n + b": " + v for n, v in head.headers.raw_items())]
    return b"\r\n".join(lines) + b"\r\n\r\n"


async def _answer(http: h11.Connection, writer: asyncio.StreamWriter, reply: Reply) -> None:
    headers = [*reply.headers.items()]
    if reply.status not in NO_BODY:
        headers.append(("Content-Length", str(len(reply.body))))
    head = h11.Response(status_code=reply.status, headers=[(n.encode(), v.encode()) for n, v in headers])
    events = [head, h11.Data(data=reply.body), h11.EndOfMessage()] if reply.body else [head, h11.EndOfMessage()]
    writer.write(b"".join(http.send(event) or b"" for event in events))
    await writer.drain()
