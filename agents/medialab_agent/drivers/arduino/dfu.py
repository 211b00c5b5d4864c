"""UNO R4 Minima: a boot program of the USB class for device firmware (USB DFU 1.1; arduino-renesas-bootloader, read).

dfu-util writes an empty program; what is there then is read back by requests of our own, for exactly as long as the
memory is: dfu-util would read on past its end, where this chip stops."""

import asyncio
import re
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from medialab_agent.drivers.arduino.boards import Board, usb_id
from medialab_agent.drivers.arduino.boot_mode import BootSaid, Left, own_usb
from medialab_agent.drivers.arduino.boot_reader import garbled
from medialab_agent.drivers.arduino.device import Device
from medialab_agent.drivers.arduino.program_image import BLANK
from medialab_agent.drivers.arduino.serial_port import unplugged
from medialab_agent.drivers.arduino.usb_control import Line, Stalled, opened_node
from medialab_agent.drivers.arduino.words import no_answer, no_usb_place
from medialab_agent.sdk.program import Ended, Program, failed, in_memory, run
from medialab_agent.sdk.steps import Say
from medialab_agent.sdk.trouble import DeviceTrouble

DFU_MODE = b"\xfe\x01\x02"
"""Class, subclass and protocol of an interface in DFU mode (DFU 1.1, table 4.4)."""
FUNCTIONAL, FUNCTIONAL_BYTES = 0x21, 9
CAN_UPLOAD = 0x02
"""Functional descriptor and its bitCanUpload (the same, table 4.2)."""
DETACH, UPLOAD, GETSTATUS, CLRSTATUS, ABORT = 0, 2, 3, 4, 6
FOR_DEVICE, FOR_HOST = 0x21, 0xA1
"""Requests and their direction (the same, table 3.2)."""
IDLE, ERROR = 2, 10
"""States (the same, A.1.2)."""
TRANSFER_MOST = 4096
BATCH = 64
"""Requests between two looks at whether somebody waits for the end."""

T = TypeVar("T")


@dataclass(frozen=True)
class Ability:
    """What the descriptors say: number of the interface, version, bytes of one transfer, and whether it reads back."""

    interface: int
    version: str
    transfer: int
    can_upload: bool


