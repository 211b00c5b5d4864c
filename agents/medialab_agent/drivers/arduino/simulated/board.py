"""A simulated board behind its port: boot program first, then the program in its flash."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from medialab_agent.drivers.arduino.simulated.chip import Chip
from medialab_agent.sdk.simulator import Fault


class BootProgram(Protocol):
    """See `stk500v1` and `stk500v2`."""

    is_done: bool

    def take(self, data: bytes) -> bytes:
        """Bytes in, answers out."""


@dataclass(frozen=True)
class Mishap:
    """Something that happens once, in the midst of the work: after so many written pages, or when the port is closed
    after that. Called on the port's thread."""

    pages: int
    happen: Callable[[], None]
    is_on_close: bool = False


@dataclass
class Board:
    """What `sdk.simulated_port.Port` talks to. `note(verb)` hears of changes, `die` pulls the plug."""

    chip: Chip
    baud: int
    make_boot: Callable[[Chip, bool], BootProgram]
    faults: set[Fault]
    note: Callable[[str], None]
    die: Callable[[], None]
    boot_s: float = 1.0
    """Seconds the boot program waits for a programmer; optiboot takes one, others two."""
    slow_s: float = 0.004
    """Seconds a page takes with `Fault.SLOW`."""
    mishaps: list[Mishap] = field(default_factory=list)
    _boot: BootProgram | None = field(default=None, init=False)
    _until: float = field(default=0.0, init=False)
    _pending: bytes = field(default=b"", init=False)

    def opened(self) -> None:
        """The reset. With `Fault.LOCKED` somebody cut the reset line: the program just goes on."""
        if Fault.LOCKED in self.faults:
            self._boot, self._pending = None, b""
            return
        self._boot = self.make_boot(self.chip, Fault.REFUSE in self.faults)
        self._until, self._pending = time.monotonic() + self.boot_s, b""

    def closed(self) -> None:
        """Without a listener the board goes on as it is."""
        self._strike(is_on_close=True)
        if self._boot is not None and not self._boot.is_done:
            self._start()

    def heard(self, data: bytes, baud: int) -> bytes:
        """To the boot program while it runs, else to the program."""
        if Fault.HANG in self.faults:
            return b""
        if Fault.GARBAGE in self.faults or baud not in (0, self.baud):
            return bytes(byte ^ 0xA5 for byte in data)
        if self._boot is None:
            return self._program(data)
        return self._booting(self._boot, data)

    def said(self) -> bytes:
        """The first words of the program, once it runs."""
        if self._boot is not None and time.monotonic() > self._until and Fault.HANG not in self.faults:
            self._start()
        words, self._pending = self._pending, b""
        return bytes(byte ^ 0xA5 for byte in words) if Fault.GARBAGE in self.faults else words

    def _booting(self, boot: BootProgram, data: bytes) -> bytes:
        self._until = time.monotonic() + self.boot_s
        before = self.chip.writes
        answer = boot.take(data)
        written = self.chip.writes - before
        if written:
            self.note("write")
            self._strike(is_on_close=False)
            if Fault.DIE in self.faults:
                self.die()
                return b""
            if Fault.SLOW in self.faults:
                time.sleep(self.slow_s * written)
        if boot.is_done:
            self._start()
        return answer

    def _strike(self, *, is_on_close: bool) -> None:
        due = [one for one in self.mishaps if self.chip.writes >= one.pages and one.is_on_close is is_on_close]
        for mishap in due:
            self.mishaps.remove(mishap)
            mishap.happen()

    def _start(self) -> None:
        self._boot = None
        self._pending = self.chip.start_program()

    def _program(self, data: bytes) -> bytes:
        if self.chip.is_default and b"F" in data:
            self.note("blink")
        return self.chip.start_program() if self.chip.is_default and b"?" in data else b""
