"""What simulated devices wrote down themselves: one JSON line for each changing command and each effect."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medialab_agent.drivers.android_adb.simulator_shell import split

STEPS = {
    "am force-stop": "close-apps",
    "pm uninstall": "remove-apps",
    "rm": "delete-files",
    "rmdir": "delete-files",
    "content call": "delete-files",
    "settings put": "restore-settings",
    "settings delete": "restore-settings",
    "cmd wifi forget-network": "forget-wifi",
    "pm clear": "clear-data",
    "input keyevent": "go-home",
}
"""Which step of the driver's session reset a changing command belongs to, by its first words."""
STAY_ON = "stay_on_while_plugged_in"
"""The one setting that `go-home` writes."""
VERBS = {
    "force-stop": "close-apps",
    "uninstall": "remove-apps",
    "delete": "delete-files",
    "forget-wifi": "forget-wifi",
    "clear": "clear-data",
}
"""The same for effects, by the simulator's word; settings are told apart by their name."""


@dataclass(frozen=True)
class Line:
    """One line of the log. `at` is seconds of the machine's monotonic clock, the same in every process.

    kind: `command` (a device was told), `effect` (it changed something), `soiled` (a group used it)."""

    at: float
    device: str
    kind: str
    what: str

    @property
    def step(self) -> str:
        """The step it belongs to; empty when to none."""
        return step_of_command(self.what) if self.kind == "command" else step_of_effect(self.what)


def step_of_command(command: str) -> str:
    """The step that gives this command; empty for commands that only read."""
    step = next((STEPS[start] for start in STEPS if f"{command} ".startswith(f"{start} ")), "")
    return "go-home" if step == "restore-settings" and f" {STAY_ON}" in command else step


def step_of_effect(what: str) -> str:
    """The step whose doing this effect is."""
    verb, _, subject = what.partition(" ")
    if verb in {"set", "unset"}:
        return "go-home" if STAY_ON in subject else "restore-settings"
    return VERBS.get(verb, "")


def changing(script: str) -> list[str]:
    """The commands of a script that belong to a step."""
    return [text for part in split(script) if step_of_command(text := part.text.strip())]


class TraceWriter:
    """Appends whole lines; each is with the operating system before the device answers."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, at: float, device: str, kind: str, what: str = "") -> None:
        """One line."""
        line = json.dumps({"at": at, "device": device, "kind": kind, "what": what})
        os.write(self._file, line.encode() + b"\n")


class TraceReader:
    """Follows a log that grows."""

    def __init__(self, path: Path) -> None:
        self._path, self._offset = path, 0
        self.lines: list[Line] = []

    def news(self) -> list[Line]:
        """Lines that were added since the last call."""
        if not self._path.exists():
            return []
        with self._path.open("rb") as file:
            file.seek(self._offset)
            raw = file.read()
        whole = raw[: raw.rfind(b"\n") + 1]
        self._offset += len(whole)
        new = [_line(json.loads(text)) for text in whole.splitlines()]
        self.lines += new
        return new


def _line(fields: dict[str, Any]) -> Line:
    return Line(float(fields["at"]), str(fields["device"]), str(fields["kind"]), str(fields["what"]))
