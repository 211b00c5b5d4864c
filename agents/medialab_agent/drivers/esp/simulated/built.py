"""A program image as Espressif's tools build it, around any bytes."""

import hashlib
import struct
from functools import reduce
from operator import xor

from medialab_agent.drivers.esp.image import CHIP_IDS, MAGIC, SEED

LOAD_AT = 0x3F40_0020
"""Where an ESP32 maps constant data (ESP32 Technical Reference Manual, memory map)."""


def built(content: bytes, chip: str = "esp32") -> bytes:
    """One segment that holds `content`, the checksum, and the digest behind it."""
    content += bytes(-len(content) % 4)
    header = struct.pack("<BBBBI", MAGIC, 1, 0x02, 0x20, LOAD_AT)
    extended = b"\xee" + bytes(3) + struct.pack("<HBHH", CHIP_IDS[chip], 0, 0, 0xFFFF) + bytes(4) + b"\x01"
    image = header + extended + struct.pack("<II", LOAD_AT, len(content)) + content
    image += bytes(15 - len(image) % 16) + bytes([reduce(xor, content, SEED)])
    return image + hashlib.sha256(image).digest()
