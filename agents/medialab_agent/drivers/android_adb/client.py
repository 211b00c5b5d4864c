"""A thin asyncio client of the adb server's smart-socket protocol.

Protocol: AOSP packages/modules/adb, SERVICES.TXT and SYNC.TXT."""

import asyncio
import contextlib
import re
import struct
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass

from medialab_agent.sdk.trouble import DeviceTrouble, Refused, Unreachable
from medialab_wire.texts import Text

CONNECT_S = 5.0
"""Seconds the adb server on this machine may take to accept and to answer a short question."""
MAX_OUTPUT = 16 * 1024 * 1024
"""Bytes of output of one command we keep; more is a broken device."""
_CHUNK = 64 * 1024
_LINE = re.compile(r"^(?P<serial>\S+|\(no serial number\))\s+(?P<rest>.*)$")
_DETAIL = re.compile(r"\b(product|model|device|transport_id):(\S+)")
_PLACE = re.compile(r"\b(usb:\S+)")


@dataclass(frozen=True)
class AdbDevice:
    """One line of `devices-l`. `place` is like `usb:1-1.3` (hub port) or empty."""

    serial: str
    state: str
    place: str = ""
    product: str = ""
    model: str = ""
    device: str = ""
    transport_id: str = ""


@dataclass(frozen=True)
class Answer:
    """What a command printed (both streams, order within each kept) and its exit code."""

    text: str
    code: int


class NoServer(Unreachable):
    """No adb server answers at the address."""


class NobodyListens(NoServer):
    """The port is free: nobody's server would be ended by starting one."""


def parse_devices(text: str) -> tuple[AdbDevice, ...]:
    """Read the answer to `host:devices-l`; lines that make no sense are skipped."""
    return tuple(device for line in text.splitlines() if (device := _parse_line(line)))


def _parse_line(line: str) -> AdbDevice | None:
    found = _LINE.match(line)
    if not found:
        return None
    rest = found["rest"].strip()
    details = dict(_DETAIL.findall(rest))
    place = _PLACE.search(rest)
    cut = min(
        (at for key in ("usb:", "product:", "model:", "device:", "transport_id:") if (at := rest.find(key)) >= 0),
        default=len(rest),
    )
    return AdbDevice(found["serial"], rest[:cut].strip() or "unknown", place[1] if place else "", **details)


