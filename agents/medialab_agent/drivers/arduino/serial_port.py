"""One open serial port of a board, asynchronous. Opening it starts the board anew, as every Arduino does."""

import asyncio
import fcntl
import os
import struct
import termios
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from medialab_agent.sdk.trouble import DeviceTrouble, NeedsPerson, Unreachable, unreachable
from medialab_wire.texts import Text

SPEEDS = {1200: termios.B1200, 57_600: termios.B57600, 115_200: termios.B115200}
NEVER_QUIET = 200
"""Pieces of chatter after which nobody waits for silence any more."""
DTR_S = 0.25
"""Seconds the reset line is held, as avrdude does for `-c arduino` (avrdude 7.1, arduino.c)."""


class Silence(Exception):
    """Nothing came in time; the port itself is well."""


def unplugged(detail: str = "") -> Unreachable:
    """The port is gone."""
    return Unreachable(
        "device-unplugged",
        Text(de="Das Gerät wurde abgezogen.", en="The device was unplugged."),
        Text(de="Das Gerät wieder anstecken.", en="Plug the device in again."),
        detail,
    )


@contextmanager
def opened(path: str, baud: int) -> Iterator["SerialPort"]:
    """The port at this speed, 8N1, nobody else's until it is closed. Raises `DeviceTrouble`."""
    if not path.startswith("/dev/") or ".." in path:
        raise unplugged("no port")
    try:
        fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    except PermissionError as error:
        raise _not_allowed() from error
    except OSError as error:
        raise _busy() if error.errno == 16 else unplugged(type(error).__name__) from error
    port = SerialPort(fd)
    try:
        port.set_up(baud)
        yield port
    finally:
        port.close()


class SerialPort:
    """Reads exactly what is asked for, or raises `Silence`; a port that went away raises `Unreachable`."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._buffer = bytearray()
        self._news = asyncio.Event()
        self._is_gone = False
        self._loop = asyncio.get_running_loop()

    def set_up(self, baud: int) -> None:
        """Raw bytes at this speed, alone. Raises `Unreachable`."""
        try:
            fcntl.ioctl(self._fd, termios.TIOCEXCL)
            tty.setraw(self._fd)
            mode = termios.tcgetattr(self._fd)
            mode[2] |= termios.CLOCAL | termios.CREAD | termios.HUPCL
            mode[4] = mode[5] = SPEEDS[baud]
            termios.tcsetattr(self._fd, termios.TCSANOW, mode)
            termios.tcflush(self._fd, termios.TCIOFLUSH)
        except (OSError, termios.error) as error:
            raise unplugged(type(error).__name__) from error
        self._loop.add_reader(self._fd, self._on_data)

    async def reset(self) -> None:
        """Pull the reset line by DTR and RTS; a port without such lines was reset by being opened."""
        lines = struct.pack("I", termios.TIOCM_DTR | termios.TIOCM_RTS)
        with suppress(OSError):
            fcntl.ioctl(self._fd, termios.TIOCMBIC, lines)
            await asyncio.sleep(DTR_S)
            fcntl.ioctl(self._fd, termios.TIOCMBIS, lines)

    def forget(self) -> None:
        """Drop what came in so far."""
        self._buffer.clear()

    async def quiet(self, seconds: float) -> None:
        """Drop what comes until nothing came for so long: answers somebody asked for who did not wait for them.
        Raises `Unreachable` for a port that never is quiet."""
        for _ in range(NEVER_QUIET):
            self.forget()
            try:
                await self.read(1, seconds)
            except Silence:
                return
        raise unreachable("never quiet")

    async def write(self, data: bytes) -> None:
        """Send all of it."""
        while data:
            try:
                data = data[os.write(self._fd, data) :]
            except BlockingIOError:
                await asyncio.sleep(0.005)
            except OSError as error:
                raise unplugged(type(error).__name__) from error

    async def read(self, number: int, seconds: float) -> bytes:
        """Exactly so many bytes. Raises `Silence` when they do not come in time."""
        await self._until(lambda: len(self._buffer) >= number, seconds)
        taken = bytes(self._buffer[:number])
        del self._buffer[:number]
        return taken

    async def line(self, seconds: float, most: int = 200) -> bytes:
        """One line without its end, at most `most` bytes of it. Raises `Silence`."""
        await self._until(lambda: b"\n" in self._buffer or len(self._buffer) > most, seconds)
        taken, _, rest = bytes(self._buffer).partition(b"\n")
        self._buffer[:] = rest
        return taken[:most].strip()

    def close(self) -> None:
        """Let go of the port; the kernel would keep a pseudo terminal exclusive for as long as its board lives."""
        self._loop.remove_reader(self._fd)
        with suppress(OSError):
            fcntl.ioctl(self._fd, termios.TIOCNXCL)
        os.close(self._fd)

    async def _until(self, holds: Callable[[], bool], seconds: float) -> None:
        end = time.monotonic() + seconds
        while not holds():
            if self._is_gone:
                raise unplugged()
            self._news.clear()
            try:
                async with asyncio.timeout(end - time.monotonic()):
                    await self._news.wait()
            except TimeoutError as error:
                raise Silence from error

    def _on_data(self) -> None:
        try:
            piece = os.read(self._fd, 4096)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        self._is_gone = not piece
        if self._is_gone:
            self._loop.remove_reader(self._fd)
        self._buffer += piece[: max(0, 65_536 - len(self._buffer))]
        self._news.set()


def _not_allowed() -> NeedsPerson:
    return NeedsPerson(
        "port-not-allowed",
        Text(
            de="Der Agent darf diesen Anschluss nicht benutzen.",
            en="The agent may not use this port.",
        ),
        Text(
            de="Das Konto des Agenten in die Gruppe „dialout“ aufnehmen lassen.",
            en="Have the agent's account added to the group “dialout”.",
        ),
    )


def _busy() -> DeviceTrouble:
    return Unreachable(
        "port-busy",
        Text(
            de="Ein anderes Programm benutzt dieses Gerät gerade.",
            en="Another program is using this device.",
        ),
        Text(
            de="Zum Beispiel die Arduino-Oberfläche schließen.",
            en="Close the Arduino IDE, for instance.",
        ),
    )
