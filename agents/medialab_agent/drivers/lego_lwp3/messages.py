"""The few messages of the LEGO Wireless Protocol 3 that are used here; pure.

Source: lego.github.io/lego-ble-wireless-protocol-docs, chapters 2 and 3. A message is length, hub (0), kind, rest."""

from dataclasses import dataclass
from enum import IntEnum

SERVICE = "00001623-1212-efde-1623-785feabcd123"
CHARACTERISTIC = "00001624-1212-efde-1623-785feabcd123"
COMPANY = 0x0397
"""LEGO System A/S at the Bluetooth SIG."""
NAME_MOST = 14
"""Bytes of a hub's name."""


class Kind(IntEnum):
    """Third byte of a message."""

    PROPERTY = 0x01
    ACTION = 0x02
    ERROR = 0x05


class Property(IntEnum):
    """What a hub can be asked for."""

    NAME = 0x01
    FIRMWARE = 0x03
    BATTERY = 0x06


class Operation(IntEnum):
    """What is done with a property."""

    SET = 0x01
    RESET = 0x04
    REQUEST = 0x05
    UPDATE = 0x06


class Action(IntEnum):
    """What a hub is told to do. There is none for motors among those used here."""

    SHOW_BUSY = 0x05
    SHOW_NORMAL = 0x06


MODELS = {
    0x20: "LEGO DUPLO Train",
    0x40: "LEGO BOOST Move Hub",
    0x41: "LEGO City Hub",
    0x42: "LEGO Powered Up Remote",
    0x80: "LEGO Technic Hub",
    0x81: "LEGO SPIKE Prime (SPIKE 2) / Robot Inventor",
    0x83: "LEGO SPIKE Essential",
    0x84: "LEGO Technic Move Hub",
}
"""By the second byte of the manufacturer data (pybricksdev, `HubKind`)."""
KEEPS_NO_PROGRAMS = frozenset({0x20, 0x40, 0x41, 0x42, 0x80})
"""Hubs that only ever obey a tablet or a remote: nothing of learners' can be stored but the name."""


class BadMessage(ValueError):
    """Bytes that are no message of this protocol."""


@dataclass(frozen=True)
class Update:
    """A property and its value."""

    property: int
    value: bytes


def message(kind: Kind, rest: bytes) -> bytes:
    """With the header. `rest`: 124 bytes at most, so that one byte holds the length."""
    return bytes([len(rest) + 3, 0, kind]) + rest


def request(wanted: Property) -> bytes:
    """Tell a property once."""
    return message(Kind.PROPERTY, bytes([wanted, Operation.REQUEST]))


def set_name(name: str) -> bytes:
    """Call it so; cut to what fits."""
    return message(Kind.PROPERTY, bytes([Property.NAME, Operation.SET]) + fitting(name).encode())


def action(wanted: Action) -> bytes:
    """Do it."""
    return message(Kind.ACTION, bytes([wanted]))


def read(data: bytes) -> Update | int | None:
    """A property's value, the code of an error, or None for anything else. Raises `BadMessage`."""
    if len(data) < 4 or data[0] != len(data) or data[0] >= 0x80:
        raise BadMessage(f"{len(data)} bytes")
    if data[2] == Kind.ERROR:
        return data[-1]
    if data[2] == Kind.PROPERTY and data[4:5] == bytes([Operation.UPDATE]):
        return Update(data[3], data[5:])
    return None


def version(value: bytes) -> str:
    """`1.0.00.0224` from four bytes (chapter 3.5.6). Raises `BadMessage`."""
    if len(value) != 4:
        raise BadMessage("version")
    digits = value[::-1].hex()
    return f"{digits[0]}.{digits[1]}.{digits[2:4]}.{digits[4:]}"


def fitting(name: str) -> str:
    """As much of a name as a hub can take."""
    return name.replace("\0", "").encode()[:NAME_MOST].decode("utf-8", "ignore")


def kind_of(manufacturer_hex: str) -> int | None:
    """The hub's kind from its manufacturer data in hex: button, kind, capabilities, last network, status, option."""
    try:
        data = bytes.fromhex(manufacturer_hex)
    except ValueError:
        return None
    return data[1] if len(data) >= 2 else None
