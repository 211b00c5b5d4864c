"""The interface chip's command channel: 64-byte HID reports through the kernel's hidraw, no library between.

CMSIS-DAP, "Communication via USB HID"; kernel: Documentation/hid/hidraw.rst (a written report begins with its number,
0 where reports have none). The node may also be a socket of whole messages, which is how a simulated board has it."""

import asyncio
import os
import socket
import stat
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from medialab_agent.sdk.trouble import DeviceTrouble, Unreachable, unreachable
from medialab_wire.texts import Text

REPORT = 64
GET_UNIQUE_ID = 0x80
HOST_STATUS = 0x01
ANSWER_S = 5.0
"""Seconds for one answer; erasing the whole chip is the longest and takes part of one on the real boards."""
STALE, STALE_S = 16, 0.5
"""Answers to somebody else's commands that may come first when it is opened, and seconds to wait for each."""


class HidDenied(DeviceTrouble):
    """The node is there and must not be opened, or there is none: the drive is the other way."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(
            "hid-denied",
            Text(
                de="Der Agent darf den Befehlskanal der Platine nicht benutzen.",
                en="The agent is not allowed to use the board's command channel.",
            ),
            Text(
                de="Die mitgelieferte udev-Regel einrichten (medialab-agent doctor zeigt sie).",
                en="Install the udev rule that comes with it (medialab-agent doctor shows it).",
            ),
            detail,
        )


class BadAnswer(DeviceTrouble):
    """It answered something else than it was asked."""

    def __init__(self, detail: str) -> None:
        super().__init__(
            "bad-answer",
            Text(de="Die Platine antwortet Unverständliches.", en="The board answers something unintelligible."),
            Text(de="Die Platine ab- und wieder anstecken.", en="Unplug the board and plug it in again."),
            detail,
        )


class HidLink:
    """One open channel, to be used with `async with`; only one command is under way at a time."""

    def __init__(self, node: str) -> None:
        self._node = node
        self._fd = -1
        self._ready = asyncio.Event()
        self._writing: asyncio.Future[int] | None = None

    async def __aenter__(self) -> Self:
        """Open, and pass over answers meant for others. Raises `HidDenied`, `BadAnswer` or `Unreachable`."""
        opening = asyncio.ensure_future(asyncio.to_thread(_open, self._node))
        try:
            self._fd = await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_close_again)  # the thread opens it all the same, and nobody else would close it
            raise
        except PermissionError as error:
            raise HidDenied(self._node) from error
        except OSError as error:
            raise unreachable(f"hidraw: {type(error).__name__}") from error
        asyncio.get_running_loop().add_reader(self._fd, self._ready.set)
        try:
            await self._synchronise()
        except BaseException:
            self._close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    async def ask(self, *command: int, data: bytes = b"", seconds: float = ANSWER_S) -> bytes:
        """Send one command and return its answer's bytes behind the command. Raises `BadAnswer`, `Unreachable`."""
        answer = await self._exchange(bytes(command) + data, seconds)
        if answer[:1] != bytes(command[:1]):
            raise BadAnswer(f"{answer[:1].hex()} to {command[0]:02x}")
        return answer[1:]

    async def unique_id(self) -> str:
        """Its serial number as the interface firmware has it (DAPLink: DAP_vendor.c, ID_DAP_GetUniqueID)."""
        return _text(await self.ask(GET_UNIQUE_ID))

    async def _synchronise(self) -> None:
        answer = await self._exchange(bytes([GET_UNIQUE_ID]), ANSWER_S)
        for _ in range(STALE):
            if answer[0] == GET_UNIQUE_ID:
                return
            try:
                answer = await self._receive(STALE_S)
            except Unreachable:
                break
        raise BadAnswer("no answer of its own")

    async def _exchange(self, payload: bytes, seconds: float) -> bytes:
        if len(payload) > REPORT:
            raise ValueError("a report has 64 bytes")
        # The kernel waits up to five seconds for a device that does not take its report; that is a thread's business.
        self._writing = asyncio.get_running_loop().run_in_executor(
            None, os.write, self._fd, b"\0" + payload.ljust(REPORT, b"\0")
        )
        try:
            await asyncio.shield(self._writing)
        except OSError as error:
            raise unreachable(f"hidraw: {type(error).__name__}") from error
        return await self._receive(seconds)

    async def _receive(self, seconds: float) -> bytes:
        try:
            async with asyncio.timeout(seconds):
                answer = await self._read()
        except (OSError, TimeoutError) as error:
            raise unreachable(f"hidraw: {type(error).__name__}") from error
        if not answer:
            raise unreachable("hidraw: closed")
        return answer

    async def _read(self) -> bytes:
        while True:
            self._ready.clear()
            await self._ready.wait()
            try:
                return os.read(self._fd, REPORT)
            except BlockingIOError:
                continue

    def _close(self) -> None:
        """Never while a thread still writes: the number could be somebody else's by then."""
        if self._fd < 0:
            return
        fd, self._fd = self._fd, -1
        asyncio.get_running_loop().remove_reader(fd)
        if self._writing is None or self._writing.done():
            os.close(fd)
        else:
            self._writing.add_done_callback(partial(_close_after, fd))


def _close_again(opening: "asyncio.Future[int]") -> None:
    if not opening.cancelled() and opening.exception() is None:
        os.close(opening.result())


def _open(node: str) -> int:
    if stat.S_ISSOCK(Path(node).stat().st_mode):
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as line:
            line.connect(node)
            line.setblocking(False)
            return line.detach()
    return os.open(node, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)


def _close_after(fd: int, written: asyncio.Future[int]) -> None:
    """Whatever became of the last report, nobody waits for it any more."""
    if not written.cancelled():
        written.exception()
    os.close(fd)


def _text(answer: bytes) -> str:
    size = answer[0] if answer else 0
    return answer[1 : 1 + size].decode("ascii", "replace").strip("\0 ")
