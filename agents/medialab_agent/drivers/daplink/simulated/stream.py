"""The interface chip's way with a program, as DAPLink has it, its traps included.

source/daplink/cmsis-dap/DAP_vendor.c, drag-n-drop/file_stream.c, flash_decoder.c, intelhex.c: whole sectors are parsed;
an error closes nothing; CLOSE of a file that was cut off says 0; once the end was seen, more sectors are an error."""

from collections.abc import Callable
from enum import Enum

from medialab_agent.sdk.microbit.inspector import Chip as ChipKind
from medialab_agent.sdk.microbit.simulated.chip import Chip

OK, INTERNAL, UNLOCK, ERASE_ALL, DONE, CHECKSUM, INCOMPATIBLE, INCOMPLETE = 0, 2, 14, 16, 19, 21, 29, 37
"""error.h"""
SECTOR = 512
LEAST = 64
"""Bytes until the kind of image is known and the chip is erased (flash_decoder.h)."""
HEX_TYPE = 1


class State(Enum):
    """file_stream.c"""

    CLOSED = 0
    OPEN = 1
    END = 2
    ERROR = 3


class HexParser:
    """intelhex.c, for the records it knows; `store` takes what is meant for this board and returns an error or 0."""

    def __init__(self, ids: tuple[int, ...], store: Callable[[int, bytes], int]) -> None:
        self._ids, self._store = ids, store
        self._record = bytearray()
        self._high: int | None = None
        self._is_processed = False
        self._base = self._version = 0
        self._is_skipping = False

    def feed(self, block: bytes) -> int:
        """One block; 0, `DONE` at the end of the file, or an error."""
        if self._is_skipping and block[:1] != b":":
            return OK
        self._is_skipping = False
        for letter in block:
            status = self._letter(letter)
            if status != OK or self._is_skipping:
                return status
        return OK

    def _letter(self, letter: int) -> int:
        if letter in b"\r\n":
            return OK
        if letter == 0x3A:
            self._record, self._high, self._is_processed = bytearray(), None, False
            return OK
        nibble = letter & 0xF if letter & 0x10 else (letter & 0xF) + 9
        if self._high is None:
            self._high = nibble << 4
            return OK
        self._record.append((self._high | nibble & 0xF) & 0xFF)
        self._high = None
        if len(self._record) < self._record[0] + 5 or self._is_processed:
            return OK
        self._is_processed = True
        return CHECKSUM if sum(self._record) & 0xFF else self._take(bytes(self._record))

    def _take(self, record: bytes) -> int:
        kind, address, data = record[3], int.from_bytes(record[1:3], "big"), record[4:-1]
        if kind == 0x0A:
            self._version = int.from_bytes(data[:2], "big")
        elif kind == 1:
            return DONE
        elif kind in (2, 4):
            self._base = int.from_bytes(data[:2], "big") << (4 if kind == 2 else 16)
        elif kind in (0, 0x0D):
            if self._version and self._version not in self._ids:
                self._is_skipping = True
                return OK
            return self._store(self._base + address, data)
        return OK


class Stream:
    """The three vendor commands. `trouble` is asked before the chip is erased: an error, or 0."""

    def __init__(self, chip: Chip, trouble: Callable[[], int], started: Callable[[], None]) -> None:
        self._chip, self._trouble, self._started = chip, trouble, started
        self._state = State.CLOSED
        self._buffer = b""
        self._parser = HexParser((), self._store)
        self._kept: list[tuple[int, bytes]] = []
        self._is_writing = False

    @property
    def is_open(self) -> bool:
        """While a program is written the chip does not run."""
        return self._state is not State.CLOSED

    def open(self, kind: int) -> int:
        """ID_DAP_MSD_Open"""
        self._buffer = b""
        if self._state is not State.CLOSED or kind != HEX_TYPE:
            return INTERNAL
        self._state, self._kept, self._is_writing = State.OPEN, [], False
        self._parser = HexParser(self._chip.room.hex_ids, self._store)
        return OK

    def write(self, data: bytes) -> int:
        """ID_DAP_MSD_Write: collected to sectors, unless whole ones come."""
        if not self._buffer and len(data) % SECTOR == 0:
            return self._sector(data)
        status = OK
        self._buffer += data
        if len(self._buffer) >= SECTOR:
            block, self._buffer = self._buffer[:SECTOR], self._buffer[SECTOR:]
            status = self._sector(block)
            if self._buffer:
                status = OK  # the answer is the last one given: that of the rest, which was only kept
        return status

    def close(self) -> int:
        """ID_DAP_MSD_Close: the rest is parsed, and then nobody asks whether the end was seen."""
        if self._buffer:
            rest, self._buffer = self._buffer, b""
            status = self._sector(rest)
            if status not in (OK, DONE, 20):
                return status
        if self._state is State.CLOSED:
            return INTERNAL
        self._state = State.CLOSED
        if self._is_writing:
            self._chip.restart()
            self._started()
            return OK
        return INCOMPLETE

    def _sector(self, block: bytes) -> int:
        if self._state is not State.OPEN:
            return INTERNAL
        status = self._parser.feed(block)
        if status == DONE:
            self._state = State.END
        elif status != OK:
            self._state = State.ERROR
        return status

    def _store(self, at: int, data: bytes) -> int:
        """Kept until it is known what comes; then the chip is erased, and all of it written."""
        self._kept.append((at, data))
        if not self._is_writing:
            if sum(len(piece) for _at, piece in self._kept) < LEAST:
                return OK
            status = self._begin()
            if status != OK:
                return status
        for place, piece in self._kept:
            self._chip.write(place, piece)
        self._kept.clear()
        return OK

    def _begin(self) -> int:
        """A program for the other core is refused (microbitv2.c); else the chip is erased."""
        first = b"".join(piece for _at, piece in self._kept)
        if self._chip.room.chip is ChipKind.NRF52 and not any(first[0x10:0x1C]):
            return INCOMPATIBLE
        status = self._trouble()
        if status == OK:
            self._chip.erase()
            self._is_writing = True
        return status
