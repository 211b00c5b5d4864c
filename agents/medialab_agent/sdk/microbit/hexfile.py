"""Intel HEX files and micro:bit universal hex files: read strictly, picked apart, written plainly; pure.

Intel, Hexadecimal Object File Format Specification, 1988; microbit-foundation/spec-universal-hex (0x0A begins a
block for one board, 0x0B ends it, 0x0C is padding, 0x0D its data, 0x0E data for something else)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

MOST_BYTES = 8 * 1024 * 1024
"""A universal hex for two boards with full flash has 2 MB; more is not a program for a board."""

DATA, END, SEGMENT, SEGMENT_START, LINEAR, LINEAR_START = range(6)
BLOCK, BLOCK_END, PADDING, BLOCK_DATA, OTHER = 0x0A, 0x0B, 0x0C, 0x0D, 0x0E
_KNOWN = frozenset({*range(6), BLOCK, BLOCK_END, PADDING, BLOCK_DATA, OTHER})


class BadHex(ValueError):
    """Not a usable hex file. `line` counts from 1; 0 speaks of the whole file."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(f"line {line}: {reason}" if line else reason)
        self.line = line


@dataclass(frozen=True)
class Memory:
    """Bytes by address, as runs that neither touch nor overlap, in ascending order."""

    runs: tuple[tuple[int, bytes], ...] = ()

    @property
    def size(self) -> int:
        """How many bytes have a value."""
        return sum(len(data) for _start, data in self.runs)

    def read(self, start: int, length: int, blank: int = 0xFF) -> bytes:
        """That many bytes from there; what has no value reads as erased flash."""
        out = bytearray([blank]) * length
        for at, data in self.runs:
            low, high = max(start, at), min(start + length, at + len(data))
            if low < high:
                out[low - start : high - start] = data[low - at : high - at]
        return bytes(out)

    def word(self, at: int) -> int:
        """The little-endian word at that address."""
        return int.from_bytes(self.read(at, 4), "little")

    def lies_in(self, *areas: range) -> bool:
        """Whether every byte lies in one of these ranges of addresses."""
        return all(any(at in area and at + len(data) - 1 in area for area in areas) for at, data in self.runs)


@dataclass
class _Reader:
    """Goes through the records; `boards` are the blocks seen, `cells` what is meant for each of them."""

    base: int = 0
    board: int | None = None
    is_ended: bool = False
    cells: dict[int | None, dict[int, int]] = field(default_factory=dict)

    def take(self, kind: int, address: int, data: bytes, line: int) -> None:
        if kind in (SEGMENT, LINEAR):
            if len(data) != 2:
                raise BadHex("an address record has two bytes", line)
            self.base = int.from_bytes(data, "big") << (4 if kind == SEGMENT else 16)
        elif kind == BLOCK:
            if len(data) < 2:
                raise BadHex("a block names its board with two bytes", line)
            self.board = int.from_bytes(data[:2], "big")
            self.cells.setdefault(self.board, {})
        elif kind == END:
            self.is_ended = True
        elif kind in (DATA, BLOCK_DATA):
            self._put(address, data, line)

    def _put(self, address: int, data: bytes, line: int) -> None:
        cells = self.cells.setdefault(self.board, {})
        for offset, value in enumerate(data):
            at = self.base + address + offset
            if cells.setdefault(at, value) != value:
                raise BadHex("two records disagree about an address", line)


@dataclass(frozen=True)
class HexFile:
    """A file that was read: one memory for any board, or one for each board id of a universal hex."""

    parts: Mapping[int | None, Memory]

    @property
    def boards(self) -> tuple[int, ...]:
        """Board ids of a universal hex, in the file's order; empty for a plain one."""
        return tuple(board for board in self.parts if board is not None)

    def meant_for(self, *boards: int) -> Memory | None:
        """The part for the first of these ids it has, or the whole of a plain file; None when it has none."""
        if not self.boards:
            return self.parts.get(None, Memory())
        return next((self.parts[board] for board in boards if board in self.parts), None)


def read_hex(content: bytes) -> HexFile:
    """Every record is checked: form, checksum, kind, an end, nothing behind it. Raises `BadHex`."""
    if len(content) > MOST_BYTES:
        raise BadHex("too large for a program")
    reader = _Reader()
    for line, text in enumerate(content.split(b"\n"), 1):
        text = text.strip(b"\r \t")
        if not text:
            continue
        if reader.is_ended:
            raise BadHex("something follows the end", line)
        reader.take(*_record(text, line), line)
    if not reader.is_ended:
        raise BadHex("the end is missing: the file is cut off")
    parts = {board: _joined(cells) for board, cells in reader.cells.items() if cells}
    if not parts:
        raise BadHex("it contains no program")
    if None in parts and len(parts) > 1:
        raise BadHex("some of its data belongs to no board")
    return HexFile(parts)


def write_hex(memory: Memory, end: str = "\n") -> bytes:
    """A plain Intel HEX file of 16-byte records in ascending order; `end` closes each line."""
    lines, upper = [], 0
    for at, chunk in _chunks(memory):
        if at >> 16 != upper:
            upper = at >> 16
            lines.append(_line(LINEAR, 0, upper.to_bytes(2, "big")))
        lines.append(_line(DATA, at & 0xFFFF, chunk))
    lines.append(_line(END, 0, b""))
    return "".join(f"{line}{end}" for line in lines).encode()


def memory_of(parts: Mapping[int, bytes]) -> Memory:
    """A memory from pieces that do not overlap."""
    return _joined({at + offset: value for at, data in parts.items() for offset, value in enumerate(data)})


def _record(text: bytes, line: int) -> tuple[int, int, bytes]:
    if text[:1] != b":":
        raise BadHex("a record begins with a colon", line)
    try:
        raw = bytes.fromhex(text[1:].decode("ascii"))
    except ValueError:
        raise BadHex("not written in hexadecimal digits", line) from None
    if len(raw) < 5 or len(raw) != raw[0] + 5 or len(text) != 2 * len(raw) + 1:
        raise BadHex("the record has another length than it says", line)
    if sum(raw) & 0xFF:
        raise BadHex("the checksum is wrong", line)
    if raw[3] not in _KNOWN:
        raise BadHex(f"records of kind {raw[3]:02x} are not known", line)
    return raw[3], int.from_bytes(raw[1:3], "big"), raw[4:-1]


def _joined(cells: Mapping[int, int]) -> Memory:
    runs: list[tuple[int, bytearray]] = []
    for at in sorted(cells):
        if runs and runs[-1][0] + len(runs[-1][1]) == at:
            runs[-1][1].append(cells[at])
        else:
            runs.append((at, bytearray([cells[at]])))
    return Memory(tuple((at, bytes(data)) for at, data in runs))


def _chunks(memory: Memory) -> Iterator[tuple[int, bytes]]:
    """Pieces of at most 16 bytes that cross no multiple of 16, and so no 64 KB."""
    for start, data in memory.runs:
        at, rest = start, data
        while rest:
            size = 16 - at % 16
            yield at, rest[:size]
            at, rest = at + size, rest[size:]


def _line(kind: int, address: int, data: bytes) -> str:
    raw = bytes([len(data), *address.to_bytes(2, "big"), kind]) + data
    return f":{raw.hex().upper()}{-sum(raw) & 0xFF:02X}"
