"""A simulated USB serial port for simulators: a pty whose opening is told to the board, as DTR tells a real one."""

import ctypes
import os
import select
import struct
import termios
import threading
import time
import tty
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

IN_CLOSE = 0x08 | 0x10
IN_OPEN = 0x20
"""linux/inotify.h"""
_HEAD = struct.Struct("iIII")


class Opens:
    """Watches one node. `fd` is readable when there is news."""

    def __init__(self, path: str) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self.fd = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self.fd < 0 or libc.inotify_add_watch(self.fd, os.fsencode(path), IN_OPEN | IN_CLOSE) < 0:
            raise OSError(ctypes.get_errno(), f"inotify: {path}")

    def news(self) -> list[bool]:
        """In order: True for each time it was opened, False for each time it was closed."""
        try:
            data = os.read(self.fd, 4096)
        except BlockingIOError:
            return []
        found = []
        while data:
            _watch, mask, _cookie, length = _HEAD.unpack_from(data)
            data = data[_HEAD.size + length :]
            if mask & (IN_OPEN | IN_CLOSE):
                found.append(bool(mask & IN_OPEN))
        return found

    def close(self) -> None:
        """Stop watching."""
        os.close(self.fd)


LOOK_S = 0.02
"""Seconds between two looks at whether the board has something to say or is unplugged."""
REST_S = 0.1
"""The same while nobody has the port open."""
BAUDS = {termios.B1200: 1200, termios.B57600: 57_600, termios.B115200: 115_200}


class Board(Protocol):
    """Who lives behind the port. Called on the port's thread only."""

    def opened(self) -> None:
        """Somebody opened the port: the board starts anew."""

    def closed(self) -> None:
        """Everybody closed the port."""

    def heard(self, data: bytes, baud: int) -> bytes:
        """Bytes for the board at this speed; its answer."""

    def said(self) -> bytes:
        """What the board says by itself now."""


class Port:
    """Open from `start` to `stop`; `path` is its device node."""

    def __init__(self, board: Board, on_end: Callable[[], None] = lambda: None) -> None:
        self._board, self._on_end = board, on_end
        self._halt = threading.Event()
        self._thread: threading.Thread | None = None
        self.path = ""
        self.baud = 0
        """Speed whoever opened or closed it last had set; 0 for one that is not told apart."""

    @property
    def is_there(self) -> bool:
        """Plugged in."""
        return self._thread is not None and self._thread.is_alive() and not self._halt.is_set()

    def start(self) -> None:
        """Plug in; a plug that is just being pulled is waited for."""
        self.stop()
        master, slave = os.openpty()
        tty.setraw(slave)
        self.path = os.ttyname(slave)
        os.close(slave)
        os.set_blocking(master, False)
        self._halt.clear()
        opens = Opens(self.path)
        self._thread = threading.Thread(target=self._live, args=(master, opens), name=f"port-{self.path}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Unplug: the node vanishes, and whoever has it open gets errors."""
        self._halt.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=5)

    def _live(self, master: int, opens: Opens) -> None:
        try:
            self._serve(master, opens)
        finally:
            os.close(master)
            opens.close()

    def _serve(self, master: int, opens: Opens) -> None:
        users = 0
        while not self._halt.is_set():
            wanted = [opens.fd, master] if users else [opens.fd]
            ready = select.select(wanted, [], [], LOOK_S if users else REST_S)[0]
            for is_open in opens.news():
                users, self.baud = max(0, users + (1 if is_open else -1)), _baud(master)
                (self._board.opened if is_open else self._board.closed)()
            if not users:
                continue
            self._write(master, self._board.said())
            if master in ready:
                with suppress(OSError):
                    self._write(master, self._board.heard(os.read(master, 4096), _baud(master)))

    def _write(self, master: int, data: bytes) -> None:
        while data and not self._halt.is_set():
            try:
                data = data[os.write(master, data) :]
            except BlockingIOError:
                time.sleep(0.002)
            except OSError:
                return


def _baud(master: int) -> int:
    with suppress(OSError, termios.error):
        return BAUDS.get(termios.tcgetattr(master)[5], 0)
    return 0
