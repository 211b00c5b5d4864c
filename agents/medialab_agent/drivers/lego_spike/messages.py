"""The messages of LEGO's protocol that are used here (LEGO/spike-prime-docs, messages.rst); pure.

Numbers are little-endian, texts end with a zero byte."""

import struct
from dataclasses import dataclass
from enum import IntEnum
from zlib import crc32

from medialab_agent.drivers.lego_spike.cobs import BadFrame

SLOTS = 20
"""Places for programs, 0 to 19."""
NAME_MOST, FILE_NAME_MOST = 29, 31
"""Bytes of a hub's name and of a file's name, the ending zero not included."""
ALIGN = 4
"""A checksum is made over a multiple of four bytes; what is missing is zero."""


class Id(IntEnum):
    """First byte of a message."""

    INFO = 0
    INFO_IS = 1
    START_FIRMWARE = 10
    START_FIRMWARE_IS = 11
    START_FILE = 12
    START_FILE_IS = 13
    CHUNK = 16
    CHUNK_IS = 17
    BEGIN_FIRMWARE = 20
    BEGIN_FIRMWARE_IS = 21
    SET_NAME = 22
    SET_NAME_IS = 23
    GET_NAME = 24
    NAME_IS = 25
    UUID = 26
    UUID_IS = 27
    PROGRAM = 30
    PROGRAM_IS = 31
    PROGRAM_CHANGED = 32
    CONSOLE = 33
    NOTIFY = 40
    NOTIFY_IS = 41
    DEVICE = 60
    CLEAR = 70
    CLEAR_IS = 71


SPIKE_PRIME = 0
"""Product Group Device (enums.rst); other hardware of LEGO Education uses the same service and begins at 512."""
START, STOP = 0, 1
"""Program actions."""
ACKNOWLEDGED, REFUSED = 0, 1
"""Response status."""
_INFO = struct.Struct("<BBBHBBHHHHH")
_DEVICE_SIZES = {0: 2, 1: 21, 2: 26, 10: 12, 11: 4, 12: 9, 13: 4, 14: 11}
"""Bytes of each device message, its own id included."""
_BATTERY, _MOTOR = 0, 10


@dataclass(frozen=True)
class Info:
    """What a hub says first. Sizes in bytes."""

    firmware: str
    rpc: str
    packet_most: int
    message_most: int
    chunk_most: int
    product: int


@dataclass(frozen=True)
class DeviceState:
    """Battery in percent, None when not told; how many motors there are and how many of them turn."""

    battery: int | None
    motors: int = 0
    turning: int = 0


def info_is(message: bytes) -> Info:
    """Raises `BadFrame`."""
    if len(message) != _INFO.size or message[0] != Id.INFO_IS:
        raise BadFrame("InfoResponse")
    _, major, minor, build, fw_major, fw_minor, fw_build, packet, most, chunk, product = _INFO.unpack(message)
    if packet < 20 or chunk < ALIGN:
        raise BadFrame("InfoResponse: sizes")
    firmware, rpc = f"{fw_major}.{fw_minor}.{fw_build}", f"{major}.{minor}.{build}"
    return Info(firmware, rpc, packet, most, chunk - chunk % ALIGN, product)


def text_is(message: bytes) -> str:
    """The text after the first byte; whatever is no UTF-8 is replaced."""
    return message[1:].split(b"\0")[0].decode("utf-8", "replace")


def uuid_is(message: bytes) -> str:
    """The device's UUID in hex. Raises `BadFrame`."""
    if len(message) != 17:
        raise BadFrame("DeviceUuidResponse")
    return message[1:].hex()


def is_acknowledged(message: bytes) -> bool:
    """The status after the first byte. Raises `BadFrame`."""
    if len(message) < 2 or message[1] not in (ACKNOWLEDGED, REFUSED):
        raise BadFrame("status")
    return message[1] == ACKNOWLEDGED


def already_uploaded(message: bytes) -> int:
    """Bytes of a firmware that are there already. Raises `BadFrame`."""
    if len(message) != 6:
        raise BadFrame("StartFirmwareUploadResponse")
    return int.from_bytes(message[2:], "little")


def device_state(message: bytes) -> DeviceState:
    """Battery and motors of a DeviceNotification. Raises `BadFrame`; what nobody knows ends the reading."""
    if len(message) < 3 or int.from_bytes(message[1:3], "little") != len(message) - 3:
        raise BadFrame("DeviceNotification")
    battery, motors, turning, rest = None, 0, 0, message[3:]
    while rest and (size := _DEVICE_SIZES.get(rest[0])):
        if len(rest) < size:
            raise BadFrame("device message")
        if rest[0] == _BATTERY:
            battery = min(100, rest[1])
        elif rest[0] == _MOTOR:
            power, speed = struct.unpack("<hb", rest[5:8])
            motors, turning = motors + 1, turning + bool(power or speed)
        rest = rest[size:]
    return DeviceState(battery, motors, turning)


def set_name(name: str) -> bytes:
    """Cut to what fits."""
    return bytes([Id.SET_NAME]) + fitting(name, NAME_MOST).encode() + b"\0"


def start_file(name: str, slot: int, checksum: int) -> bytes:
    """Begin to upload a program."""
    return bytes([Id.START_FILE]) + fitting(name, FILE_NAME_MOST).encode() + struct.pack("<BBI", 0, slot, checksum)


def start_firmware(sha1: bytes, checksum: int) -> bytes:
    """Begin, or go on, to upload a firmware."""
    return struct.pack("<B20sI", Id.START_FIRMWARE, sha1, checksum)


def begin_firmware(sha1: bytes, checksum: int) -> bytes:
    """Install the uploaded firmware."""
    return struct.pack("<B20sI", Id.BEGIN_FIRMWARE, sha1, checksum)


def chunk(running: int, data: bytes) -> bytes:
    """One piece of an upload; `running`: checksum of everything up to its end."""
    return struct.pack("<BIH", Id.CHUNK, running, len(data)) + data


def program(action: int, slot: int) -> bytes:
    """Start or stop."""
    return bytes([Id.PROGRAM, action, slot])


def clear(slot: int) -> bytes:
    """Empty a slot."""
    return bytes([Id.CLEAR, slot])


def notify(every_ms: int) -> bytes:
    """Tell of the device's state so often; 0: never."""
    return struct.pack("<BH", Id.NOTIFY, every_ms)


def checksum(data: bytes, seed: int = 0) -> int:
    """CRC-32 over a multiple of four bytes."""
    return crc32(data + bytes(-len(data) % ALIGN), seed)


def fitting(text: str, most: int) -> str:
    """As much of the text as fits into so many bytes of UTF-8, without zero bytes."""
    return text.replace("\0", "").encode()[:most].decode("utf-8", "ignore")
