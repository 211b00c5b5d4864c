"""Looks into a program image before it goes to a board: whole, and built for this chip; pure.

Espressif, esptool documentation, “Firmware Image Format”: a header, segments, a checksum, for most an SHA-256."""

import hashlib
import struct
from functools import reduce
from operator import xor

MAGIC, MAGIC_ESP8266_SECOND = 0xE9, 0xEA
"""First byte of an image; 0xEA begins those an ESP8266's boot program starts, which are not looked into."""
CHIP_IDS = {
    "esp32": 0,
    "esp32s2": 2,
    "esp32c3": 5,
    "esp32s3": 9,
    "esp32c2": 12,
    "esp32c6": 13,
    "esp32h2": 16,
    "esp32p4": 18,
    "esp32c61": 20,
    "esp32c5": 23,
}
"""esptool: targets/*.py, IMAGE_CHIP_ID."""
HEADER, EXTENDED, SEGMENT = 8, 16, 8
"""Bytes of the header, of what all but an ESP8266 add to it, and in front of each segment."""
SEGMENTS_MOST = 16
SEED, DIGEST = 0xEF, 32


class NoImage(ValueError):
    """Not a program for this chip, and why."""


def is_image(data: bytes) -> bool:
    """Whether it calls itself a program; tables and file systems do not."""
    return data[:1] in (bytes([MAGIC]), bytes([MAGIC_ESP8266_SECOND]))


def check(data: bytes, chip: str) -> None:
    """Raises `NoImage` when it is cut off, damaged, or built for another chip."""
    if data[:1] != bytes([MAGIC]):
        return
    is_old = chip == "esp8266"
    at = HEADER + (0 if is_old else EXTENDED)
    if len(data) < at or not 1 <= data[1] <= SEGMENTS_MOST:
        raise NoImage("no header")
    if not is_old and int.from_bytes(data[12:14], "little") != CHIP_IDS.get(chip):
        raise NoImage("built for another chip")
    checksum = SEED
    for _ in range(data[1]):
        size = _size(data, at)
        checksum = reduce(xor, data[at + SEGMENT : at + SEGMENT + size], checksum)
        at += SEGMENT + size
    end = at + 16 - at % 16  # the checksum is the last byte of a block of sixteen
    if len(data) < end or data[end - 1] != checksum:
        raise NoImage("the checksum is wrong")
    if not is_old and data[23] and data[end : end + DIGEST] != hashlib.sha256(data[:end]).digest():
        raise NoImage("the digest is wrong")


def _size(data: bytes, at: int) -> int:
    if len(data) < at + SEGMENT:
        raise NoImage("cut off")
    size = int(struct.unpack_from("<I", data, at + 4)[0])
    if at + SEGMENT + size > len(data):
        raise NoImage("cut off")
    return size
