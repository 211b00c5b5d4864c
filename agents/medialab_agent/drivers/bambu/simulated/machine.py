"""The simulated printer behind the broker: what it does on commands, and what it reports. Time is passed in."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

AMBIENT = 24.0
HEAT_C_PER_S, COOL_C_PER_S = 60.0, 40.0
_TARGETS = {"M104": "nozzle_target_temper", "M109": "nozzle_target_temper", "M140": "bed_target_temper"}


def _fresh() -> dict[str, Any]:
    return {
        "gcode_state": "IDLE",
        "nozzle_temper": AMBIENT,
        "nozzle_target_temper": 0.0,
        "bed_temper": AMBIENT,
        "bed_target_temper": 0.0,
        "spd_lvl": 2,
        "spd_mag": 100,
        "mc_percent": 0,
        "mc_remaining_time": 0,
        "gcode_file": "",
        "subtask_name": "",
        "print_error": 0,
        "hms": [],
        "sdcard": True,
        "nozzle_diameter": "0.4",
        "nozzle_type": "stainless_steel",
        "layer_num": 0,
        "total_layer_num": 0,
        "lights_report": [{"node": "chamber_light", "mode": "on"}],
        "wifi_signal": "-44dBm",
        "stg_cur": -1,
    }


@dataclass
class Machine:
    """What the printer is. `developer_mode`: whether it takes commands of others."""

    now: Callable[[], float]
    developer_mode: bool = True
    fields: dict[str, Any] = field(default_factory=_fresh)
    homed: int = 0
    _moved: float = 0.0

    def advance(self) -> None:
        """Let heaters move."""
        now = self.now()
        for part in ("nozzle", "bed"):
            goal, span = max(self.fields[f"{part}_target_temper"], AMBIENT), now - self._moved
            actual = self.fields[f"{part}_temper"]
            step = (HEAT_C_PER_S if actual < goal else COOL_C_PER_S) * span
            self.fields[f"{part}_temper"] = round(actual + max(-step, min(step, goal - actual)), 2)
        self._moved = now

    @property
    def is_working(self) -> bool:
        """A print runs or waits."""
        return self.fields["gcode_state"] in {"PREPARE", "RUNNING", "PAUSE"}

    def begin(self, file: str) -> None:
        """Print."""
        self.fields.update(gcode_state="RUNNING", gcode_file=file, subtask_name=file, mc_percent=3, print_error=0)
        self.fields.update(nozzle_target_temper=220.0, bed_target_temper=60.0)

    def obey(self, command: str, body: dict[str, Any]) -> str:
        """Carry out a command; the reason when it cannot."""
        state = self.fields["gcode_state"]
        if command == "stop" and self.is_working:
            self.fields.update(gcode_state="FAILED", print_error=0x0300400C, gcode_file="", subtask_name="")
            self.fields.update(nozzle_target_temper=0.0, bed_target_temper=0.0)
        elif command == "pause" and state == "RUNNING":
            self.fields["gcode_state"] = "PAUSE"
        elif command == "resume" and state == "PAUSE":
            self.fields["gcode_state"] = "RUNNING"
        elif command == "print_speed":
            self.fields["spd_lvl"] = int(body.get("param", 2))
        elif command == "ledctrl":
            self.fields["lights_report"] = [{"node": "chamber_light", "mode": str(body.get("led_mode"))}]
        elif command == "gcode_line":
            self._gcode(str(body.get("param", "")))
        elif command not in {"stop", "pause", "resume"}:
            return "unknown command"
        return ""

    def _gcode(self, lines: str) -> None:
        for line in lines.split("\n"):
            found = re.search(r"S(\d+)", line)
            code = line.split(" ")[0]
            if code in _TARGETS and found:
                self.fields[_TARGETS[code]] = float(found.group(1))
            self.homed += code == "G28"
