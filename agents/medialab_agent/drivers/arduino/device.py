"""One board on its port: found out, read, and its program listened to."""

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from medialab_agent.drivers.arduino.boards import Board, Way, possible
from medialab_agent.drivers.arduino.boot_reader import READERS, BootReader, ChipSaid, NoBootProgram
from medialab_agent.drivers.arduino.serial_port import SerialPort, Silence, opened
from medialab_agent.drivers.arduino.words import no_answer, no_port, not_offered, other_chip
from medialab_agent.sdk.driver import DeviceLink
from medialab_agent.sdk.firmware import Library, library
from medialab_agent.sdk.program import find
from medialab_wire.sightings import Sighting

READ_SIZE = 128
"""Bytes asked for at a time; old boot programs have buffers of 256."""
BANNER_S = 5.0
"""Seconds until a program has said its first line after a start; the longest boot program takes two."""
PROGRAM_BAUD = 115_200
"""At which our default programs speak."""
LINES_MOST = 5
STALL_S = 15.0
APPEARS_S = 10.0
"""A boot program is there 0.25 s after the board let go of the bus, and what USB and udev take (ArduinoCore-samd,
CDC.cpp: initiateReset(250)); the rest is for a busy computer."""
_WAY = "arduino-way"


@dataclass(frozen=True)
class Met:
    """A board that answered: what it is, by which way, and what its chip says."""

    board: Board
    way: Way
    said: ChipSaid


class Device:
    """The board behind a link. Every method opens the port anew, which starts the board anew.

    Settings: `firmware`, a folder to use instead of the lab's own one; `avrdude`, `bossac` and `dfu_util`, other ones
    than those on PATH; `usb_nodes`, a folder of USB nodes instead of the system's; `stall_s`, seconds without progress
    until a tool is ended; `appears_s`, seconds a boot program that shows an id of its own may take to appear."""

    def __init__(self, link: DeviceLink) -> None:
        self._link = link
        self.usb_turn = threading.Lock()
        """Who talks to its USB node; a talk that was cut off ends its last requests first."""

    def library(self) -> Library:
        """The firmware there is. Blocking."""
        told = self._link.settings.get("firmware")
        return library(Path(told)) if told else library()

    def avrdude(self) -> str:
        """Where avrdude is. Raises `NeedsPerson`."""
        return find(self._link.settings.get("avrdude") or "avrdude", package="avrdude")

    def bossac(self) -> str:
        """Where bossac is. Raises `NeedsPerson`."""
        return find(self._link.settings.get("bossac") or "bossac", package="bossa-cli")

    def dfu_util(self) -> str:
        """Where dfu-util is. Raises `NeedsPerson`."""
        return find(self._link.settings.get("dfu_util") or "dfu-util", package="dfu-util")

    @property
    def stall_s(self) -> float:
        """Seconds without progress until avrdude is ended."""
        return float(self._link.settings.get("stall_s") or STALL_S)

    @property
    def appears_s(self) -> float:
        """Seconds a boot program that was woken may take to appear on USB."""
        return float(self._link.settings.get("appears_s") or APPEARS_S)

    @property
    def sighting(self) -> Sighting:
        """How discovery sees it now. Raises `DeviceTrouble` when it does not."""
        present = [sighting for sighting in self._link.sightings if sighting.present]
        if not present:
            raise no_answer()
        return present[-1]

    @property
    def tty(self) -> str:
        """Its device node. Raises `DeviceTrouble`."""
        node = self.sighting.facts.get("tty", "").split(" ")[0]
        if not node:
            raise no_port()
        return node

    def is_there(self) -> bool:
        """Discovery sees it, and its port exists."""
        seen = any(sighting.present for sighting in self._link.sightings)
        return seen and Path(self.sighting.facts.get("tty", "").split(" ")[0]).exists()

    @property
    def usb_node(self) -> Path:
        """The node of the USB device itself. Raises `DeviceTrouble`."""
        facts = self.sighting.facts
        bus, number = facts.get("bus", ""), facts.get("devnum", "")
        if not (bus.isascii() and bus.isdigit() and number.isascii() and number.isdigit()):
            raise no_port()
        folder = Path(self._link.settings.get("usb_nodes") or "/dev/bus/usb")
        return folder / f"{int(bus):03}" / f"{int(number):03}"

    def has_usb_node(self) -> bool:
        """Discovery sees it, and its node exists."""
        return any(sighting.present for sighting in self._link.sightings) and self.usb_node.exists()

    def boards(self) -> tuple[Board, ...]:
        """What it may be. Raises `Refused` for boards that are recognised only."""
        found = possible(self.sighting)
        if not any(board.ways for board in found):
            raise not_offered(found[0].tool)
        return found

    @asynccontextmanager
    async def greeted(self) -> AsyncIterator[tuple[Met, BootReader, SerialPort]]:
        """Talk to its boot program; the way that worked last time is tried first. Raises `DeviceTrouble`."""
        boards = self.boards()
        for way in self._ways(boards):
            with opened(self.tty, way.baud) as port:
                reader = READERS[way.protocol](port)
                try:
                    said = await reader.greet()
                except NoBootProgram:
                    continue
                board = _with_signature(boards, way, said.signature)
                self._link.memory.put(_WAY, _name(way))
                yield Met(board, way, said), reader, port
                return
        raise no_answer()

    async def listen(self, banner: str) -> str:
        """Start it and give the first line its program says that begins so; empty when it says no such thing."""
        with opened(self.tty, PROGRAM_BAUD) as port:
            await port.reset()
            return await hear(port, banner)

    def _ways(self, boards: tuple[Board, ...]) -> Iterator[Way]:
        ways = {_name(way): way for board in boards for way in board.ways}
        last = self._link.memory.get(_WAY) or ""
        if last in ways:
            yield ways.pop(last)
        yield from ways.values()


async def hear(port: SerialPort, banner: str) -> str:
    """The first of the next lines that begins so, or the empty string."""
    try:
        for _ in range(LINES_MOST):
            line = (await port.line(BANNER_S)).decode("ascii", "replace")
            if line.startswith(banner):
                return line
    except Silence:
        pass
    return ""


async def contents(reader: BootReader, length: int, expected: bytes | None = None) -> bytes:
    """So many bytes of flash from its beginning; with `expected`, no more than up to the first block that differs."""
    flash = bytearray()
    while len(flash) < length:
        start = len(flash)
        flash += await reader.read(start, min(READ_SIZE, length - start))
        if expected is not None and flash[start:] != expected[start : len(flash)]:
            break
    return bytes(flash)


def _with_signature(boards: tuple[Board, ...], way: Way, signature: str) -> Board:
    for board in boards:
        if way in board.ways and board.signature == signature:
            return board
    raise other_chip(signature)


def _name(way: Way) -> str:
    return f"{way.protocol}-{way.baud}"
