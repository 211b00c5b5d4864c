"""Keeps of a JPEG what a decoder needs: no EXIF, no place, no comment, nothing before, between or behind; pure.

Segments and markers: ITU-T T.81, annex B (https://www.w3.org/Graphics/JPEG/itu-t81.pdf)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

SOI, EOI, SOS, DQT, DHT, DRI = 0xD8, 0xD9, 0xDA, 0xDB, 0xC4, 0xDD
FRAMES = frozenset({0xC0, 0xC1, 0xC2})
"""Baseline, extended and progressive, all with Huffman coding; nothing else is decoded by every browser."""
DROPPED = frozenset({*range(0xE0, 0xF0), 0xFE})
"""APPn and COM: whatever programs and cameras write beside the picture."""
ADOBE = 0xEE
JFIF = bytes.fromhex("ffe000104a46494600010100000100010000")
"""The one APP0 of a cleaned file: colours are YCbCr or grey, and there is no thumbnail."""
MOST_SEGMENTS, MOST_SCANS = 1000, 32
_END_OF_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7]")
_RESTART = re.compile(rb"\xff[\xd0-\xd7]")


class Flaw(StrEnum):
    """Why a file is not taken."""

    NO_JPEG = "no-jpeg"
    DAMAGED = "damaged"
    UNUSUAL = "unusual"
    """A JPEG, but of a kind that no camera makes: arithmetic coding, CMYK, 12 bits, RGB."""
    TOO_MANY_PIXELS = "too-many-pixels"


class Refused(ValueError):
    """The file is not taken; nothing of it is kept."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw


@dataclass(frozen=True)
class Picture:
    """A cleaned JPEG, and its size in pixels."""

    data: bytes
    width: int
    height: int


@dataclass(frozen=True)
class _Frame:
    width: int
    height: int
    components: frozenset[int]


def cleaned(data: bytes, longest_side: int) -> Picture:
    """The picture alone. Pixels are not decoded: what is coded stays as it is. Raises `Refused`."""
    return _Cleaner(data, longest_side).clean()


class _Cleaner:
    """Walks over the segments once, copying those it knows."""

    def __init__(self, data: bytes, longest_side: int) -> None:
        self._data, self._at, self._longest = data, 0, longest_side
        self._kept = [bytes((0xFF, SOI)), JFIF]
        self._frame: _Frame | None = None
        self._transform: int | None = None
        self._scans = self._interval = 0
        self._known: Mapping[int, Callable[[bytes], None]] = {
            DQT: _check_quantisation,
            DHT: _check_huffman,
            DRI: self._take_interval,
            SOS: self._check_scan,
            **dict.fromkeys(FRAMES, self._take_frame),
        }

    def clean(self) -> Picture:
        """See `cleaned`."""
        if self._data[:3] != bytes((0xFF, SOI, 0xFF)):
            raise Refused(Flaw.NO_JPEG)
        self._at = 2
        for _ in range(MOST_SEGMENTS):
            marker = self._marker()
            if marker == EOI:
                return self._whole()
            self._segment(marker)
        raise Refused(Flaw.DAMAGED)

    def _whole(self) -> Picture:
        if self._at != len(self._data) or self._frame is None or not self._scans:
            raise Refused(Flaw.DAMAGED)
        if self._transform not in (None, 1) and len(self._frame.components) > 1:
            raise Refused(Flaw.UNUSUAL)
        return Picture(b"".join((*self._kept, bytes((0xFF, EOI)))), self._frame.width, self._frame.height)

    def _segment(self, marker: int) -> None:
        body = self._body()
        if marker in DROPPED:
            if marker == ADOBE and body.startswith(b"Adobe") and len(body) >= 12:
                self._transform = body[11]
            return
        if marker not in self._known:
            raise Refused(Flaw.UNUSUAL if 0xC0 <= marker <= 0xFE else Flaw.DAMAGED)
        self._known[marker](body)
        self._kept.append(bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body)
        if marker == SOS:
            self._kept.append(self._coded())

    def _marker(self) -> int:
        if self._byte() != 0xFF:
            raise Refused(Flaw.DAMAGED)
        while (code := self._byte()) == 0xFF:
            """Any marker may be preceded by fill bytes (B.1.1.2)."""
        return code

    def _byte(self) -> int:
        if self._at >= len(self._data):
            raise Refused(Flaw.DAMAGED)
        self._at += 1
        return self._data[self._at - 1]

    def _body(self) -> bytes:
        end = self._at + int.from_bytes(self._data[self._at : self._at + 2], "big")
        if end < self._at + 2 or end > len(self._data):
            raise Refused(Flaw.DAMAGED)
        body = self._data[self._at + 2 : end]
        self._at = end
        return body

    def _coded(self) -> bytes:
        """The entropy-coded data behind the header of a scan, up to the next marker."""
        end = _END_OF_SCAN.search(self._data, self._at)
        if end is None or end.start() == self._at:
            raise Refused(Flaw.DAMAGED)
        coded = self._data[self._at : end.start()]
        self._at = end.start()
        if not self._interval and _RESTART.search(coded):
            raise Refused(Flaw.DAMAGED)
        return coded

    def _take_interval(self, body: bytes) -> None:
        _demand(len(body) == 2)
        self._interval = int.from_bytes(body, "big")

    def _take_frame(self, body: bytes) -> None:
        _demand(self._frame is None and len(body) >= 9)
        height, width, count = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big"), body[5]
        _demand(width > 0 and height > 0 and len(body) == 6 + 3 * count)
        if max(width, height) > self._longest:
            raise Refused(Flaw.TOO_MANY_PIXELS)
        names = body[6::3]
        if body[0] != 8 or count not in (1, 3) or names == b"RGB":
            raise Refused(Flaw.UNUSUAL)
        _demand(len({*names}) == count)
        _demand(all(1 <= one >> 4 <= 4 and 1 <= one & 15 <= 4 for one in body[7::3]) and max(body[8::3]) <= 3)
        self._frame = _Frame(width, height, frozenset(names))

    def _check_scan(self, body: bytes) -> None:
        self._scans += 1
        _demand(self._frame is not None and self._scans <= MOST_SCANS and len(body) >= 6)
        assert self._frame is not None
        count = body[0]
        _demand(1 <= count <= len(self._frame.components) and len(body) == 4 + 2 * count)
        named, tables = body[1 : 1 + 2 * count : 2], body[2 : 2 + 2 * count : 2]
        _demand(len({*named}) == count and {*named} <= self._frame.components)
        _demand(all(one >> 4 <= 3 and one & 15 <= 3 for one in tables))
        _demand(body[-3] <= body[-2] <= 63)


def _check_quantisation(body: bytes) -> None:
    at = 0
    while at < len(body):
        precision, table = body[at] >> 4, body[at] & 15
        _demand(precision <= 1 and table <= 3)
        at += 65 + 64 * precision
    _demand(at == len(body) > 0)


def _check_huffman(body: bytes) -> None:
    at = 0
    while at < len(body):
        _demand(body[at] >> 4 <= 1 and body[at] & 15 <= 3 and len(body) >= at + 17)
        symbols = sum(body[at + 1 : at + 17])
        _demand(symbols <= 256)
        at += 17 + symbols
    _demand(at == len(body) > 0)


def _demand(is_so: bool) -> None:
    if not is_so:
        raise Refused(Flaw.DAMAGED)
