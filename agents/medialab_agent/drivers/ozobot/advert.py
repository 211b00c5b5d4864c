"""What an Ozobot says in its advertisement (ozobot/python-libraries, ozobot-ble/datatypes.py); pure."""

from dataclasses import dataclass

COMPANY = 0x03EB
"""Where the data stands in an advertisement."""
PACKET = 0
"""First byte of the data described here."""
EVO_PRODUCTS = frozenset({0, 4})
"""Product numbers of Evo; 5 is Ari."""
_SHORTEST = 25


@dataclass(frozen=True)
class Told:
    """Hardware id in hex, product number, firmware."""

    id: str
    product: int
    firmware: str


def told(data: bytes) -> Told | None:
    """Id in bytes 1 to 16, product in byte 22, firmware from byte 23 on; None for anything else."""
    if len(data) < _SHORTEST or data[0] != PACKET:
        return None
    patch = int.from_bytes(data[25:27], "little") if len(data) >= 27 else 0
    return Told(data[1:17].hex().upper(), data[22], f"{data[23] & 0x7F}.{data[24]}.{patch}")


def told_in_hex(text: str) -> Told | None:
    """The same from a sighting's fact."""
    try:
        return told(bytes.fromhex(text))
    except ValueError:
        return None


def data_of(one: Told, offset: bytes = b"\0" * 5) -> bytes:
    """The advertised data; the inverse of `told`. `offset`: bytes 17 to 21, whose meaning is not published."""
    major, minor, patch = (int(part) for part in one.firmware.split("."))
    version = bytes([major | 0x80, minor]) + patch.to_bytes(2, "little")
    return bytes([PACKET]) + bytes.fromhex(one.id) + offset + bytes([one.product]) + version
