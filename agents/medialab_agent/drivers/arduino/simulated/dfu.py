"""The boot program of the UNO R4 Minima: USB DFU 1.1 as arduino-renesas-bootloader and TinyUSB do it (both read)."""

import struct
from collections.abc import Callable

from medialab_agent.drivers.arduino.simulated.chip import BLANK, Chip

DETACH, DNLOAD, UPLOAD, GETSTATUS, CLRSTATUS, GETSTATE, ABORT = range(7)
IDLE, DNLOAD_SYNC, DNLOAD_IDLE, MANIFEST_SYNC, UPLOAD_IDLE, ERROR = 2, 3, 5, 6, 9, 10
OK, ERR_WRITE, ERR_STALLED = 0x00, 0x03, 0x0F
TRANSFER = 64
"""CFG_TUD_DFU_XFER_BUFSIZE."""
ALTERNATES = ("@CodeFlash /0x00000000/8*2Ka,120*2Kg", "@DataFlash /0x08000000/8*1Kg")
"""Two settings of its one interface. The second is only called so: what is written there lands in the first as well."""


class DfuBoot:
    """Answers class requests. `is_done`: it was told to start anew. `after_page` is called after each page written;
    `transfer` bytes go at a time."""

    def __init__(
        self, chip: Chip, after_page: Callable[[], None], *, refuses: bool = False, transfer: int = TRANSFER
    ) -> None:
        self._chip, self._after_page, self._refuses = chip, after_page, refuses
        self.transfer = transfer
        self._state, self._status = IDLE, OK
        self._page, self._block = bytearray(), 0
        self.is_done = False

    @property
    def functional(self) -> bytes:
        """Its descriptor: it reads, writes, and goes on after manifestation (usb_descriptors.c)."""
        return struct.pack("<BBBHHH", 9, 0x21, 0x07, 1000, self.transfer, 0x0101)

    def take(self, data: bytes) -> bytes:
        """Nothing: it has no serial port."""
        return data[:0]

    def request(self, setup: bytes, data: bytes) -> bytes | None:
        """The answer to one class request; None refuses it."""
        _kind, number, value, _index, length = struct.unpack("<BBHHH", setup)
        match number:
            case 0:
                self.is_done = True
            case 1:
                return self._download(value, data)
            case 2:
                return self._upload(value, length)
            case 3:
                return self._told()
            case 4 | 6:
                self._state, self._status, self._page = IDLE, OK, bytearray()
            case 5:
                return bytes([self._state])
            case _:
                return self._refuse(ERR_STALLED)
        return b""

    def _download(self, block: int, data: bytes) -> bytes | None:
        if self._state not in (IDLE, DNLOAD_IDLE) or (self._state == IDLE and not data):
            return self._refuse(ERR_STALLED)
        if self._refuses:
            return self._refuse(ERR_WRITE)
        if not data:
            self._state = MANIFEST_SYNC
            return b""
        self._state, self._block = DNLOAD_SYNC, block
        self._page += data
        if len(self._page) >= self._chip.part.page:
            self._write()
        return b""

    def _upload(self, block: int, length: int) -> bytes | None:
        if self._state not in (IDLE, UPLOAD_IDLE) or length > self.transfer:
            return self._refuse(ERR_STALLED)
        self._state = UPLOAD_IDLE
        place = self._chip.part.start + block * length
        return bytes(self._chip.flash[place : place + length])

    def _told(self) -> bytes:
        if self._state == MANIFEST_SYNC:
            if self._page:
                self._write()
            self._state = IDLE
        elif self._state == DNLOAD_SYNC:
            self._state = DNLOAD_IDLE
        return bytes([self._status, 0, 0, 0, self._state, 0])

    def _write(self) -> None:
        page = self._block * self.transfer // self._chip.part.page + self._chip.pages[0]
        self._chip.write(page * self._chip.part.page, bytes(self._page).ljust(self._chip.part.page, bytes([BLANK])))
        self._page.clear()
        self._after_page()

    def _refuse(self, status: int) -> bytes | None:
        self._state, self._status = ERROR, status
        return None
