"""A simulated main chip: its flash decides what it says, as on the real one."""

import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from medialab_agent.sdk.microbit.friendly_name import friendly_name
from medialab_agent.sdk.microbit.inspector import Room

_DEFAULT = re.compile(rb"MEDIALAB default ([0-9.]+) ([a-z0-9-]+) \0")
"""How the default program's greeting lies in its image."""
_SAYS = re.compile(rb"SAYS:([ -~]{1,60})\0")
"""How a simulated learner's program carries what it prints."""
_QUESTION = re.compile(r"MEDIALAB\? ([0-9a-f]{8})")


@dataclass
class LogMemory:
    """The memory for logged data on the interface chip. `is_stubborn`: what is in it cannot be erased."""

    has_data: bool = False
    is_stubborn: bool = False


@dataclass
class Chip:
    """`stuck`: an address whose byte reads 0 whatever is written. `log`: None on boards without one. `takes`: when
    False, what comes until the next start is lost, as when the plug is pulled in the midst of it."""

    room: Room
    device_id: int
    log: LogMemory | None = None
    stuck: int | None = None
    takes: bool = True
    writes: int = 0
    flash: bytearray = field(init=False)
    _says: str = ""
    _greets: tuple[str, str] | None = None
    _log_word: str = "none"
    _strikes: list[tuple[int, Callable[[], None]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.flash = bytearray(b"\xff" * self.room.flash)

    @property
    def name(self) -> str:
        """Its name over Bluetooth."""
        return friendly_name(self.device_id >> 32)

    @property
    def bluetooth(self) -> str:
        """Its address, twelve hex digits, for the greeting."""
        return f"{0xC00000000000 | (self.device_id & 0x3FFFFFFFFFFF):012x}"

    def erase(self) -> None:
        """All of it."""
        if not self.takes:
            return
        self.flash[:] = b"\xff" * self.room.flash
        self._stick()

    def strike(self, writes: int, happen: Callable[[], None]) -> None:
        """Let something happen once, just before the write of that number from now."""
        self._strikes.append((self.writes + writes, happen))

    def write(self, at: int, data: bytes) -> None:
        """What lies outside of the flash (UICR) is not kept."""
        self.writes += 1
        for strike in [one for one in self._strikes if self.writes >= one[0]]:
            self._strikes.remove(strike)
            strike[1]()
        if not self.takes:
            return
        end = min(at + len(data), self.room.flash)
        if at < end:
            self.flash[at:end] = data[: end - at]
        self._stick()

    def load(self, at: int, data: bytes) -> None:
        """Erase, write, start."""
        self.erase()
        self.write(at, data)
        self.restart()

    def restart(self) -> None:
        """Look into the flash and begin; the default program empties the log at every start."""
        self.takes = True
        found, said = _DEFAULT.search(self.flash), _SAYS.search(self.flash)
        self._greets = (found[1].decode(), found[2].decode()) if found else None
        self._says = said[1].decode() if said and not found else ""
        self._log_word = self._empty_log() if found else "none"

    def beat(self) -> str:
        """What it prints about once a second; empty when it prints nothing."""
        if self._greets is None:
            return self._says
        version, board = self._greets
        device = f"{self.device_id:016x}"
        return f"MEDIALAB default {version} {board} {self.name} {device} {self.bluetooth} log={self._log_word}"

    def hear(self, line: str) -> str:
        """What it answers to a line; empty when it does not."""
        if self._greets is None:
            return ""
        if line == "MEDIALAB! find":
            return "MEDIALAB found"
        asked = _QUESTION.fullmatch(line)
        if asked is None:
            return ""
        checksum = zlib.crc32(bytes.fromhex(asked[1]) + bytes(self.flash))
        return f"MEDIALAB proof {asked[1]} {checksum:08x} {self._greets[1]} {self.device_id:016x} log={self._log_word}"

    def _empty_log(self) -> str:
        if self.log is None:
            return "none"
        if not self.log.has_data:
            return "blank"
        if self.log.is_stubborn:
            return "failed"
        self.log.has_data = False
        return "erased"

    def _stick(self) -> None:
        if self.stuck is not None:
            self.flash[self.stuck] = 0


def learners_program(room: Room, words: str) -> bytes:
    """An image as learners leave one: vectors of this chip, and a line it prints."""
    stack = (0x20000000 + room.ram).to_bytes(4, "little")
    fault = (0x101).to_bytes(4, "little") if room.flash > 256 * 1024 else b"\0\0\0\0"
    vectors = stack + (0x101).to_bytes(4, "little") * 3 + fault * 3
    return vectors.ljust(0x100, b"\0") + b"SAYS:" + words.encode("ascii") + b"\0" + b"\x42" * 2048
