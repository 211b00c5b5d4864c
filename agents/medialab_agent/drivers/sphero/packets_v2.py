"""Sphero's API version 2, spoken by BOLT, Mini and RVR; pure. Source: sdk.sphero.com; spherov2, controls/v2.

Start, flags, target and source where flagged, device, command, sequence, error in answers, data, checksum, end."""

from dataclasses import dataclass
from enum import Enum

SERVICE = "00010001-574f-4f20-5370-6865726f2121"
API = "00010002-574f-4f20-5370-6865726f2121"
GATE = "00020005-574f-4f20-5370-6865726f2121"
PASSWORD = b"usetheforce...band"
"""Written to `GATE` first, or the robot hangs up."""
START, END, ESCAPE = 0x8D, 0xD8, 0xAB
_PLAIN = {0x05: START, 0x50: END, 0x23: ESCAPE}
_ESCAPED = {plain: code for code, plain in _PLAIN.items()}
ANSWER, WANTS_ANSWER, ACTIVITY, TARGET, SOURCE = 0x01, 0x02, 0x08, 0x10, 0x20
HOST = 0x01
"""Source of what is sent here."""
MOST = 1_024
"""Bytes of an unfinished packet that are kept."""


class Command(Enum):
    """Everything this driver ever sends: device and command. The device that moves (22) is not among them."""

    FIRMWARE = (17, 0)
    SLEEP = (19, 1)
    WAKE = (19, 13)
    BATTERY_PERCENT = (19, 16)
    BATTERY_STATE = (19, 23)
    SET_NAME = (25, 3)
    NAME = (25, 4)
    LIGHTS_16 = (26, 14)
    LIGHTS_32 = (26, 26)
    LIGHTS_8 = (26, 28)
    PICTURES = (26, 52)
    DELETE_PICTURES = (26, 53)


class BadPacket(ValueError):
    """Bytes that are no packet of this API."""


@dataclass(frozen=True)
class Packet:
    """One request or answer. `error`: 0 is well; only in answers."""

    device: int
    command: int
    sequence: int
    data: bytes = b""
    target: int | None = None
    error: int | None = None

    def build(self) -> bytes:
        """The bytes on the air."""
        flags = ANSWER if self.error is not None else WANTS_ANSWER | ACTIVITY
        address = b""
        if self.target is not None:
            flags, address = flags | TARGET | SOURCE, bytes([self.target, HOST])
        error = b"" if self.error is None else bytes([self.error])
        body = bytes([flags]) + address + bytes([self.device, self.command, self.sequence]) + error + self.data
        body += bytes([checksum(body)])
        escaped = b"".join(bytes([ESCAPE, _ESCAPED[byte]]) if byte in _ESCAPED else bytes([byte]) for byte in body)
        return bytes([START]) + escaped + bytes([END])


def checksum(body: bytes) -> int:
    """All bits of the sum's lowest byte the other way round."""
    return 0xFF - sum(body) % 256


def parse(frame: bytes) -> Packet:
    """From start to end. Raises `BadPacket`."""
    if len(frame) < 2 or frame[0] != START or frame[-1] != END:
        raise BadPacket("no frame")
    body = _unescaped(frame[1:-1])
    if len(body) < 5 or checksum(body[:-1]) != body[-1]:
        raise BadPacket("checksum")
    flags, rest = body[0], body[1:-1]
    target = None
    if flags & TARGET:
        target, rest = rest[0], rest[1:]
    rest = rest[bool(flags & SOURCE) :]
    if len(rest) < 3 + bool(flags & ANSWER):
        raise BadPacket("too short")
    device, command, sequence, data = rest[0], rest[1], rest[2], rest[3:]
    if flags & ANSWER:
        return Packet(device, command, sequence, data[1:], target, data[0])
    return Packet(device, command, sequence, data, target)


def _unescaped(escaped: bytes) -> bytes:
    out, rest = bytearray(), iter(escaped)
    for byte in rest:
        if byte in (START, END):
            raise BadPacket("a frame within a frame")
        if byte == ESCAPE:
            code = next(rest, None)
            if code not in _PLAIN:
                raise BadPacket("escape")
            byte = _PLAIN[code]
        out.append(byte)
    return bytes(out)


class Collector:
    """Puts notifications together to packets."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def feed(self, data: bytes) -> list[Packet]:
        """The packets that are complete now. Raises `BadPacket`; the broken one is dropped then."""
        self._waiting += data
        found = []
        while (end := self._waiting.find(END)) >= 0:
            frame = bytes(self._waiting[: end + 1])
            del self._waiting[: end + 1]
            found.append(parse(frame))
        if len(self._waiting) > MOST:
            self._waiting.clear()
            raise BadPacket("no end")
        return found