class AdbClient:
    """Speaks to one adb server. Holds no connection: the protocol takes one per question."""

    def __init__(self, host: str = "127.0.0.1", port: int = 5037) -> None:
        self.host, self.port = host, port

    @classmethod
    def from_settings(cls, settings: Mapping[str, str]) -> "AdbClient":
        """From `adb_host` (default 127.0.0.1) and `adb_port` (default 5037)."""
        return cls(settings.get("adb_host", "127.0.0.1"), int(settings.get("adb_port", "5037")))

    async def devices(self) -> tuple[AdbDevice, ...]:
        """What the server sees now, unauthorized ones included. Raises `NoServer`."""
        return parse_devices(await self.ask("host:devices-l"))

    async def ask(self, service: str) -> str:
        """One short question to the server itself. Raises `NoServer`, also when it takes too long."""
        try:
            async with asyncio.timeout(CONNECT_S), self._open(service) as (reader, _):
                return await _read_block(reader)
        except TimeoutError as error:
            raise no_server(f"{self.host}:{self.port} no answer within {CONNECT_S:.0f} s") from error

    async def connect(self, address: str) -> str:
        """Let the server connect to `host:port`; gives its sentence, such as `connected to …`."""
        async with self._open(f"host:connect:{address}") as (reader, _):
            return await _read_block(reader)

    async def track(self) -> AsyncGenerator[None, None]:
        """Yields at every change the server pushes; ends when the server goes. States in it are not reliable."""
        async with self._open("host:track-devices-l") as (reader, _):
            while True:
                await _read_block(reader)
                yield

    async def shell(self, transport_id: str, script: str) -> Answer:
        """Run a script with the device's real exit code (shell v2). No deadline of its own."""
        async with self._device(transport_id, f"shell,v2,raw:{script}") as (reader, _):
            return await _read_shell_v2(reader)

    async def push(self, transport_id: str, path: str, content: bytes, mode: int = 0o644) -> None:
        """Write a file by the sync service. Raises `Refused` with the device's words."""
        async with self._device(transport_id, "sync:") as (reader, writer):
            head = f"{path},{0o100000 | mode}".encode()
            writer.write(b"SEND" + struct.pack("<I", len(head)) + head)
            for start in range(0, len(content), _CHUNK):
                chunk = content[start : start + _CHUNK]
                writer.write(b"DATA" + struct.pack("<I", len(chunk)) + chunk)
                await writer.drain()
            writer.write(b"DONE" + struct.pack("<I", 0))
            verb, size = struct.unpack("<4sI", await reader.readexactly(8))
            if verb != b"OKAY":
                raise _refused((await reader.readexactly(min(size, 4096))).decode("utf-8", "replace"))

    async def stat(self, transport_id: str, path: str) -> tuple[int, int] | None:
        """(mode, size in bytes modulo 2³²) by the sync service, or None when the path is not there."""
        async with self._device(transport_id, "sync:") as (reader, writer):
            raw = path.encode()
            writer.write(b"STAT" + struct.pack("<I", len(raw)) + raw)
            mode, size, _ = struct.unpack("<4xIII", await reader.readexactly(16))
            return (mode, size) if mode else None

    async def install(self, transport_id: str, apk: bytes, options: str = "-r -g") -> None:
        """Stream a package into `cmd package install`. Raises `Refused` with the device's words."""
        service = f"exec:cmd package install {options} -S {len(apk)}"
        async with self._device(transport_id, service) as (reader, writer):
            for start in range(0, len(apk), _CHUNK):
                writer.write(apk[start : start + _CHUNK])
                await writer.drain()
            words = (await reader.read(4096)).decode("utf-8", "replace").strip()
            if not words.startswith("Success"):
                raise _refused(words)

    @contextlib.asynccontextmanager
    async def _device(
        self, transport_id: str, service: str
    ) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        async with self._open(f"host:transport-id:{transport_id}") as (reader, writer):
            await _request(reader, writer, service)
            yield reader, writer

    @contextlib.asynccontextmanager
    async def _open(self, service: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        try:
            async with asyncio.timeout(CONNECT_S):
                reader, writer = await asyncio.open_connection(self.host, self.port, limit=256 * 1024)
        except (OSError, TimeoutError) as error:
            kind = NobodyListens if isinstance(error, ConnectionRefusedError) else NoServer
            raise no_server(f"{self.host}:{self.port} {error}", kind) from error
        try:
            await _request(reader, writer, service)
            yield reader, writer
        except (asyncio.IncompleteReadError, ConnectionError, struct.error) as error:
            raise gone(str(error)) from error
        finally:
            writer.close()


async def _request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, service: str) -> None:
    raw = service.encode()
    writer.write(f"{len(raw):04x}".encode() + raw)
    await writer.drain()
    status = await reader.readexactly(4)
    if status == b"OKAY":
        return
    words = await _read_block(reader) if status == b"FAIL" else repr(status)
    raise gone(words) if "not found" in words or "offline" in words or "no device" in words else _refused(words)


async def _read_block(reader: asyncio.StreamReader) -> str:
    head = await reader.readexactly(4)
    try:
        size = int(head, 16)
    except ValueError as error:
        raise gone(f"bad length {head!r}") from error
    return (await reader.readexactly(size)).decode("utf-8", "replace")


async def _read_shell_v2(reader: asyncio.StreamReader) -> Answer:
    """Packets of id (1 stdout, 2 stderr, 3 exit), length, bytes: AOSP shell_protocol.h."""
    out, total = [], 0
    while True:
        kind, size = struct.unpack("<BI", await reader.readexactly(5))
        total += size
        if total > MAX_OUTPUT:
            raise gone("too much output")
        data = await reader.readexactly(size)
        if kind in (1, 2):
            out.append(data)
        elif kind == 3:
            return Answer(b"".join(out).decode("utf-8", "replace"), data[0] if data else 255)


def no_server(detail: str, kind: type[NoServer] = NoServer) -> NoServer:
    """The adb server does not answer."""
    return kind(
        "adb-server-missing",
        Text(de="Der Dienst für Tablets (adb) läuft nicht.", en="The service for tablets (adb) is not running."),
        Text(
            de="Das Paket „adb“ installieren oder den Dienst starten.",
            en="Install the package “adb” or start the service.",
        ),
        detail,
    )


def gone(detail: str) -> DeviceTrouble:
    """The connection to the device broke."""
    return Unreachable(
        "device-gone",
        Text(de="Die Verbindung zum Gerät ist abgebrochen.", en="The connection to the device broke."),
        Text(de="Gerät aufwecken, Kabel neu einstecken.", en="Wake the device and plug the cable in again."),
        detail,
    )


def _refused(detail: str) -> Refused:
    return Refused(
        "device-refused",
        Text(de="Das Gerät hat den Befehl abgelehnt.", en="The device refused the command."),
        None,
        detail,
    )
