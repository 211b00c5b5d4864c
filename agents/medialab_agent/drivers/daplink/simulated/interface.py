"""The simulated command channel: 64-byte reports over a socket of whole messages, as a HID node would carry them."""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from pathlib import Path

Handle = Callable[[bytes], bytes | None]
"""Given a report without its number, the answer; None: no answer."""
REPORT = 64


class Interface:
    """Listens at `path`; several clients may be connected, and each gets the answers to its own commands."""

    def __init__(self, path: Path, handle: Handle, delay_s: Callable[[], float]) -> None:
        self.path, self._handle, self._delay_s = path, handle, delay_s
        self._server: socket.socket | None = None
        self._clients: set[socket.socket] = set()

    def open(self) -> None:
        """Appear."""
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._server.setblocking(False)
        self._server.bind(str(self.path))
        self._server.listen(8)
        asyncio.get_running_loop().add_reader(self._server, self._accept)

    def close(self) -> None:
        """Vanish, whoever is connected."""
        if self._server is None:
            return
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._server)
        self._server.close()
        self._server = None
        self.path.unlink(missing_ok=True)
        for client in list(self._clients):
            self._drop(client)

    def _accept(self) -> None:
        if self._server is None:
            return
        with contextlib.suppress(OSError):
            client, _ = self._server.accept()
            client.setblocking(False)
            self._clients.add(client)
            asyncio.get_running_loop().add_reader(client, self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        try:
            report = client.recv(REPORT + 1)
        except BlockingIOError:
            return
        except OSError:
            report = b""
        if not report:
            self._drop(client)
            return
        answer = self._handle(report[1:].ljust(REPORT, b"\0"))
        if answer is None:
            return
        delay_s = self._delay_s()
        if delay_s:
            asyncio.get_running_loop().call_later(delay_s, self._answer, client, answer)
        else:
            self._answer(client, answer)

    def _answer(self, client: socket.socket, answer: bytes) -> None:
        if client in self._clients:
            with contextlib.suppress(OSError):
                client.send(answer.ljust(REPORT, b"\0"))

    def _drop(self, client: socket.socket) -> None:
        if client in self._clients:
            self._clients.discard(client)
            asyncio.get_running_loop().remove_reader(client)
            client.close()
