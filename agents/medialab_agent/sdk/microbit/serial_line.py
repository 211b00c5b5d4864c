"""The serial port of a board: lines in, bytes out. Opening it restarts nothing on these boards."""

import asyncio
import fcntl
import os
import termios
import time
from collections import deque
from types import TracebackType
from typing import Self

from medialab_agent.sdk.trouble import NeedsPerson, Unreachable, unreachable
from medialab_wire.texts import Text

LONGEST = 200
"""Characters of a line that are kept; programs of learners write what they like."""
LETS_GO_S = 0.3
"""Seconds until a port that is in use counts as busy."""
MOST_LINES = 64
"""Lines that may wait; the oldest go first."""


class SerialBusy(Unreachable):
    """Somebody else reads this port now; two readers would steal each other's bytes."""


class SerialLine:
    """An open port, 115200 8N1, to be used with `async with`. What came before it was opened is thrown away; so the
    first line may be only the end of one."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._fd = -1
        self._lines: deque[str] = deque(maxlen=MOST_LINES)
        self._part = b""
        self._news = asyncio.Event()
        self._gone = False
        self.heard = 0
        """Bytes so far."""

    async def __aenter__(self) -> Self:
        """Raises `NeedsPerson` (permission), `SerialBusy` or `Unreachable`."""
        opening = asyncio.ensure_future(asyncio.to_thread(_open, self._path))
        try:
            self._fd = await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_close_again)  # the thread opens it all the same, and nobody else would close it
            raise
        except PermissionError as error:
            raise _denied(self._path) from error
        except BlockingIOError as error:
            raise SerialBusy(
                "serial-busy",
                Text(
                    de="Ein anderes Programm benutzt gerade den seriellen Anschluss.",
                    en="Another program is using the serial port at present.",
                ),
                Text(de="Das andere Programm schließen.", en="Close the other program."),
            ) from error
        except (OSError, termios.error) as error:
            raise unreachable(f"serial port: {type(error).__name__}") from error
        asyncio.get_running_loop().add_reader(self._fd, self._read)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._fd >= 0:
            fd, self._fd = self._fd, -1
            asyncio.get_running_loop().remove_reader(fd)
            await asyncio.to_thread(os.close, fd)  # the kernel may wait until everything was sent

    def send(self, words: bytes) -> None:
        """A few bytes, at once. Raises `Unreachable`."""
        try:
            os.write(self._fd, words)
        except OSError as error:
            raise unreachable(f"serial port: {type(error).__name__}") from error

    async def line(self, seconds: float) -> str | None:
        """The next line, without control characters; None when none came in time. Raises `Unreachable`."""
        end = asyncio.get_running_loop().time() + seconds
        while not self._lines:
            if self._gone:
                raise unreachable("serial port: gone")
            self._news.clear()
            try:
                async with asyncio.timeout_at(end):
                    await self._news.wait()
            except TimeoutError:
                return None
        return self._lines.popleft()

    def _read(self) -> None:
        """Called by the event loop."""
        try:
            got = os.read(self._fd, 4096)
        except BlockingIOError:
            return
        except OSError:
            got = b""
        if not got:
            self._gone = True
            asyncio.get_running_loop().remove_reader(self._fd)
        self.heard += len(got)
        *whole, self._part = (self._part + got).split(b"\n")
        self._part = self._part[-LONGEST:]
        self._lines.extend(_clean(line) for line in whole)
        self._news.set()


def _clean(line: bytes) -> str:
    text = line[:LONGEST].decode("utf-8", "replace").rstrip("\r")
    return "".join(letter if letter.isprintable() else "·" for letter in text)


def _close_again(opening: "asyncio.Future[int]") -> None:
    if not opening.cancelled() and opening.exception() is None:
        os.close(opening.result())


def _lock(fd: int) -> None:
    """A reading that was cut off lets go a moment later. Raises `BlockingIOError`."""
    end = time.monotonic() + LETS_GO_S
    while True:
        try:
            return fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise
            time.sleep(0.01)


def _open(path: str) -> int:
    fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        _lock(fd)
        speed, size = termios.B115200, termios.CS8 | termios.CREAD | termios.CLOCAL
        letters = termios.tcgetattr(fd)[6]
        termios.tcsetattr(fd, termios.TCSANOW, [0, 0, size, 0, speed, speed, letters])
        termios.tcflush(fd, termios.TCIOFLUSH)
    except BaseException:
        os.close(fd)
        raise
    return fd


def _denied(path: str) -> NeedsPerson:
    return NeedsPerson(
        "serial-denied",
        Text(
            de="Der Agent darf den seriellen Anschluss nicht benutzen.",
            en="The agent is not allowed to use the serial port.",
        ),
        Text(
            de="Den Dienst in die Gruppe „dialout“ aufnehmen und neu starten.",
            en="Add the service to the group “dialout” and restart it.",
        ),
        path,
    )
