"""The simulated machine behind the simulated Moonraker: heaters, fans, one job, a little G-code. Time is passed in."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from medialab_agent.sdk.simulated_heater import Heater

PRINT_S = 600.0
CANCEL_S = 0.4
"""How long the last moves take after a cancel."""
RESTART_S = 0.5
_NUMBER = r"(-?\d+(?:\.\d+)?)"
_heater = partial(Heater, ambient=21.3, heats=12.0, cools=20.0)


@dataclass
class Machine:
    """What the printer does. `tell` gets the notices of Moonraker; `ended` is told how each print ended."""

    now: Callable[[], float]
    tell: Callable[[str, list[Any]], None]
    ended: Callable[[str, str], None]
    klippy: str = "ready"
    state: str = "standby"
    file: str = ""
    speed_factor: float = 1.0
    extrude_factor: float = 1.0
    offset_z: float = 0.0
    fan: float = 0.0
    shown: list[str] = field(default_factory=list)
    message: str | None = None
    is_held: bool = False
    configuration: dict[str, dict[str, str]] = field(default_factory=dict)
    _heaters: dict[str, Heater] = field(default_factory=lambda: {"extruder": _heater(), "heater_bed": _heater()})
    _started: float = 0.0
    _paused: float | None = None
    _cancelled: float | None = None
    _restarts: float | None = None

    def heaters(self) -> dict[str, Heater]:
        """The heaters, now."""
        for heater in self._heaters.values():
            heater.advance(self.now())
        return self._heaters

    def advance(self) -> None:
        """Let a cancel, a print or a restart come to its end."""
        now = self.now()
        if self._cancelled is not None and now - self._cancelled >= CANCEL_S:
            self._cancelled = None
            self._end("cancelled")
        if self.state == "printing" and now - self._started >= PRINT_S:
            self._end("complete")
        if self._restarts is not None and now - self._restarts >= RESTART_S:
            self._restarts, self.klippy = None, "ready"
            self.tell("notify_klippy_ready", [])

    def _end(self, state: str) -> None:
        self.state, self._paused = state, None
        self.ended(self.file, state)

    @property
    def has_job(self) -> bool:
        """A job runs or waits."""
        return self.state in {"printing", "paused"}

    @property
    def progress(self) -> float:
        """From 0 to 1."""
        until = self.now() if self._paused is None else self._paused
        return min(1.0, (until - self._started) / PRINT_S) if self.has_job else 0.0

    def start(self, file: str, content: bytes) -> None:
        """Begin a job; heats to what its G-code says."""
        self.file, self.state, self._started, self._paused = file, "printing", self.now(), None
        for line in content.decode(errors="replace").splitlines()[:20]:
            if line.startswith(("M104", "M109", "M140", "M190")):
                self.gcode(line)

    def pause(self) -> None:
        """Hold a running job; without one, only the mark is set."""
        self.is_held = True
        if self.state == "printing":
            self.state, self._paused = "paused", self.now()

    def cancel(self) -> None:
        """Begin to end a job; heaters stay as they are, as without a macro that cools."""
        self.is_held = False
        if self.has_job and self._cancelled is None:
            self._cancelled = self.now()

    def shut_down(self) -> None:
        """Emergency stop."""
        self.klippy, self.state, self.file = "shutdown", "standby", ""
        for heater in self.heaters().values():
            heater.target = 0.0
        self.tell("notify_klippy_shutdown", [])

    def restart(self) -> None:
        """Firmware restart: everything but the heat is as when it was switched on."""
        self.klippy, self.state, self.file, self._cancelled = "startup", "standby", "", None
        self.is_held = False
        self.speed_factor = self.extrude_factor = 1.0
        self.offset_z = self.fan = 0.0
        for heater in self.heaters().values():
            heater.target = 0.0
        self._restarts = self.now()

    def gcode(self, line: str) -> bool:
        """The few lines that leave something behind; others are accepted and forgotten. False: refused."""
        code, _, rest = line.strip().partition(" ")
        found = re.search(rf"\bS{_NUMBER}", rest)
        value = float(found.group(1)) if found else None
        if code in {"M104", "M109", "M140", "M190"} and value is not None:
            self.heaters()["extruder" if code in {"M104", "M109"} else "heater_bed"].target = value
        elif code == "TURN_OFF_HEATERS":
            for heater in self.heaters().values():
                heater.target = 0.0
        elif code == "SDCARD_RESET_FILE":
            self.state, self.file, self._cancelled = "standby", "", None
        elif code in {"M117", "M300"}:
            self.shown.append(line)
            self.message = (rest or None) if code == "M117" else self.message
        else:
            self._adjust(code, rest, value)
        return True

    def _adjust(self, code: str, rest: str, value: float | None) -> None:
        if code == "M220" and value is not None:
            self.speed_factor = value / 100
        elif code == "M221" and value is not None:
            self.extrude_factor = value / 100
        elif code in {"M106", "M107"}:
            self.fan = 0.0 if code == "M107" else (255.0 if value is None else value) / 255
        elif code == "SET_GCODE_OFFSET" and (found := re.search(rf"\bZ={_NUMBER}", rest)):
            self.offset_z = float(found.group(1))

    def status(self) -> dict[str, dict[str, Any]]:
        """Every object with its fields, as Klipper tells them."""
        heaters = {
            name: {"temperature": round(heater.actual, 2), "target": heater.target, "power": 0.0}
            for name, heater in self.heaters().items()
        }
        offset = [0.0, 0.0, self.offset_z, 0.0]
        factors = {"speed_factor": self.speed_factor, "extrude_factor": self.extrude_factor}
        settings = {"extruder": {"nozzle_diameter": 0.4}}
        return {
            "webhooks": {"state": self.klippy, "state_message": ""},
            "print_stats": {"state": self.state, "filename": self.file, "print_duration": self.progress * PRINT_S},
            "virtual_sdcard": {
                "progress": self.progress,
                "is_active": self.state == "printing",
                "file_path": f"/printer/gcodes/{self.file}" if self.file else None,
            },
            "pause_resume": {"is_paused": self.is_held},
            "gcode_move": {**factors, "homing_origin": offset},
            "fan": {"speed": self.fan, "value": self.fan, "rpm": None},
            "display_status": {"progress": self.progress, "message": self.message},
            "heaters": {"available_heaters": list(heaters), "available_sensors": list(heaters)},
            "configfile": {"config": self.configuration, "settings": settings},
            **heaters,
        }
