"""The device's end of the adb wire protocol over TCP: connect, authenticate, streams.

Protocol: AOSP packages/modules/adb/protocol.txt; message = six little-endian words and a payload."""

import asyncio
import base64
import os
import struct
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils

MAX_PAYLOAD = 256 * 1024
"""Largest payload we announce, bytes; the host takes the smaller of both ends."""
VERSION = 0x01000001
"""A_VERSION_SKIP_CHECKSUM."""
FEATURES = "shell_v2,cmd,stat_v2,ls_v2,fixed_push_mkdir"
_TOKEN, _SIGNATURE, _PUBLIC_KEY = 1, 2, 3

Service = Callable[["Stream"], Awaitable[None]]
Open = Callable[[str], Service | None]


def parse_public_key(blob: bytes) -> rsa.RSAPublicKey:
    """Read Android's own public key format (AOSP libcrypto_utils: words, n0inv, modulus, rr, exponent)."""
    raw = base64.b64decode(blob.split(b" ")[0].rstrip(b"\0"))
    words, _ = struct.unpack_from("<II", raw)
    modulus = int.from_bytes(raw[8 : 8 + words * 4], "little")
    (exponent,) = struct.unpack_from("<I", raw, 8 + words * 8)
    return rsa.RSAPublicNumbers(exponent, modulus).public_key()


class Door:
    """Who may come in: keys that were allowed, and whether somebody taps "Allow" at once."""

    def __init__(self, auth: bool, allow: bool) -> None:
        self.auth = auth
        self.allowed = asyncio.Event()
        self.keys: list[rsa.RSAPublicKey] = []
        if allow:
            self.allowed.set()

    def knows(self, token: bytes, signature: bytes) -> bool:
        """True when one of the allowed keys made the signature."""
        for key in self.keys:
            try:
                key.verify(signature, token, padding.PKCS1v15(), utils.Prehashed(hashes.SHA1()))  # noqa: S303
            except InvalidSignature:
                continue
            return True
        return False


class Stream:
    """One service opened by the host. Writes wait for the host's acknowledgement, as adbd does."""

    def __init__(self, link: "WireLink", local: int, remote: int) -> None:
        self._link, self.local, self.remote = link, local, remote
        self._arrived: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._acknowledged = asyncio.Event()
        self._buffer = b""
        self.closed = False

    async def write(self, data: bytes) -> None:
        """Send bytes; raises ConnectionError once the host closed the stream."""
        step = self._link.max_payload
        for start in range(0, len(data), step):
            if self.closed:
                raise ConnectionError("stream closed")
            self._acknowledged.clear()
            self._link.send(b"WRTE", self.local, self.remote, data[start : start + step])
            await self._acknowledged.wait()

    async def read(self, count: int) -> bytes:
        """Exactly `count` bytes; raises EOFError when the host closes before."""
        while len(self._buffer) < count:
            data = await self._arrived.get()
            if data is None:
                raise EOFError
            self._buffer += data
            self._link.send(b"OKAY", self.local, self.remote)
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken

    def arrive(self, data: bytes | None) -> None:
        """The host sent bytes, or closed with None."""
        if data is None:
            self.closed = True
            self._acknowledged.set()
        self._arrived.put_nowait(data)

    def acknowledge(self) -> None:
        """The host took what was written."""
        self._acknowledged.set()

    def close(self) -> None:
        """End the stream; harmless when it is closed."""
        if not self.closed:
            self.closed = True
            self._link.send(b"CLSE", self.local, self.remote)


class WireLink:
    """One connection of a host: reads messages until it ends."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, door: Door, banner: bytes, open_: Open
    ) -> None:
        self._reader, self._writer, self._door, self._banner, self._open = reader, writer, door, banner, open_
        self.max_payload = 4096
        self._streams: dict[int, Stream] = {}
        self._next_id = 1
        self._token = b""
        self._tasks: set[asyncio.Task[None]] = set()

    def send(self, command: bytes, arg0: int, arg1: int, data: bytes = b"") -> None:
        """Queue one message; the operating system's buffer bounds it, for streams wait for acknowledgements."""
        if self._writer.is_closing():
            return
        (word,) = struct.unpack("<I", command)
        head = struct.pack("<6I", word, arg0, arg1, len(data), sum(data) & 0xFFFFFFFF, word ^ 0xFFFFFFFF)
        self._writer.write(head + data)

    async def run(self) -> None:
        """Serve until the host goes away or `close`."""
        try:
            while True:
                command, arg0, arg1, size, _, magic = struct.unpack("<4sIIIII", await self._reader.readexactly(24))
                if struct.unpack("<I", command)[0] ^ magic != 0xFFFFFFFF or size > 2 * MAX_PAYLOAD:
                    return
                data = await self._reader.readexactly(size) if size else b""
                self._dispatch(command, arg0, arg1, data)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            self.close()

    def close(self) -> None:
        """Hang up and end all services."""
        for task in self._tasks:
            task.cancel()
        self._writer.close()

    def _dispatch(self, command: bytes, arg0: int, arg1: int, data: bytes) -> None:
        stream = self._streams.get(arg1)
        if command == b"CNXN":
            self.max_payload = min(arg1, MAX_PAYLOAD)
            self._challenge() if self._door.auth else self._welcome()
        elif command == b"AUTH":
            self._authenticate(arg0, data)
        elif command == b"OPEN":
            self._start(arg0, data.rstrip(b"\0").decode("utf-8", "replace"))
        elif command == b"WRTE" and stream:
            stream.arrive(data)
        elif command == b"OKAY" and stream:
            stream.acknowledge()
        elif command == b"CLSE" and stream:
            del self._streams[arg1]
            stream.close()  # some hosts wait for a CLSE in answer to theirs
            stream.arrive(None)

    def _challenge(self) -> None:
        self._token = os.urandom(20)
        self.send(b"AUTH", _TOKEN, 0, self._token)

    def _welcome(self) -> None:
        self.send(b"CNXN", VERSION, MAX_PAYLOAD, self._banner)

    def _authenticate(self, kind: int, data: bytes) -> None:
        if kind == _SIGNATURE:
            if self._door.knows(self._token, data):
                self._welcome()
            else:
                self._challenge()
        elif kind == _PUBLIC_KEY:
            self._spawn(self._ask_person(data))

    async def _ask_person(self, blob: bytes) -> None:
        await self._door.allowed.wait()
        self._door.keys.append(parse_public_key(blob))
        self._welcome()

    def _start(self, remote: int, service: str) -> None:
        handler = self._open(service)
        if handler is None:
            self.send(b"CLSE", 0, remote)
            return
        stream = Stream(self, self._next_id, remote)
        self._streams[self._next_id] = stream
        self._next_id += 1
        self.send(b"OKAY", stream.local, remote)
        self._spawn(self._serve(handler, stream))

    async def _serve(self, handler: Service, stream: Stream) -> None:
        try:
            await handler(stream)
        except (EOFError, ConnectionError):
            pass
        finally:
            stream.close()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
