"""Sphero's API version 1, spoken by SPRK+; pure. Source: Sphero API 1.20; spherov2, controls/v1.

Request: FF FF device command sequence length data checksum. Answer: FF FF code sequence length data checksum."""

from dataclasses import dataclass
from enum import Enum

from medialab_agent.drivers.sphero.packets_v2 import BadPacket, checksum

SERVICE = "22bb746f-2ba0-7554-2d6f-726568705327"
SEND = "22bb746f-2ba1-7554-2d6f-726568705327"
HEAR = "22bb746f-2ba6-7554-2d6f-726568705327"
GATE = "22bb746f-2bbd-7554-2d6f-726568705327"
POWER = "22bb746f-2bb2-7554-2d6f-726568705327"
PASSWORD = b"011i3"
"""Written to `GATE` first; then the transmitting power to `POWER`."""
MARK, UNASKED = 0xFF, 0xFE
MOST = 1_024


class Command(Enum):
    """Everything this driver ever sends: device and command. Those that roll (2, 48 and 51) are not among them."""

    VERSIONS = (0, 2)
    SET_NAME = (0, 16)
    NAME = (0, 17)
    POWER_STATE = (0, 32)
    SLEEP = (0, 34)
    LIGHT = (2, 32)


@dataclass(frozen=True)
class Answer:
    """Code 0 is well."""

    code: int
    sequence: int
    data: bytes

    def build(self) -> bytes:
        """The bytes on the air."""
        body = bytes([self.code, self.sequence, len(self.data) + 1]) + self.data
        return bytes([MARK, MARK]) + body + bytes([checksum(body)])


def request(command: Command, sequence: int, data: bytes = b"") -> bytes:
    """The bytes on the air."""
    body = bytes([*command.value, sequence, len(data) + 1]) + data
    return bytes([MARK, MARK]) + body + bytes([checksum(body)])


class Collector:
    """Puts notifications together to answers; what comes unasked is left out."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def feed(self, data: bytes) -> list[Answer]:
        """The answers that are complete now. Raises `BadPacket`; everything that waits is dropped then."""
        self._waiting += data
        found = []
        try:
            while len(self._waiting) >= 5 and (size := self._size()) <= len(self._waiting):
                frame = bytes(self._waiting[:size])
                del self._waiting[:size]
                if checksum(frame[2:-1]) != frame[-1]:
                    raise BadPacket("checksum")
                if frame[1] == MARK:
                    found.append(Answer(frame[2], frame[3], frame[5:-1]))
        except BadPacket:
            self._waiting.clear()
            raise
        return found

    def _size(self) -> int:
        if self._waiting[0] != MARK or self._waiting[1] not in (MARK, UNASKED):
            raise BadPacket("no start")
        is_asked = self._waiting[1] == MARK
        length = self._waiting[4] if is_asked else int.from_bytes(self._waiting[3:5], "big")
        if not 1 <= length <= MOST:
            raise BadPacket("length")
        return 5 + length
