"""The socket by which the command line speaks to a running hub: for its owner only, one JSON line each way."""

import asyncio
import json
import logging
import os
import socket
import struct
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from medialab_hub.errors import HubError

log = logging.getLogger(__name__)

Answer = dict[str, Any]
Command = Callable[[Mapping[str, Any]], Awaitable[Answer]]
"""Carries out one command with its arguments. Raises HubError."""
LARGEST_LINE = 64 * 1024
_CREDENTIALS = struct.Struct("3i")


class AdminSocket:
    """Listens in the data folder; other users of this machine are refused by mode and by their credentials."""

    def __init__(self, path: Path, commands: Mapping[str, Command]) -> None:
        self._path, self._commands = path, commands
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen. A socket left by a killed hub is replaced; whoever holds the database is the one hub."""
        self._path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            with _short(self._path) as address:
                self._server = await asyncio.start_unix_server(self._serve, address, limit=LARGEST_LINE)
        finally:
            os.umask(before)

    async def stop(self) -> None:
        """Stop listening and remove the socket."""
        if self._server is not None:
            self._server.close()
            self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if _is_owner(writer.get_extra_info("socket")):
                answer = await self._answer(await asyncio.wait_for(reader.readline(), 5))
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        except (ConnectionError, TimeoutError, ValueError) as error:
            log.warning("admin socket: %s", error)
        finally:
            writer.close()

    async def _answer(self, line: bytes) -> Answer:
        request = json.loads(line)
        command = self._commands.get(request.get("command", ""))
        if command is None:
            return {"error": {"code": "unknown-command", "de": "Unbekannter Befehl.", "en": "Unknown command."}}
        try:
            return {"result": await command(request.get("arguments", {}))}
        except HubError as error:
            return {"error": error_body(error)}


def error_body(error: HubError) -> dict[str, str]:
    """An error as the command line shows it."""
    texts = [error.title] if error.remedy is None else [error.title, error.remedy]
    return {
        "code": error.code,
        "de": " ".join(text.de for text in texts),
        "en": " ".join(text.en for text in texts),
    }


def ask(path: Path, command: str, arguments: Mapping[str, Any]) -> Answer | None:
    """Let the running hub carry out a command. None when no hub is running there."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(60)
        try:
            with _short(path) as address:
                connection.connect(address)
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        connection.sendall(json.dumps({"command": command, "arguments": dict(arguments)}).encode() + b"\n")
        line = connection.makefile("rb").readline()
    answer: Answer = json.loads(line) if line else {"error": {"code": "refused", "de": "Abgelehnt.", "en": "Refused."}}
    return answer


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """The path by way of its open folder: addresses of sockets hold 107 bytes only (unix(7))."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def _is_owner(connection: socket.socket) -> bool:
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    return _CREDENTIALS.unpack(raw)[1] in {0, os.geteuid()}
