"""The serial line to a robot or its dongle: opened for one errand, nobody else's meanwhile, messages in and out."""

import asyncio
import errno
import fcntl
import os
import termios
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from medialab_agent.drivers.thymio import words
from medialab_agent.drivers.thymio.messages import Frame, Kind, NotAseba, frames, packed
from medialab_agent.sdk.trouble import unreachable

SPEED = termios.B115200
"""The robot's USB port ignores it; pyserial's and Aseba's default."""
ANSWER_S = 2.0
"""Seconds until an answer is missed; by radio it takes up to some tenths (Thymio wireless manual)."""
WAITING_MOST = 4_096
"""Messages kept for whoever asks; a robot that talks without end fills no memory."""
PAUSE_S = 0.005


@contextmanager
def opened(path: str) -> Iterator["Line"]:
    """The line for one errand. Raises `DeviceTrouble`."""
    if not path.startswith("/dev/") or ".." in path:
        raise words.unplugged("no port")
    try:
        fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    except PermissionError as error:
        raise words.not_allowed() from error
    except OSError as error:
        raise words.busy() if error.errno == errno.EBUSY else words.unplugged(type(error).__name__) from error
    line = Line(fd)
    try:
        line.set_up()
        yield line
    finally:
        line.close()


class Line:
    """Messages of one open port. `expect` passes over everything that was not asked for."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray()
        self._heard: list[Frame] = []
        self._news = asyncio.Event()
        self._is_gone = self._is_garbled = False

    def set_up(self) -> None:
        """Raw bytes, alone. Raises `Unreachable`."""
        try:
            fcntl.ioctl(self._fd, termios.TIOCEXCL)
            tty.setraw(self._fd)
            mode = termios.tcgetattr(self._fd)
            mode[2] |= termios.CLOCAL | termios.CREAD | termios.HUPCL
            mode[4] = mode[5] = SPEED
            termios.tcsetattr(self._fd, termios.TCSANOW, mode)
            termios.tcflush(self._fd, termios.TCIOFLUSH)
        except (OSError, termios.error) as error:
            raise words.unplugged(type(error).__name__) from error
        self._loop.add_reader(self._fd, self._on_data)

    def close(self) -> None:
        """Let go of the port."""
        self._loop.remove_reader(self._fd)
        os.close(self._fd)

    async def send(self, kind: Kind, *content: int, tail: bytes = b"") -> None:
        """Send one message; what was heard before it is no answer to it. Raises `Unreachable`."""
        self._heard.clear()
        data = packed(kind, *content, tail=tail)
        while data:
            try:
                data = data[os.write(self._fd, data) :]
            except BlockingIOError:
                await asyncio.sleep(PAUSE_S)
            except OSError as error:
                raise words.unplugged(type(error).__name__) from error

    async def expect(self, kind: Kind, fits: Callable[[Frame], bool], seconds: float = ANSWER_S) -> Frame:
        """The next message of this kind that fits. Raises `Unreachable` when none comes in time."""
        end = time.monotonic() + seconds
        while True:
            while self._heard:
                frame = self._heard.pop(0)
                if frame.kind == kind and fits(frame):
                    return frame
            if self._is_garbled:
                raise words.garbled()
            if self._is_gone:
                raise words.unplugged()
            self._news.clear()
            try:
                async with asyncio.timeout(end - time.monotonic()):
                    await self._news.wait()
            except TimeoutError as error:
                raise unreachable(f"no {kind.name}") from error

    def _on_data(self) -> None:
        try:
            piece = os.read(self._fd, 4_096)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        self._buffer += piece
        try:
            self._heard += frames(self._buffer)
        except NotAseba:
            self._is_garbled = True
        del self._heard[:-WAITING_MOST]
        self._is_gone = not piece
        if self._is_gone or self._is_garbled:
            self._loop.remove_reader(self._fd)
        self._news.set()
