"""The simulated printer behind the simulated PrusaLink: heaters, one job, a little G-code. Time is passed in."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from medialab_agent.sdk.simulated_heater import Heater

PRINT_S, SHORT_PRINT_S = 600.0, 0.3
"""How long a file with moves takes, and one without."""
_heater = partial(Heater, ambient=23.0, heats=40.0, cools=20.0)


@dataclass
class Machine:
    """What the printer does. `settle_s`: how long STOPPED and FINISHED last on a Pi; Buddy firmware keeps them.

    `lag_s`: how old its telemetry may be."""

    now: Callable[[], float]
    is_buddy: bool
    settle_s: float = 11.0
    lag_s: float = 1.0
    state: str = "IDLE"
    job: int = 0
    file: tuple[str, str] | None = None
    factors: dict[str, float] = field(default_factory=lambda: {"speed": 100.0, "flow": 100.0})
    heaters: dict[str, Heater] = field(default_factory=lambda: {"nozzle": _heater(), "bed": _heater()})
    homed: int = 0
    _began: float = 0.0
    _duration: float = PRINT_S
    _ended: float = 0.0
    _told: dict[str, float] = field(default_factory=dict)
    _told_at: float = float("-inf")

    def advance(self) -> None:
        """Let heaters move, a short print end, and an ended one become idle."""
        now = self.now()
        for heater in self.heaters.values():
            heater.advance(now)
        if self.state == "PRINTING" and now - self._began >= self._duration:
            self.state, self._ended, self.file = "FINISHED", now, None
        if self.state in {"FINISHED", "STOPPED"} and not self.is_buddy and now - self._ended >= self.settle_s:
            self.state = "IDLE"

    @property
    def has_job(self) -> bool:
        """A print runs or waits."""
        return self.state in {"PRINTING", "PAUSED", "ATTENTION"}

    @property
    def can_start(self) -> bool:
        """A print may begin."""
        return self.state in {"IDLE", "READY", "FINISHED", "STOPPED"}

    @property
    def progress(self) -> float:
        """Percent of the running job."""
        return min(100.0, (self.now() - self._began) / self._duration * 100)

    def telemetry(self) -> dict[str, float]:
        """What it last told, up to `lag_s` old."""
        if self.now() - self._told_at >= self.lag_s:
            nozzle, bed = self.heaters["nozzle"], self.heaters["bed"]
            warmth = {"temp_nozzle": round(nozzle.actual, 1), "temp_bed": round(bed.actual, 1)}
            targets = {"target_nozzle": nozzle.target, "target_bed": bed.target}
            self._told, self._told_at = {**warmth, **targets, **self.factors, "axis_z": 0.0}, self.now()
        return dict(self._told)

    def start(self, file: tuple[str, str], content: bytes) -> None:
        """Print a file: its heat and factors come at once, its moves take their time."""
        self.job += 1
        self.state, self.file, self._began = "PRINTING", file, self.now()
        self._duration = PRINT_S if b"G1 " in content else SHORT_PRINT_S
        for line in content.decode(errors="replace").splitlines()[:50]:
            self.gcode(line)

    def gcode(self, line: str) -> None:
        """The few lines that leave something behind; others are accepted and forgotten."""
        code, _, rest = line.partition(" ")
        found = re.search(r"S(\d+)", rest)
        if found is None:
            return
        value = float(found.group(1))
        heaters = {"M104": "nozzle", "M109": "nozzle", "M140": "bed", "M190": "bed"}
        if code in heaters:
            self.heaters[heaters[code]].target = value
        elif code in {"M220", "M221"}:
            self.factors["speed" if code == "M220" else "flow"] = value

    def stop(self) -> None:
        """End the job; the firmware switches the heaters off by itself."""
        self.state, self._ended, self.file = "STOPPED", self.now(), None
        for heater in self.heaters.values():
            heater.target = 0.0