class Dfu:
    """See `BootProgram`. It says nothing of its chip: that it is the right one, its USB id says."""

    def __init__(self, device: Device, board: Board) -> None:
        self._device, self._own = device, own_usb(board)

    async def identify(self) -> BootSaid:
        """See `BootProgram`. What a tool that was ended left open is ended."""

        def ask(line: Line) -> Ability:
            ability = self._ability(line)
            _to_idle(ability, line)
            return ability

        ability = await self._talk(ask)
        facts = self._device.sighting.facts
        shown = facts.get("serial", "").upper()
        serial = shown if re.fullmatch(r"[0-9A-F]{32}", shown) else ""
        return BootSaid(f"DFU {ability.version} {facts.get('product', '')[:60]}".strip(), is_known=True, serial=serial)

    async def left(self, most: int | None = None) -> Left:
        """See `BootProgram`. The memory for values is out of this boot program's reach."""
        ability = await self._talk(self._ability)
        if not ability.can_upload:
            return Left(None, None)
        length = min(most or self._own.end, self._own.end - self._own.start)
        left = 0
        blocks = range(-(-length // ability.transfer))
        for first in blocks[::BATCH]:
            left += await self._talk(partial(_not_blank, ability, blocks[first : first + BATCH]))
        await self._talk(partial(_to_idle, ability))
        return Left(left, None)

    async def empty(self, say: Say, deadline_s: float) -> Ended:
        """See `BootProgram`. A board that is unplugged in between has no program that would start: it begins with
        blank memory, and boot programs look at the first word."""
        vid, pid = (int(part, 16) for part in usb_id(self._device.sighting).split(":"))
        image = BLANK * (self._own.end - self._own.start)
        with in_memory(image + suffix(image, vid, pid)) as (fd, path):
            arguments = ("-d", f"{vid:04x}:{pid:04x}", *self._place(), "-a", "0", "-D", path)
            program = Program(self._device.dfu_util(), arguments, deadline_s, self._device.stall_s, fds=(fd,))
            return await run(program, _Progress(say), self._device.has_usb_node)

    def why(self, ended: Ended) -> Exception:
        """See `BootProgram`."""
        return failed("dfu-util", ended)

    async def leave(self) -> None:
        """See `BootProgram`."""

        def detach(line: Line) -> None:
            line.control(FOR_DEVICE, DETACH, 1000, read_ability(line).interface, b"")

        with suppress(DeviceTrouble):
            await self._talk(detach)

    def _ability(self, line: Line) -> Ability:
        """Raises `ValueError` for transfers the last of which would read past the end, where this chip stops."""
        ability = read_ability(line)
        if (self._own.end - self._own.start) % ability.transfer:
            raise ValueError("size of transfers")
        return ability

    def _place(self) -> tuple[str, ...]:
        """This device and no other one of its kind; numbers alone are not unique across buses. Raises `Refused`."""
        port = self._device.sighting.key.rpartition("/")[2]
        if not re.fullmatch(r"[0-9]{1,3}-[0-9]{1,3}(\.[0-9]{1,3})*", port):
            raise no_usb_place()
        return ("-p", port)

    async def _talk(self, work: Callable[[Line], T]) -> T:
        """Have it on a thread, for such requests block. Raises `DeviceTrouble`."""
        node = self._device.usb_node

        def talk() -> T:
            with self._device.usb_turn, opened_node(node, 0) as line:
                return work(line)

        try:
            return await asyncio.to_thread(talk)
        except TimeoutError as error:
            raise no_answer() from error
        except (Stalled, ValueError, struct.error) as error:
            raise garbled(type(error).__name__) from error
        except OSError as error:
            raise unplugged(type(error).__name__) from error


class _Progress:
    """dfu-util prints percentages; the same one again is no progress."""

    def __init__(self, say: Say) -> None:
        self._say, self._last, self._tail = say, -1, ""

    def __call__(self, piece: str) -> bool:
        self._tail = (self._tail + piece)[-200:]
        found = re.findall(r"(\d{1,3})%", self._tail)
        if not found or int(found[-1]) == self._last:
            return False
        self._last = int(found[-1])
        self._say(min(1.0, self._last / 100))
        return True


def suffix(image: bytes, vid: int, pid: int) -> bytes:
    """What ends a DFU file: dfu-util refuses it for any other device (DFU 1.1, appendix B)."""
    head = struct.pack("<HHHH3sB", 0xFFFF, pid, vid, 0x0100, b"UFD", 16)
    return head + struct.pack("<I", zlib.crc32(image + head) ^ 0xFFFF_FFFF)


def read_ability(line: Line) -> Ability:
    """From the configuration's descriptors. Raises `ValueError` when it is not in DFU mode."""
    descriptors = line.control(0x80, 6, 0x0200, 0, 255)
    interface = -1
    while len(descriptors) >= 2 and 2 <= descriptors[0] <= len(descriptors):
        one, descriptors = descriptors[: descriptors[0]], descriptors[descriptors[0] :]
        if one[1] == 4 and len(one) >= 9 and one[5:8] == DFU_MODE:
            interface = one[2]
        elif one[1] == FUNCTIONAL and len(one) >= FUNCTIONAL_BYTES and interface == 0:
            transfer, version = struct.unpack_from("<HH", one, 5)
            if not 8 <= transfer <= TRANSFER_MOST:
                raise ValueError("size of transfers")
            return Ability(interface, f"{version >> 8}.{version & 0xFF:x}", transfer, bool(one[2] & CAN_UPLOAD))
    raise ValueError("not in DFU mode")


def _state(line: Line, ability: Ability) -> int:
    status = line.control(FOR_HOST, GETSTATUS, 0, ability.interface, 6)
    if len(status) != 6:
        raise ValueError("status")
    return status[4]


def _to_idle(ability: Ability, line: Line) -> None:
    """Raises `ValueError` when it does not come to rest."""
    for _ in range(3):
        state = _state(line, ability)
        if state == IDLE:
            return
        line.control(FOR_DEVICE, CLRSTATUS if state == ERROR else ABORT, 0, ability.interface, b"")
    raise ValueError("never idle")


def _not_blank(ability: Ability, blocks: range, line: Line) -> int:
    left = 0
    for block in blocks:
        piece = line.control(FOR_HOST, UPLOAD, block, ability.interface, ability.transfer)
        if len(piece) != ability.transfer:
            raise ValueError("short")
        left += len(piece) - piece.count(BLANK)
    return left
