"""Klipper's wire format (https://www.klipper3d.org/Protocol.html): numbers, checked frames, dictionary."""

import json
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

CLOCK_HZ = 16_000_000
ADC_MAX = 4095
SYNC = 0x7E
COMMANDS = (
    "identify offset=%u count=%c",
    "get_uptime",
    "get_clock",
    "get_config",
    "allocate_oids count=%c",
    "finalize_config crc=%u",
    "config_reset",
    "reset",
    "emergency_stop",
    "clear_shutdown",
    "debug_nop",
    "config_digital_out oid=%c pin=%u value=%c default_value=%c max_duration=%u",
    "set_digital_out_pwm_cycle oid=%c cycle_ticks=%u",
    "queue_digital_out oid=%c clock=%u on_ticks=%u",
    "update_digital_out oid=%c value=%c",
    "set_digital_out pin=%u value=%c",
    "config_analog_in oid=%c pin=%u",
    "query_analog_in oid=%c clock=%u sample_ticks=%u sample_count=%c rest_ticks=%u min_value=%hu max_value=%hu"
    " range_check_count=%c",
)
"""What this board understands (https://www.klipper3d.org/MCU_Commands.html); numbers follow their order."""
RESPONSES = (
    "identify_response offset=%u data=%.*s",
    "uptime high=%u clock=%u",
    "clock clock=%u",
    "config is_config=%c crc=%u is_shutdown=%c move_count=%hu",
    "analog_in_state oid=%c next_clock=%u value=%hu",
    "stats count=%u sum=%u sumsq=%u",
    "shutdown clock=%u static_string_id=%hu",
    "is_shutdown static_string_id=%hu",
    "starting",
)
IDS = {line: 1 if number == 0 else 2 + number for number, line in enumerate(COMMANDS)} | {
    line: 0 if number == 0 else 50 + number for number, line in enumerate(RESPONSES)
}
_BY_NUMBER = {IDS[line]: line.split() for line in COMMANDS}
_BY_NAME = {line.split()[0]: (IDS[line], [part.split("=") for part in line.split()[1:]]) for line in RESPONSES}


def dictionary() -> bytes:
    """What the host asks for first: every message and constant of this board."""
    config = {"CLOCK_FREQ": CLOCK_HZ, "MCU": "simulator", "ADC_MAX": ADC_MAX, "PWM_MAX": 255}
    about: dict[str, Any] = {
        "app": "Klipper",
        "version": "sim-1",
        "build_versions": "python",
        "license": "GNU GPLv3",
        "commands": {line: IDS[line] for line in COMMANDS},
        "responses": {line: IDS[line] for line in RESPONSES},
        "output": {},
        "enumerations": {"pin": {"PA0": [0, 32]}, "static_string_id": {"Emergency stop": 1, "Command request": 2}},
        "config": {**config, "STATS_SUMSQ_BASE": 256, "RECEIVE_WINDOW": 8192},
    }
    return zlib.compress(json.dumps(about).encode())


def checksum(data: bytes) -> bytes:
    """CRC-16 CCITT as the protocol orders its bits."""
    crc = 0xFFFF
    for byte in data:
        byte ^= crc & 0xFF
        byte ^= (byte & 0x0F) << 4
        crc = ((byte << 8) | (crc >> 8)) ^ (byte >> 4) ^ (byte << 3)
    return bytes([(crc >> 8) & 0xFF, crc & 0xFF])


def packed(value: int) -> bytes:
    """One number in one to five bytes."""
    out = []
    for shift, low, high in ((28, -0x4000000, 0xC000000), (21, -0x80000, 0x180000), (14, -0x1000, 0x3000)):
        if not low <= value < high:
            out.append((value >> shift) & 0x7F | 0x80)
    if not -0x20 <= value < 0x60:
        out.append((value >> 7) & 0x7F | 0x80)
    return bytes([*out, value & 0x7F])


def unpacked(data: bytes, at: int) -> tuple[int, int]:
    """The number that begins at a position, and where the next one begins."""
    byte = data[at]
    value = byte & 0x7F
    if byte & 0x60 == 0x60:
        value |= -0x20
    while byte & 0x80:
        at += 1
        byte = data[at]
        value = (value << 7) | (byte & 0x7F)
    return value, at + 1


def frame(sequence: int, content: bytes = b"") -> bytes:
    """A frame; without content it acknowledges."""
    head = bytes([len(content) + 5, 0x10 | (sequence & 0x0F)]) + content
    return head + checksum(head) + bytes([SYNC])


def response(name: str, values: Mapping[str, Any]) -> bytes:
    """The content of one message to the host."""
    number, fields = _BY_NAME[name]
    out = packed(number)
    for field, kind in fields:
        value = values[field]
        if kind == "%.*s":
            out += bytes([len(value)]) + value
        else:
            out += packed(value if value < 0x80000000 else value - 0x100000000)
    return out


def commands(content: bytes) -> Iterator[tuple[str, dict[str, int]]]:
    """Every command of a frame. An unknown one ends it: its length is not known."""
    at = 0
    while at < len(content):
        number, at = unpacked(content, at)
        if number not in _BY_NUMBER:
            raise ValueError(f"unknown command {number}")
        name, *fields = _BY_NUMBER[number]
        values = {}
        for field in fields:
            key, kind = field.split("=")
            value, at = unpacked(content, at)
            values[key] = value & 0xFFFFFFFF if kind == "%u" else value
        yield name, values
