"""A simulated board whose chip speaks USB itself: program and boot program are two devices, one after the other."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from medialab_agent.drivers.arduino.simulated.board import BootProgram, Mishap
from medialab_agent.drivers.arduino.simulated.chip import BLANK, Chip
from medialab_agent.drivers.arduino.simulated.dfu import DfuBoot
from medialab_agent.drivers.arduino.simulated.usb_node import Unheard, UsbNode
from medialab_agent.sdk.simulated_port import Port
from medialab_agent.sdk.simulator import Fault

TOUCH_BAUD = 1200


class Pulled(Exception):
    """The board lost its power in the midst of something."""


@dataclass
class OwnUsbBoard:
    """What lives behind the port, and the change from one device to the other.

    `changed(is_there)` is told when it leaves the bus and when it is back; `note(verb)` hears of changes."""

    chip: Chip
    make_boot: Callable[[Chip, Callable[[], None], bool], BootProgram]
    faults: set[Fault]
    note: Callable[[str], None]
    changed: Callable[[bool], None]
    boot_s: float | None = None
    """Seconds after which the boot program starts a program that is there; None: it waits for ever."""
    away_s: float = 0.02
    """Seconds on no bus between the two. Real boards: 0.25 and more."""
    leaves_s: float = 0.1
    """Seconds from the order to start the program until it does. Caterina takes 0.5."""
    slow_s: float = 0.0005
    node: Path | None = None
    """Where its boot program can be reached, when that has no serial port."""
    mishaps: list[Mishap] = field(default_factory=list)
    is_running: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._boot: BootProgram | None = None
        self._port: Port | UsbNode = Port(self)
        self._heard_at = 0.0
        self._plugged = 0
        self._guard = threading.RLock()

    @property
    def tty(self) -> str:
        """The node of its serial port now; empty when it has none."""
        return self._port.path if isinstance(self._port, Port) else ""

    @property
    def is_plugged(self) -> bool:
        """It has power, whether or not it is on the bus right now."""
        return bool(self._plugged)

    @property
    def has_program(self) -> bool:
        """Its boot program would start something."""
        return any(byte != BLANK for byte in self.chip.program[:4])

    def plug(self) -> None:
        """Power on."""
        with self._guard:
            if not self._plugged:
                self._plugged = time.monotonic_ns()
                self._awake(self.has_program)

    def unplug(self) -> None:
        """Power off."""
        with self._guard:
            self._plugged = 0
            port = self._port
        port.stop()

    def start_anew(self, *, is_running: bool) -> None:
        """Leave the bus and come back as the other device."""
        with self._guard:
            power = self._plugged
            if not power:
                return
            self._port.stop()
        self.changed(False)
        _later(self.away_s, partial(self._come_back, power, is_running))

    def opened(self) -> None:
        """Nothing: these boards do not start anew when they are opened."""

    def closed(self) -> None:
        """A running program that was touched at 1200 baud hands over, unless it is too broken to (`Fault.LOCKED`)."""
        self._strike(is_on_close=True)
        is_touched = self.is_running and isinstance(self._port, Port) and self._port.baud == TOUCH_BAUD
        if is_touched and Fault.LOCKED not in self.faults:
            self.start_anew(is_running=False)

    def heard(self, data: bytes, baud: int) -> bytes:
        """To the boot program while it runs; learners' programs do not listen."""
        if Fault.HANG in self.faults or self._boot is None or not baud >= 0:
            return b""
        self._heard_at = time.monotonic()
        if Fault.GARBAGE in self.faults:
            return bytes(byte ^ 0xA5 for byte in data)
        return self._carried_out(self._boot, partial(self._boot.take, data)) or b""

    def requested(self, setup: bytes, data: bytes) -> bytes | None:
        """One request to a boot program without a serial port. None: refused."""
        if Fault.HANG in self.faults or not isinstance(self._boot, DfuBoot):
            raise Unheard
        answer = self._carried_out(self._boot, partial(self._boot.request, setup, data))
        return bytes(byte ^ 0xA5 for byte in answer or b"") if Fault.GARBAGE in self.faults else answer

    def said(self) -> bytes:
        """Nothing by itself."""
        return b""

    def _carried_out(self, boot: BootProgram, work: Callable[[], bytes | None]) -> bytes | None:
        before = self.chip.writes
        try:
            answer = work()
        except Pulled:
            return None
        if self.chip.writes != before:
            self.note("write")
        if boot.is_done and self.has_program:
            _later(self.leaves_s, partial(self.start_anew, is_running=True))
        boot.is_done = False
        return answer

    def _awake(self, is_running: bool) -> None:
        self.is_running = is_running
        self._boot = None if is_running else self.make_boot(self.chip, self._after_page, Fault.REFUSE in self.faults)
        self._heard_at = time.monotonic()
        if isinstance(self._boot, DfuBoot) and self.node is not None:
            self._port = UsbNode(self.node, self._boot.functional, self.requested, self.closed)
        else:
            self._port = Port(self)
        self._port.start()
        if not is_running and self.boot_s is not None:
            _later(self.boot_s, partial(self._timed_out, self._plugged))

    def _come_back(self, power: int, is_running: bool) -> None:
        with self._guard:
            if power != self._plugged:
                return
            self._awake(is_running)
            self.changed(True)

    def _timed_out(self, power: int) -> None:
        left = self._heard_at + (self.boot_s or 0) - time.monotonic()
        if power != self._plugged or self.is_running:
            return
        if left > 0 or not self.has_program:
            _later(max(left, 0.5), partial(self._timed_out, power))
        else:
            self.start_anew(is_running=True)

    def _after_page(self) -> None:
        self._strike(is_on_close=False)
        if Fault.DIE in self.faults:
            self.unplug()
        if not self._plugged:
            self.note("write")
            raise Pulled
        if Fault.SLOW in self.faults:
            time.sleep(self.slow_s)

    def _strike(self, *, is_on_close: bool) -> None:
        due = [one for one in self.mishaps if self.chip.writes >= one.pages and one.is_on_close is is_on_close]
        for mishap in due:
            self.mishaps.remove(mishap)
            mishap.happen()


def _later(seconds: float, happen: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, happen)
    timer.daemon = True
    timer.start()
