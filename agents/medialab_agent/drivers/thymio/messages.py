"""The messages of Aseba, the language Thymio robots speak, as bytes; pure.

Numbers and layouts: Aseba, common/consts.h, vm/vm.c and transport/buffer/vm-buffer.c (protocol 9), and the firmware of
Thymio II, skel-usb.c (version 14). A message: length of the payload, sender, kind, payload; words little-endian."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

PROTOCOL = 9
DEVICE_INFO_SINCE = 6
"""Protocol version from which robots have a name and a number of their own."""
PAYLOAD_MOST = 520
"""Bytes; ASEBA_MAX_EVENT_ARG_SIZE is 516, and the longest of the robot's own messages is shorter."""
HEAD = struct.Struct("<HHH")


class Kind(IntEnum):
    """Kinds of messages this program knows. It has none that lets a program run."""

    DESCRIPTION = 0x9000
    VARIABLE_DESCRIPTION = 0x9001
    VARIABLES = 0x9005
    NODE_ERROR = 0x9009
    EXECUTION_STATE = 0x900A
    NODE_PRESENT = 0x900C
    DEVICE_INFO = 0x900D
    SET_BYTECODE = 0xA001
    RESET = 0xA002
    STOP = 0xA006
    GET_EXECUTION_STATE = 0xA007
    GET_VARIABLES = 0xA00B
    SET_VARIABLES = 0xA00C
    WRITE_BYTECODE = 0xA00D
    GET_NODE_DESCRIPTION = 0xA010
    LIST_NODES = 0xA011
    GET_DEVICE_INFO = 0xA012
    SET_DEVICE_INFO = 0xA013


class Info(IntEnum):
    """What GET_DEVICE_INFO and SET_DEVICE_INFO are about."""

    UUID = 1
    NAME = 2


class NotAseba(Exception):
    """These bytes are no message of a Thymio."""


@dataclass(frozen=True)
class Frame:
    """One message and who sent it."""

    source: int
    kind: int
    payload: bytes


@dataclass(frozen=True)
class State:
    """Where the robot's machine is in its program."""

    pc: int
    flags: int

    @property
    def is_event_set_up(self) -> bool:
        """A piece of program waits or runs (ASEBA_VM_EVENT_ACTIVE_MASK)."""
        return bool(self.flags & 1)

    @property
    def is_held(self) -> bool:
        """It moves on only step by step (ASEBA_VM_STEP_BY_STEP_MASK)."""
        return bool(self.flags & 2)


def packed(kind: Kind, *words: int, tail: bytes = b"", source: int = 0) -> bytes:
    """A message of this program: words, then bytes."""
    payload = struct.pack(f"<{len(words)}H", *(word & 0xFFFF for word in words)) + tail
    return HEAD.pack(len(payload), source, kind) + payload


def frames(buffer: bytearray) -> Iterator[Frame]:
    """Every whole message at the front of the buffer, taken out of it. Raises `NotAseba`."""
    while len(buffer) >= HEAD.size:
        length, source, kind = HEAD.unpack_from(buffer)
        if length > PAYLOAD_MOST:
            raise NotAseba(f"{length} bytes announced")
        if len(buffer) < HEAD.size + length:
            return
        payload = bytes(buffer[HEAD.size : HEAD.size + length])
        del buffer[: HEAD.size + length]
        yield Frame(source, kind, payload)


class Reader:
    """Takes one payload apart. Raises `NotAseba` where it is too short."""

    def __init__(self, payload: bytes) -> None:
        self._rest = payload

    def byte(self) -> int:
        """One byte."""
        return self._take(1)[0]

    def word(self) -> int:
        """One unsigned word."""
        return int.from_bytes(self._take(2), "little")

    def words(self) -> tuple[int, ...]:
        """All words that are left, signed."""
        count = len(self._rest) // 2
        return struct.unpack(f"<{count}h", self._take(count * 2))

    def text(self) -> str:
        """A text with its length before it; what cannot be shown is left out."""
        found = self._take(self.byte()).decode("utf-8", "replace")
        return "".join(letter for letter in found if letter.isprintable())

    def data(self) -> bytes:
        """Bytes with their number before them."""
        return self._take(self.byte())

    def _take(self, number: int) -> bytes:
        if len(self._rest) < number:
            raise NotAseba("a message ends too early")
        taken, self._rest = self._rest[:number], self._rest[number:]
        return taken
