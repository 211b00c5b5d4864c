"""The few words this program may say to a drone, and what its answers look like; pure.

Tello SDK 2.0 User Guide (Ryze, 2018.11) and SDK 3.0 User Guide (2021): read commands and Tello state."""

import re
from collections.abc import Mapping
from enum import StrEnum

ANSWER_MOST, STATE_MOST = 128, 1_024
"""Bytes of an answer and of a state packet that are looked at."""
_STATE_FIELD = re.compile(r"([a-z]{1,8}):(-?\d{1,9}(?:\.\d{1,9})?)")


class Query(StrEnum):
    """Everything that is ever sent. `ENTER` turns the SDK on, which makes the drone answer and tell its state; the
    others only ask. A drone that hears nothing for 15 s while it flies lands by itself (SDK 3.0)."""

    ENTER = "command"
    BATTERY = "battery?"
    SERIAL = "sn?"
    SDK = "sdk?"
    WIFI = "wifi?"


_SHAPES = {
    Query.ENTER: re.compile(r"ok", re.IGNORECASE),
    Query.BATTERY: re.compile(r"100|\d{1,2}"),
    Query.SERIAL: re.compile(r"[0-9A-Z]{8,20}"),
    Query.SDK: re.compile(r"\d{1,3}(\.\d{1,3}){0,3}"),
    Query.WIFI: re.compile(r"100|\d{1,2}"),
}


def meaning(query: Query, answer: bytes) -> str | None:
    """What the drone says; None when it does not know this question, or what it says is no answer to it."""
    said = answer[:ANSWER_MOST].decode("ascii", "replace").strip()
    return said if _SHAPES[query].fullmatch(said) else None


def state_of(packet: bytes) -> Mapping[str, float]:
    """Numbers of a state packet by their names, such as `bat` (percent), `h` (cm above the ground), `vgx` (speed),
    `time` (seconds its motors have run); what is none is left out."""
    words = packet[:STATE_MOST].decode("ascii", "replace")
    fields = (_STATE_FIELD.fullmatch(field.strip()) for field in words.split(";"))
    return {field.group(1): float(field.group(2)) for field in fields if field}
