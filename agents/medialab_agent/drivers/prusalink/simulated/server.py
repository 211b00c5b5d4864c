"""A small HTTP/1.1 server on asyncio streams, enough to be a PrusaLink (h11 does the protocol)."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

import h11

MAX_BODY = 64 * 1024 * 1024
CHUNK = 65536


@dataclass(frozen=True)
class Ask:
    """One request; header names are lower case. `target` is the path as it was sent."""

    method: str
    path: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    def json(self) -> dict[str, Any]:
        """The JSON object in the body; empty when there is none."""
        with suppress(ValueError):
            if isinstance(found := json.loads(self.body), dict):
                return found
        return {}

    def is_set(self, name: str) -> bool:
        """Whether a structured header is true."""
        return self.headers.get(name, "").strip() == "?1"


@dataclass(frozen=True)
class Reply:
    """One answer."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, value: Any, status: int = 200) -> "Reply":
        """As JSON."""
        return cls(status, json.dumps(value).encode(), {"Content-Type": "application/json"})


Handler = Callable[[Ask], Awaitable[Reply | None]]
"""None: never answer."""


class Server:
    """Listens on loopback and answers with `handle`."""

    def __init__(self, handle: Handler) -> None:
        self._handle = handle
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()
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
        while (ask := await _request(http, reader)) is not None:
            reply = await self._handle(ask)
            if reply is None:
                await asyncio.Event().wait()
            elif self._server is not None:
                await _answer(http, writer, reply)
            if http.our_state is not h11.DONE or http.their_state is not h11.DONE:
                return
            http.start_next_cycle()


async def _request(http: h11.Connection, reader: asyncio.StreamReader) -> Ask | None:
    head: h11.Request | None = None
    body = bytearray()
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            http.receive_data(await reader.read(CHUNK))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data) and len(body) <= MAX_BODY:
            body += event.data
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            return _ask(head, bytes(body))
        else:
            return None


def _ask(head: h11.Request, body: bytes) -> Ask:
    headers = {name.decode().lower(): value.decode(errors="replace") for name, value in head.headers}
    target = head.target.decode(errors="replace")
    return Ask(head.method.decode(), unquote(urlsplit(target).path), target, headers, body)


async def _answer(http: h11.Connection, writer: asyncio.StreamWriter, reply: Reply) -> None:
    headers = [*reply.headers.items()]
    if reply.status != 204:
        headers.append(("Content-Length", str(len(reply.body))))
    head = h11.Response(status_code=reply.status, headers=[(n.encode(), v.encode()) for n, v in headers])
    parts = [
        http.send(head),
        http.send(h11.Data(data=reply.body)) if reply.body else b"",
        http.send(h11.EndOfMessage()),
    ]
    writer.write(b"".join(part or b"" for part in parts))
    await writer.drain()
