"""A simulated AVR: flash, EEPROM, and what the program in its flash would do and say."""

import re
from dataclasses import dataclass, field

BLANK = 0xFF


@dataclass(frozen=True)
class Part:
    """What a data sheet says, in bytes. `application` is where the program's area ends, `start` where it begins: boot
    programs lie behind it or in front of it."""

    name: str
    signature: bytes
    flash: int
    application: int
    page: int
    eeprom: int
    start: int = 0


ATMEGA328P = Part("ATmega328P", bytes.fromhex("1e950f"), 32_768, 32_256, 128, 1024)
"""DS40002061; optiboot takes 512 bytes."""
ATMEGA328P_OLD = Part("ATmega328P", bytes.fromhex("1e950f"), 32_768, 30_720, 128, 1024)
"""The same with the 2 kB boot program of older Nanos."""
ATMEGA2560 = Part("ATmega2560", bytes.fromhex("1e9801"), 262_144, 253_952, 256, 4096)
"""DS40002211; the boot program takes 8 kB."""
ATMEGA32U4 = Part("ATmega32U4", bytes.fromhex("1e9587"), 32_768, 28_672, 128, 1024)
"""DS40002147 (was 7766); Caterina takes 4 kB."""
SAMD21G18 = Part("SAMD21G18A", bytes.fromhex("10010305"), 262_144, 262_144, 256, 0, 0x2000)
"""DS40001882; `signature` is DSU.DID, `page` a row, which is what is erased at once. SAM-BA takes the first 8 kB."""
RA4M1 = Part("RA4M1", b"", 262_144, 262_144, 2048, 8192, 0x4000)
"""R01DS0355; `eeprom` is its data flash. The DFU boot program takes the first 16 kB."""


@dataclass
class Chip:
    """One chip. `worn` pages keep what they hold; `writes` counts pages that changed or were written again."""

    part: Part
    flash: bytearray = field(init=False)
    eeprom: bytearray = field(init=False)
    worn: set[int] = field(default_factory=set)
    writes: int = 0

    def __post_init__(self) -> None:
        self.flash = bytearray([BLANK]) * self.part.flash
        self.eeprom = bytearray([BLANK]) * self.part.eeprom
        boot = bytes(range(256)) * (1 + self.part.flash // 256)
        self.flash[self.part.application :] = boot[: self.part.flash - self.part.application]
        self.flash[: self.part.start] = boot[: self.part.start]

    def load(self, image: bytes) -> None:
        """As if it had been flashed before: this program, and nothing behind it."""
        area = self.part.application - self.part.start
        self.flash[self.part.start : self.part.application] = image.ljust(area, bytes([BLANK]))[:area]

    def write(self, address: int, data: bytes) -> None:
        """Erase and write whole pages, as boot programs do; the boot section protects itself."""
        for start in range(0, len(data), self.part.page):
            page = (address + start) // self.part.page
            place = page * self.part.page
            if not self.part.start <= place < self.part.application:
                continue
            self.writes += 1
            if page not in self.worn:
                piece = data[start : start + self.part.page]
                self.flash[place : place + len(piece)] = piece

    def erase(self, page: int) -> None:
        """Empty one page, counted from the beginning of the flash."""
        self.write(page * self.part.page, bytes([BLANK]) * self.part.page)

    @property
    def program(self) -> bytes:
        """The whole application area."""
        return bytes(self.flash[self.part.start : self.part.application])

    @property
    def pages(self) -> range:
        """Of the application area."""
        return range(self.part.start // self.part.page, self.part.application // self.part.page)

    @property
    def is_default(self) -> bool:
        """Our own default program is in the flash, or what calls itself so."""
        return self._introduction() is not None

    def start_program(self) -> bytes:
        """What the program says after a start. The default program empties the EEPROM, as its source says."""
        introduction = self._introduction()
        if introduction is None:
            return b"" if self.flash[0] == BLANK else b"hello from a learner\r\n"
        self.eeprom[:] = bytes([BLANK]) * len(self.eeprom)
        return introduction + b"0\r\n"

    def _introduction(self) -> bytes | None:
        found = re.search(rb"MEDIALAB default [0-9.]+ eeprom=(?=\x00)", bytes(self.flash[: self.part.application]))
        return found.group() if found else None
