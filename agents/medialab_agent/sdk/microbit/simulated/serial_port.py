"""A simulated serial port: a pseudo terminal that a chip talks through."""

import asyncio
import contextlib
import os
import pty
import tty
from collections.abc import Callable

MOST_LINE = 80


class SerialPort:
    """`beat` is printed every `beat_s` seconds, `hear` answers a line; both may say nothing."""

    def __init__(self, beat: Callable[[], str], hear: Callable[[str], str], beat_s: float) -> None:
        self._beat, self._hear, self._beat_s = beat, hear, beat_s
        self._master = self._slave = -1
        self._task: asyncio.Task[None] | None = None
        self._line = b""

    @property
    def path(self) -> str:
        """Where it can be opened; empty when it is closed."""
        return os.ttyname(self._slave) if self._slave >= 0 else ""

    def open(self) -> None:
        """Begin to talk."""
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        asyncio.get_running_loop().add_reader(self._master, self._read)
        self._task = asyncio.create_task(self._talk())

    def close(self) -> None:
        """As if unplugged."""
        if self._master < 0:
            return
        asyncio.get_running_loop().remove_reader(self._master)
        if self._task is not None:
            self._task.cancel()
        os.close(self._slave)
        os.close(self._master)
        self._master = self._slave = -1
        self._line = b""

    def say(self, words: str) -> None:
        """One line; what nobody fetches is lost once the line is full, as on the real chip."""
        if words and self._master >= 0:
            with contextlib.suppress(BlockingIOError):
                os.write(self._master, words.encode("latin-1") + b"\r\n")

    async def _talk(self) -> None:
        while True:
            self.say(self._beat())
            await asyncio.sleep(self._beat_s)

    def _read(self) -> None:
        with contextlib.suppress(OSError):
            *lines, rest = (self._line + os.read(self._master, 1024)).split(b"\n")
            self._line = rest[-MOST_LINE:]
            for line in lines:
                self.say(self._hear(line[-MOST_LINE:].decode("latin-1").strip("\r")))
