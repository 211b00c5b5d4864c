"""The packets of Evo's protocol, firmware 3, that are used here (ozobot/python-libraries, evo/protocol.py); pure.

Everything is little-endian and at most 20 bytes long. There is none for wheels among those used here."""

import struct
from dataclasses import dataclass
from enum import IntEnum

SERVICE = "8903136c-5f13-4548-a885-c58779136801"
CHARACTERISTIC = "8903136c-5f13-4548-a885-c58779136802"
LEGACY_SERVICE = "8903136c-5f13-4548-a885-c58779136701"
PACKET = 20
READ_MOST, WRITE_MOST = PACKET - 5, PACKET - 8
"""Bytes of memory that fit into one packet."""


class Id(IntEnum):
    """First two bytes; an answer has the next number."""

    READ = 1
    WRITE = 3
    LED = 110
    STOP = 120
    LONG = 126


class Address(IntEnum):
    """Places in the robot's virtual memory."""

    WHEELS = 150
    BATTERY = 188
    NAME = 16384
    VOLUME = 16401
    BRIGHTNESS = 16402
    LONG = 24576
    """Where a packet that is too long for one is put together."""


NAME_SIZE, WHEELS_SIZE, BATTERY_SIZE = 17, 8, 3
"""Bytes: a name ends with a zero; two counters; voltage and percent."""
ALL_LEDS = 0xFF
REQUEST = 0x02000001
"""Request id: its highest byte says that it comes over Bluetooth."""
SUCCESS = 0


class BadPacket(ValueError):
    """Bytes that are no packet of this protocol."""


@dataclass(frozen=True)
class Read:
    """What stands in memory."""

    data: bytes


@dataclass(frozen=True)
class Status:
    """How a request went; 0 is well."""

    code: int


def read(address: int, length: int) -> bytes:
    """Read memory."""
    return struct.pack("<HIH", Id.READ, address, length)


def write(address: int, data: bytes) -> bytes:
    """Write memory; whole entries only."""
    return struct.pack("<HIH", Id.WRITE, address, len(data)) + data


def led(red: int, green: int, blue: int) -> bytes:
    """All lights in one colour."""
    return struct.pack("<HHBBBB", Id.LED, ALL_LEDS, red, green, blue, 255)


def stop() -> bytes:
    """End whatever is being carried out."""
    return struct.pack("<HI", Id.STOP, REQUEST)


def execute_long(length: int, checksum: int) -> bytes:
    """Carry out the packet that was put together at `Address.LONG`."""
    return struct.pack("<HHI", Id.LONG, length, checksum)


def answer(request: Id, packet: bytes) -> Read | Status | None:
    """What a packet answers to a request of that kind; None when it answers something else. Raises `BadPacket`."""
    if len(packet) < 2:
        raise BadPacket("too short")
    if int.from_bytes(packet[:2], "little") != request + 1:
        return None
    if request is Id.STOP:
        return Status(SUCCESS)
    if len(packet) < 3:
        raise BadPacket("no result")
    if request is not Id.READ or packet[2] != SUCCESS:
        return Status(packet[2])
    if len(packet) < 5 or int.from_bytes(packet[3:5], "little") != len(packet) - 5:
        raise BadPacket("length")
    return Read(packet[5:])
