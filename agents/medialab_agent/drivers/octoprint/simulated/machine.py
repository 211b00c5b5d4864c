"""The simulated machine behind the simulated OctoPrint: heaters, one job, a little G-code. Time is passed in."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from medialab_agent.sdk.simulated_heater import Heater

PRINT_S = 600.0
CANCEL_S = 0.4
"""How long `cancelling` lasts: `ready` comes later than the answer."""
CONNECT_S = 0.2
_heater = partial(Heater, ambient=21.3, heats=12.0, cools=8.0)


@dataclass
class Machine:
    """What the printer does. `tell` gets OctoPrint's event names."""

    now: Callable[[], float]
    tell: Callable[[str, dict[str, Any]], None]
    connected: bool = True
    selected: tuple[str, str] | None = None
    overrides: dict[str, int] = field(default_factory=lambda: {"M220": 100, "M221": 100})
    shown: list[str] = field(default_factory=list)
    _heaters: dict[str, Heater] = field(default_factory=lambda: {"tool0": _heater(), "bed": _heater()})
    _started: float | None = None
    _paused: float | None = None
    _cancelled: float | None = None
    _connects: float | None = None

    def heaters(self) -> dict[str, Heater]:
        """The heaters, now."""
        for heater in self._heaters.values():
            heater.advance(self.now())
        return self._heaters

    def advance(self) -> None:
        """Let a cancel, a print or a connect come to its end."""
        now = self.now()
        if self._cancelled is not None and now - self._cancelled >= CANCEL_S:
            self._cancelled = self._started = self._paused = None
            self.tell("PrintCancelled", {})
            self._state_changed()
        if self._started is not None and self._paused is None and now - self._started >= PRINT_S:
            self._started = None
            self.tell("PrintDone", {})
            self._state_changed()
        if self._connects is not None and now - self._connects >= CONNECT_S:
            self._connects, self.connected = None, True
            self.tell("Connected", {})

    @property
    def is_printing(self) -> bool:
        """A job runs or is being cancelled."""
        return self._started is not None and self._paused is None

    @property
    def is_paused(self) -> bool:
        """A job waits."""
        return self._paused is not None

    @property
    def has_job(self) -> bool:
        """Either."""
        return self._started is not None

    def word(self) -> str:
        """OctoPrint's word for the state."""
        if not self.connected:
            return "Offline"
        if self._cancelled is not None:
            return "Cancelling"
        return "Paused" if self.is_paused else "Printing" if self.has_job else "Operational"

    def flags(self) -> dict[str, bool]:
        """OctoPrint's flags."""
        cancelling = self._cancelled is not None
        names = ("error", "finishing", "pausing", "resuming")
        return {
            **dict.fromkeys(names, False),
            "operational": self.connected,
            "closedOrError": not self.connected,
            "printing": self.is_printing or cancelling,
            "cancelling": cancelling,
            "paused": self.is_paused and not cancelling,
            "ready": self.connected and not self.has_job,
            "sdReady": self.connected,
        }

    def completion(self) -> float | None:
        """Percent of the running job."""
        if self._started is None:
            return None
        return min(100.0, ((self._paused or self.now()) - self._started) / PRINT_S * 100)

    def start(self, content: bytes) -> None:
        """Begin the selected job; heats to what its G-code says."""
        self._started, self._paused = self.now(), None
        for name, code in (("tool0", rb"M10[49]"), ("bed", rb"M1[49]0")):
            found = re.search(rb"^" + code + rb" S(\d+)", content, re.MULTILINE)
            if found is not None:
                self.set_target(name, float(found.group(1)))
        self.tell("PrintStarted", {})
        self._state_changed()

    def cancel(self) -> None:
        """Begin to cancel; OctoPrint's own script cools at once."""
        if self._cancelled is None:
            self._cancelled = self.now()
            for name in self._heaters:
                self.set_target(name, 0)
            self._state_changed()

    def pause(self, pause: bool) -> None:
        """Pause or resume."""
        now = self.now()
        if pause and self._paused is None:
            self._paused = now
        elif not pause and self._paused is not None and self._started is not None:
            self._started += now - self._paused
            self._paused = None
        self._state_changed()

    def connect(self, connect: bool) -> None:
        """Open or close the line to the machine."""
        if not connect:
            self.connected, self._started, self._paused = False, None, None
            self.tell("Disconnected", {})
        elif not self.connected and self._connects is None:
            self._connects = self.now()

    def set_target(self, name: str, value: float) -> None:
        """Heat or cool; the real one accepts tools it does not have."""
        if name in self._heaters:
            self.heaters()[name].target = value

    def gcode(self, line: str) -> None:
        """The few lines that leave something behind; others are accepted and forgotten."""
        code, _, rest = line.partition(" ")
        found = re.search(r"S(-?\d+)", rest)
        value = int(found.group(1)) if found else None
        if code in {"M104", "M109"} and value is not None:
            self.set_target("tool0", value)
        elif code in {"M140", "M190"} and value is not None:
            self.set_target("bed", value)
        elif code in self.overrides and value is not None:
            self.overrides[code] = value
        elif code in {"M117", "M300", "G28"}:
            self.shown.append(line)

    def _state_changed(self) -> None:
        self.tell("PrinterStateChanged", {"state_id": self.word().upper(), "state_string": self.word()})
