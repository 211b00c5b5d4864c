"""Brings a board whose chip speaks USB itself into its boot program, which shows itself under another USB id."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from medialab_agent.drivers.arduino.boards import Board, OwnUsb, usb_id
from medialab_agent.drivers.arduino.device import Device
from medialab_agent.drivers.arduino.program_image import BLANK
from medialab_agent.drivers.arduino.serial_port import SerialPort, opened
from medialab_agent.drivers.arduino.words import not_offered, press_reset
from medialab_agent.sdk.program import Ended
from medialab_agent.sdk.steps import Say
from medialab_agent.sdk.trouble import DeviceTrouble, Unreachable

TOUCH_BAUD = 1200
"""Opening a port at this speed and closing it starts the boot program (ArduinoCore-avr CDC.cpp, ArduinoCore-samd
CDC.cpp, ArduinoCore-renesas SerialUSB.cpp: all look at the DTR line falling at 1200 baud)."""
HOLD_S = 0.1
"""Seconds the port is held open, so that the speed has reached the board."""
LOOK_S = 0.05
QUIET_S, GREETINGS = 0.05, 3
"""A boot program answers within some milliseconds; the rest is for a busy computer."""


@dataclass(frozen=True)
class BootSaid:
    """What a boot program says of itself. `is_known`: it is the maker's, as far as it says so.

    `chip` in hex digits and `serial` are empty where it does not say."""

    program: str
    is_known: bool
    chip: str = ""
    serial: str = ""


@dataclass(frozen=True)
class Left:
    """Bytes that are not blank: in the application area, and in the EEPROM. None: it cannot be read."""

    program: int | None
    eeprom: int | None

    @property
    def is_clean(self) -> bool:
        """Everything that can be read was read, and is empty; what is out of reach cannot be worked on either."""
        return self.program == 0 and not self.eeprom


class BootProgram(Protocol):
    """A family of boot programs. The board is in its boot program before any of these is called."""

    async def identify(self) -> BootSaid:
        """Who answers. Raises `DeviceTrouble`."""

    async def left(self, most: int | None = None) -> Left:
        """Read back; `most`: only so many bytes from the beginning of the application. Raises `DeviceTrouble`."""

    async def empty(self, say: Say, deadline_s: float) -> Ended:
        """Empty it once, with its tool; how that ended proves nothing. Raises `DeviceTrouble`."""

    def why(self, ended: Ended) -> Exception:
        """The trouble for a tool that did not succeed."""

    async def leave(self) -> None:
        """Start the program, if there is one."""


def own_usb(board: Board) -> OwnUsb:
    """What is known of its own USB. Raises `Refused` for a board without."""
    if board.own_usb is None:
        raise not_offered(board.tool)
    return board.own_usb


async def greeted(port: SerialPort, greet: Callable[[], Awaitable[BootSaid]]) -> BootSaid:
    """Greet a boot program that was not started anew by opening its port: answers to whoever was cut off before may
    still come. Raises `DeviceTrouble`."""
    for _ in range(GREETINGS - 1):
        await port.quiet(QUIET_S)
        try:
            return await greet()
        except Unreachable as error:
            if error.trouble.code != "bad-answer":
                raise
    await port.quiet(QUIET_S)
    return await greet()


async def not_blank(read: Callable[[int, int], Awaitable[bytes]], start: int, end: int, piece: int) -> int:
    """How many bytes from `start` up to `end` are not blank, read in pieces: `read(address, length)`."""
    left = 0
    for place in range(start, end, piece):
        found = await read(place, min(piece, end - place))
        left += len(found) - found.count(BLANK)
    return left


def is_in_boot(device: Device, board: Board) -> bool:
    """Discovery sees its boot program."""
    return usb_id(device.sighting) in own_usb(board).boot


async def enter(device: Device, board: Board) -> None:
    """Wake the boot program unless it runs already. Raises `DeviceTrouble`; `press-reset` when it does not come."""
    if is_in_boot(device, board):
        return
    with opened(device.tty, TOUCH_BAUD):
        await asyncio.sleep(HOLD_S)
    if not await has_appeared(device, board):
        raise press_reset()


async def has_appeared(device: Device, board: Board) -> bool:
    """Wait for a boot program that was woken. False when it does not come within the time it may take."""
    return await _within(device.appears_s, partial(_has_come, device, own_usb(board)))


async def has_left(device: Device, board: Board) -> bool:
    """Wait for the program that was started again. False when it is not seen within the same time."""
    return await _within(device.appears_s, partial(_has_gone, device, own_usb(board)))


async def _within(seconds: float, is_so: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        await asyncio.sleep(LOOK_S)
        if is_so():
            return True
    return False


def _has_gone(device: Device, own: OwnUsb) -> bool:
    try:
        return usb_id(device.sighting) not in own.boot
    except DeviceTrouble:
        return False  # between the two it is on no bus at all


def _has_come(device: Device, own: OwnUsb) -> bool:
    try:
        is_there = device.has_usb_node if own.family == "dfu" else device.is_there
        return usb_id(device.sighting) in own.boot and is_there()
    except DeviceTrouble:
        return False  # between the two it is on no bus at all
