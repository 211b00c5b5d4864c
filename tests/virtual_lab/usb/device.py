"""A USB device as a host sees it: descriptors, endpoints, faults. No transport."""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum, auto

BULK, INTERRUPT = 2, 3
DEVICE, CONFIGURATION, STRING = 1, 2, 3
"""Descriptor types (USB 2.0, table 9-5)."""
GET_STATUS, GET_DESCRIPTOR, GET_CONFIGURATION = 0, 6, 8
"""Standard requests (USB 2.0, table 9-4)."""
ENGLISH = b"\x04\x03\x09\x04"
"""String descriptor 0: one language, US English."""


class UsbFault(StrEnum):
    """What goes wrong below every protocol."""

    SILENT = auto()
    """Answers nothing at all, not even what it is."""
    STALL = auto()
    """Refuses every request that is not about its descriptors."""


@dataclass(frozen=True)
class Endpoint:
    """`address` has bit 7 set towards the host; `size` in bytes, `interval` as in its descriptor."""

    address: int
    kind: int = BULK
    size: int = 512
    interval: int = 0


@dataclass(frozen=True)
class Interface:
    """One interface: class, subclass, protocol, endpoints, name, and its class's own descriptors."""

    code: tuple[int, int, int]
    endpoints: tuple[Endpoint, ...] = ()
    name: str = ""
    more: bytes = b""


@dataclass(frozen=True)
class Identity:
    """What is printed in a device's descriptors. Without a serial number it has none, as many clones."""

    vid: int
    pid: int
    serial: str = ""
    manufacturer: str = ""
    product: str = ""
    interfaces: tuple[Interface, ...] = (Interface((0xFF, 0, 0)),)
    release: int = 0x0100
    code: tuple[int, int, int] = (0, 0, 0)


def ignore(_endpoint: int, _data: bytes) -> None:
    """A device that takes everything and does nothing."""


@dataclass
class UsbDevice:
    """One device. `receive` gets what the host writes to its endpoints; `request` may answer requests of classes and
    makers (None refuses). Whoever carries it sets `send`."""

    identity: Identity
    receive: Callable[[int, bytes], None] = ignore
    request: Callable[[bytes, bytes], bytes | None] = lambda _setup, _data: None
    faults: set[UsbFault] = field(default_factory=set)
    send: Callable[[int, bytes], None] = ignore
    asked: int = 0
    """Control requests so far."""

    def __post_init__(self) -> None:
        self._texts: list[str] = []

    def control(self, setup: bytes, data: bytes) -> bytes | None:
        """The answer to one control request; None is a stall."""
        self.asked += 1
        kind, number, value, _index, _length = struct.unpack("<BBHHH", setup)
        if kind == 0x80 and number == GET_DESCRIPTOR:
            return self.descriptor(value >> 8, value & 0xFF)
        if UsbFault.STALL in self.faults:
            return None
        if kind & 0x60 or number == GET_DESCRIPTOR:
            return self.request(setup, data)
        if number == GET_STATUS:
            return b"\0\0"
        return b"\1" if number == GET_CONFIGURATION else b""

    def descriptor(self, kind: int, number: int) -> bytes | None:
        """One of its descriptors."""
        if kind == DEVICE:
            return self._device()
        if kind == CONFIGURATION and number == 0:
            return self._configuration()
        if kind == STRING and number == 0:
            return ENGLISH
        if kind == STRING and number <= len(self._texts):
            text = self._texts[number - 1].encode("utf-16-le")
            return bytes([len(text) + 2, STRING]) + text
        return None

    def _device(self) -> bytes:
        it = self.identity
        names = (self._text(it.manufacturer), self._text(it.product), self._text(it.serial))
        return struct.pack("<BBHBBBBHHHBBBB", 18, DEVICE, 0x0200, *it.code, 64, it.vid, it.pid, it.release, *names, 1)

    def _configuration(self) -> bytes:
        body = b""
        for number, interface in enumerate(self.identity.interfaces):
            ends = interface.endpoints
            body += struct.pack("<9B", 9, 4, number, 0, len(ends), *interface.code, self._text(interface.name))
            body += interface.more
            for end in ends:
                body += struct.pack("<BBBBHB", 7, 5, end.address, end.kind, end.size, end.interval)
        count = len(self.identity.interfaces)
        return struct.pack("<BBHBBBBB", 9, CONFIGURATION, 9 + len(body), count, 1, 0, 0x80, 250) + body

    def _text(self, text: str) -> int:
        """The number of a string descriptor; 0 for an empty one."""
        if not text:
            return 0
        if text not in self._texts:
            self._texts.append(text)
        return self._texts.index(text) + 1
