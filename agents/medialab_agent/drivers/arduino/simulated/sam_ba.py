"""The boot program of boards with a SAMD21: SAM-BA as in sam_ba_monitor.c of ArduinoCore-samd (read)."""

import re
from collections.abc import Callable

from medialab_agent.drivers.arduino.simulated.chip import Chip

VERSION = b"v2.0 [Arduino:XYZP] Apr 19 2019 14:38:48\n\r"
COMMAND = re.compile(rb"([A-Za-z])([0-9A-Fa-f]{0,8})(?:,([0-9A-Fa-f]{0,8}))?#")
CPUID, DSU_DID, AIRCR = 0xE000_ED00, 0x4100_2018, 0xE000_ED0C
SERIAL = (0x0080_A00C, 0x0080_A040, 0x0080_A044, 0x0080_A048)
CORTEX_M0 = 0x410C_C601
RAM = 0x2000_0000
SPOILT_FROM = 64
"""Answers of so many bytes and more arrive spoilt over USB (BOSSA, Samba.cpp)."""


class SamBa:
    """Takes bytes, gives bytes. `is_done`: the chip was told to start anew. `after_page` is called after each row that
    was erased. `is_secured` as with the chip's security bit: flash reads as zero, or as what is in the RAM."""

    def __init__(
        self, chip: Chip, after_page: Callable[[], None], *, refuses: bool = False, is_secured: bool = False
    ) -> None:
        self._chip, self._after_page, self._is_locked, self._is_secured = chip, after_page, refuses, is_secured
        self._buffer = bytearray()
        self.is_done = False
        self.serial = "00000000" * 4

    def take(self, data: bytes) -> bytes:
        """The answers to everything that is complete by now."""
        self._buffer += data
        answers = bytearray()
        while found := COMMAND.search(self._buffer):
            name, first, second = (group or b"" for group in found.groups())
            del self._buffer[: found.end()]
            answers += self._carry_out(name, int(first or b"0", 16), int(second or b"0", 16))
        return bytes(answers)

    def _carry_out(self, name: bytes, address: int, number: int) -> bytes:
        match name:
            case b"N" | b"T":
                return b"\n\r"
            case b"V":
                return VERSION
            case b"w":
                return self._word(address).to_bytes(4, "little")
            case b"o":
                return self._word(address).to_bytes(4, "little")[:1]
            case b"R":
                found = self._read(address, number)
                return bytes(byte ^ 0x5A for byte in found) if number >= SPOILT_FROM else found
            case b"X":
                self._erase(address)
                return b"X\n\r"
            case b"W":
                self.is_done = self.is_done or (address == AIRCR and number == 0x05FA_0004)
        return b""

    def _word(self, address: int) -> int:
        if address in (CPUID, DSU_DID):
            return CORTEX_M0 if address == CPUID else int.from_bytes(self._chip.part.signature, "big")
        if self._is_secured and 3 < address < RAM:
            return 0
        if address in SERIAL:
            place = SERIAL.index(address) * 8
            return int(self.serial[place : place + 8], 16)
        return int.from_bytes(self._read(address, 4), "little")

    def _read(self, address: int, length: int) -> bytes:
        if self._is_secured and address < RAM:
            return b"\0" * length
        return bytes(self._chip.flash[address : address + length]).ljust(length, b"\0")

    def _erase(self, address: int) -> None:
        """Rows of a locked region stay as they are, and nobody says so."""
        first = self._chip.part.start if self._is_secured else address
        for page in range(first // self._chip.part.page, self._chip.part.flash // self._chip.part.page):
            if not self._is_locked:
                self._chip.erase(page)
            self._after_page()
