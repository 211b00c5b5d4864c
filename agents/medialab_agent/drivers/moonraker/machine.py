"""What the machine does now, by Klipper's own account: job, heaters, fans, factors
(https://www.klipper3d.org/Status_Reference.html)."""

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from medialab_agent.drivers.moonraker import models
from medialab_agent.drivers.moonraker.client import Client
from medialab_agent.sdk.heat import BED, NOZZLE, Heater, Heaters, bed, finite, nozzle
from medialab_agent.sdk.patience import POLL_S
from medialab_wire.texts import Text

SHOWN_S = 3.0
MOST_OBJECTS = 40
"""Heaters and fans looked at."""
_NAME = re.compile(r"[A-Za-z0-9_]{1,40}")
_HEATER = re.compile(r"extruder\d*|heater_bed|heater_generic .+")
_WATCHED = ("webhooks", "print_stats", "virtual_sdcard", "gcode_move", "pause_resume", "heaters")
_AT_REST = frozenset({"standby", "complete", "cancelled", "error"})


@dataclass(frozen=True)
class Machine:
    """One reading. `state` is Klipper's word for the job: standby, printing, paused, complete, cancelled, error."""

    klippy: str
    state: str
    is_active: bool
    has_file: bool
    is_paused: bool
    progress: float | None
    duration: float | None
    heaters: Mapping[str, Heater]
    fans: Mapping[str, float | None]
    speed_factor: float | None
    extrude_factor: float | None
    offset: tuple[float, ...] | None

    @property
    def is_ready(self) -> bool:
        """False while Klipper starts, or after an emergency stop."""
        return self.klippy == "ready"

    @property
    def has_job(self) -> bool:
        """A print runs or waits."""
        return self.is_active or self.is_paused or self.state in {"printing", "paused"}

    @property
    def is_idle(self) -> bool:
        """Nothing runs, and no file is chosen."""
        return self.is_ready and not self.has_job and self.state == "standby" and not self.has_file

    @property
    def is_at_rest(self) -> bool:
        """Nothing runs; a file may still be chosen."""
        return self.is_ready and not self.has_job and self.state in _AT_REST

    @property
    def heat(self) -> Heaters:
        """All heaters together."""
        return Heaters(tuple(self.heaters.values()))

    @property
    def is_normal(self) -> bool | None:
        """Speed and flow at 100 %, no offset, all fans off; None: something of it is not reported."""
        told = (self.speed_factor, self.extrude_factor, self.offset, *self.fans.values())
        if None in told:
            return None
        normal = all(abs((factor or 0.0) - 1.0) < 0.001 for factor in (self.speed_factor, self.extrude_factor))
        return normal and not any(self.offset or ()) and not any(self.fans.values())


def _heater(name: str, actual: float | None, target: float | None) -> Heater:
    known = {"heater_bed": BED, "extruder": NOZZLE}
    make = nozzle if name.startswith("extruder") else bed
    return make(actual, target, known.get(name, Text(de="weitere", en="other")))


def bare_name(obj: str) -> str | None:
    """The part of an object's name that G-code uses; None where it is not a plain word."""
    name = obj.rpartition(" ")[2]
    return name if _NAME.fullmatch(name) else None


async def read_machine(client: Client) -> Machine:
    """Everything, asked for afresh. Raises `Unreachable` (`klipper-down`)."""
    info = await client.read(models.ServerInfo, "/server/info")
    if info.klippy_state != "ready":
        return _not_ready(info.klippy_state)
    listed = (await client.read(models.Objects, "/printer/objects/list")).objects
    heaters = [name for name in listed if _HEATER.fullmatch(name)][:MOST_OBJECTS]
    fans = [name for name in listed if name == "fan" or name.startswith("fan_generic ")][:MOST_OBJECTS]
    wanted = [*(name for name in _WATCHED if name in listed), *heaters, *fans]
    status = (await client.query(models.Status, dict.fromkeys(wanted, ""))).status
    unknown = set(_words(status.get("heaters", {}).get("available_heaters"))) - set(heaters)
    if unknown:  # a kind of heater we have not heard of: it is looked at like the others
        more = [name for name in listed if name in unknown][:MOST_OBJECTS]
        status = {**status, **(await client.query(models.Status, dict.fromkeys(more, ""))).status}
        heaters = [*heaters, *sorted(unknown)]
    return _machine(status, heaters, fans)


async def shows(client: Client, message: str) -> bool | None:
    """Whether this stands on its display within `SHOWN_S`; None: this printer does not tell.

    https://www.klipper3d.org/Status_Reference.html#display_status"""
    if "display_status" not in (await client.read(models.Objects, "/printer/objects/list")).objects:
        return None
    end = time.monotonic() + SHOWN_S
    while time.monotonic() < end:
        told = (await client.query(models.Status, {"display_status": "message"})).status
        if told.get("display_status", {}).get("message") == message:
            return True
        await asyncio.sleep(POLL_S)
    return False


def _not_ready(klippy: str) -> Machine:
    return Machine(klippy[:40], "", False, False, False, None, None, {}, {}, None, None, None)


def _machine(status: Mapping[str, Mapping[str, Any]], heaters: list[str], fans: list[str]) -> Machine:
    def told(obj: str, field: str) -> Any:
        return status.get(obj, {}).get(field)

    return Machine(
        klippy=str(told("webhooks", "state") or "")[:40],
        state=str(told("print_stats", "state") or "")[:40],
        is_active=told("virtual_sdcard", "is_active") is True,
        has_file=bool(told("virtual_sdcard", "file_path")) or bool(told("print_stats", "filename")),
        is_paused=told("pause_resume", "is_paused") is True,
        progress=_number(told("virtual_sdcard", "progress")),
        duration=_number(told("print_stats", "print_duration")),
        heaters={n: _heater(n, _number(told(n, "temperature")), _number(told(n, "target"))) for n in heaters},
        fans={name: _number(told(name, "speed")) for name in fans},
        speed_factor=_number(told("gcode_move", "speed_factor")),
        extrude_factor=_number(told("gcode_move", "extrude_factor")),
        offset=_numbers(told("gcode_move", "homing_origin")),
    )


def _number(value: Any) -> float | None:
    if not isinstance(value, int | float) or isinstance(value, bool) or finite(value) is None:
        return None
    return float(value)


def _numbers(value: Any) -> tuple[float, ...] | None:
    if not isinstance(value, list) or not all(_number(part) is not None for part in value):
        return None
    return tuple(float(part) for part in value)


def _words(value: Any) -> list[str]:
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []
