"""The serial loader of an ESP32: SLIP frames and the commands esptool needs, in ROM and with its flasher stub.

Source: Espressif, esptool documentation, “Serial Protocol”; register numbers from esptool's targets/esp32.py (read)."""

import hashlib
import struct
import zlib
from dataclasses import dataclass, field

END, ESC = 0xC0, 0xDB
SYNC, WRITE_REG, READ_REG, MEM_END, MD5, ERASE = 0x08, 0x09, 0x0A, 0x06, 0x13, 0xD0
FLASH_BEGIN, FLASH_DATA, DEFL_BEGIN, DEFL_DATA = 0x02, 0x03, 0x10, 0x11
HARMLESS = {0x04, 0x05, 0x07, 0x0B, 0x0D, 0x0F, 0x12}
"""FLASH_END, MEM_BEGIN, MEM_DATA, SPI_SET_PARAMS, SPI_ATTACH, CHANGE_BAUDRATE, FLASH_DEFL_END."""
CHANGING = {FLASH_BEGIN, FLASH_DATA, DEFL_BEGIN, DEFL_DATA, ERASE}
UNKNOWN, FAILED = 0x05, 0x07
SECTOR, BLANK = 4096, 0xFF
MAGIC_REGISTER, ESP32 = 0x4000_1000, 0x00F0_1D83
"""CHIP_DETECT_MAGIC of the ESP32."""
FLASH_ID = {0x3FF4_2080: 0x0016_4020}
"""SPI_W0 after a read of the flash's identity: maker 0x20, type 0x40, 2^0x16 bytes."""
CRYSTAL = {0x3FF4_0014: 347, 0x3FF5_A010: 128, 0x3FF5_F06C: 819 << 7}
"""UART_CLKDIV, and what the ROM measured of its crystal: 40 MHz."""


@dataclass
class Loader:
    """One chip and its flash. `writes` counts commands that changed the flash."""

    mac: bytes
    size: int = 4 * 1024 * 1024
    magic: int = ESP32
    flash: bytearray = field(init=False)
    writes: int = 0
    refuses: bool = False
    worn: set[int] = field(default_factory=set)
    _buffer: bytearray = field(default_factory=bytearray)
    _is_stub: bool = False
    _at: int = 0
    _inflating: "zlib._Decompress | None" = None

    def __post_init__(self) -> None:
        self.flash = bytearray([BLANK]) * self.size

    def restart(self) -> None:
        """The reset into the loader; the stub lives in RAM and is gone."""
        self._buffer.clear()
        self._is_stub = False

    def load(self, at: int, image: bytes) -> None:
        """As if it had been flashed before."""
        self.flash[at : at + len(image)] = image

    def take(self, data: bytes) -> bytes:
        """The answers to every frame that is complete by now."""
        self._buffer += data
        answers = bytearray()
        while (end := self._buffer.find(END)) >= 0:
            frame = bytes(self._buffer[:end]).replace(b"\xdb\xdc", b"\xc0").replace(b"\xdb\xdd", b"\xdb")
            del self._buffer[: end + 1]
            if len(frame) >= 8 and frame[0] == 0x00:
                answers += self._answer(frame[1], frame[8:])
        return bytes(answers)

    def _answer(self, command: int, data: bytes) -> bytes:
        if command == SYNC:
            return self._frame(SYNC, value=0 if self._is_stub else 0x2012_0707) * 8
        if command == READ_REG:
            return self._frame(command, value=self._register(struct.unpack("<I", data[:4])[0]))
        if command == WRITE_REG or command in HARMLESS:
            return self._frame(command)
        if command == MEM_END:
            answer = self._frame(command)
            self._is_stub = True
            return answer + slip(b"OHAI")
        if command == MD5:
            return self._frame(command, self._md5(*struct.unpack("<II", data[:8])))
        if command not in CHANGING:
            return self._frame(command, failure=UNKNOWN)
        return self._change(command, data)

    def _change(self, command: int, data: bytes) -> bytes:
        if command in (FLASH_BEGIN, DEFL_BEGIN) and not any(data[:4]):
            return self._frame(command)  # how esptool says good-bye: nothing is erased, nothing will come
        if self.refuses:
            return self._frame(command, failure=FAILED)
        self.writes += 1
        if command == ERASE:
            self._put(0, bytes([BLANK]) * self.size)
        elif command in (FLASH_BEGIN, DEFL_BEGIN):
            size, _blocks, _block, self._at = struct.unpack("<IIII", data[:16])
            self._put(self._at, bytes([BLANK]) * (-(-size // SECTOR) * SECTOR))
            self._inflating = zlib.decompressobj() if command == DEFL_BEGIN else None
        else:
            self._block(data[16:])
        return self._frame(command)

    def _block(self, data: bytes) -> None:
        if self._inflating is not None:
            data = self._inflating.decompress(data, self.size)
        self._put(self._at, data)
        self._at += len(data)

    def _put(self, at: int, data: bytes) -> None:
        data = data[: max(0, self.size - at)]
        kept = {place: self.flash[place] for place in self.worn if at <= place < at + len(data)}
        self.flash[at : at + len(data)] = data
        for place, byte in kept.items():
            self.flash[place] = byte

    def _md5(self, at: int, size: int) -> bytes:
        digest = hashlib.md5(self.flash[at : at + size], usedforsecurity=False)
        return digest.digest() if self._is_stub else digest.hexdigest().encode()

    def _register(self, address: int) -> int:
        own = {0x3FF5_A004: int.from_bytes(self.mac[2:], "big"), 0x3FF5_A008: int.from_bytes(self.mac[:2], "big")}
        return ({MAGIC_REGISTER: self.magic} | FLASH_ID | CRYSTAL | own).get(address, 0)

    def _frame(self, command: int, data: bytes = b"", *, value: int = 0, failure: int | None = None) -> bytes:
        status = bytes([0, 0]) if failure is None else bytes([1, failure])
        body = data + status + (b"" if self._is_stub else b"\x00\x00")
        return slip(struct.pack("<BBHI", 1, command, len(body), value) + body)


def slip(frame: bytes) -> bytes:
    """RFC 1055."""
    return b"\xc0" + frame.replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc") + b"\xc0"
