"""A simulated node of a USB device: control requests as whole messages over a socket."""

import select
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from medialab_agent.drivers.arduino.simulated.dfu import ALTERNATES

LOOK_S = 0.05
MESSAGE = 8 + 4096
Answer = Callable[[bytes, bytes], bytes | None]
"""From setup and data to the answer. None: refused."""


class Unheard(Exception):
    """The device does not answer at all."""


class UsbNode:
    """Open from `start` to `stop`; `closed` is told each time somebody let go of it."""

    def __init__(self, path: Path, functional: bytes, answer: Answer, closed: Callable[[], None]) -> None:
        self.path, self._answer, self._closed = path, answer, closed
        self._configuration = configuration(functional)
        self._halt = threading.Event()
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._thread = threading.Thread(target=self._live, name=f"usb-{path.name}", daemon=True)

    def start(self) -> None:
        """Appear."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.unlink(missing_ok=True)
        self._server.bind(str(self.path))
        self._server.listen(4)
        self._thread.start()

    def stop(self) -> None:
        """Vanish, whoever is connected."""
        self._halt.set()
        self.path.unlink(missing_ok=True)
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout=5)

    def _live(self) -> None:
        clients: list[socket.socket] = []
        while not self._halt.is_set():
            for ready in select.select([self._server, *clients], [], [], LOOK_S)[0]:
                if ready is self._server:
                    clients.append(self._server.accept()[0])
                elif not self._serve(ready):
                    clients.remove(ready)
                    ready.close()
                    self._closed()
        for one in (self._server, *clients):
            one.close()

    def _serve(self, client: socket.socket) -> bool:
        """Answer one request; False when the client is gone, or the device."""
        with suppress(OSError):
            message = client.recv(MESSAGE)
            if not message or len(message) < 8:
                return False
            with suppress(Unheard):
                answer = self._reply(message[:8], message[8:])
                if self._halt.is_set():
                    return False
                client.send(b"\1" if answer is None else b"\0" + answer)
            return True
        return False

    def _reply(self, setup: bytes, data: bytes) -> bytes | None:
        kind, number, value, _index, length = struct.unpack("<BBHHH", setup)
        if (kind, number, value >> 8) == (0x80, 6, 2):
            return self._configuration[:length]
        return self._answer(setup, data) if kind & 0x60 == 0x20 else None


def configuration(functional: bytes) -> bytes:
    """Its descriptors: one interface in DFU mode with two settings (usb_descriptors.c)."""
    body = b"".join(struct.pack("<9B", 9, 4, 0, number, 0, 0xFE, 1, 2, 4 + number) for number in range(len(ALTERNATES)))
    body += functional
    return struct.pack("<BBHBBBBB", 9, 2, 9 + len(body), 1, 1, 0, 0x80, 50) + body
