"""What a printer reports, merged from full states and deltas, and what it means.

Fields: https://github.com/Doridian/OpenBambuAPI/blob/main/mqtt.md (pushing.pushall). P1 and A1
send only what changed."""

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from medialab_agent.sdk.heat import Heater, Heaters, Told, bed, nozzle

NORMAL_SPEED = 2
"""Of the four levels silent, standard, sport, ludicrous."""
WORKING = frozenset({"PREPARE", "SLICING", "RUNNING", "PAUSE"})
RESTING = frozenset({"IDLE", "FINISH", "FAILED"})
"""FAILED is what a stopped print reads until the next one: no error for whoever stopped it."""
DEVELOPER_ERROR = 84033543
"""`err_code` of a refused command ("mqtt message verify failed")."""
DEVELOPER_HMS = (0x05000500, 0x00010007)
"""The same as a health message, 0500-0500-0001-0007."""


class State(BaseModel):
    """The known part of a report; temperatures in °C, progress in percent, time in minutes."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    gcode_state: str = ""
    nozzle_temper: Told = None
    nozzle_target_temper: Told = None
    bed_temper: Told = None
    bed_target_temper: Told = None
    spd_lvl: int | None = None
    mc_percent: int | None = None
    mc_remaining_time: int | None = None
    nozzle_diameter: str | Told = None
    sdcard: bool | str | None = None
    lights_report: tuple[dict[str, Any], ...] = ()

    @property
    def is_working(self) -> bool:
        """A print runs, waits or is being prepared."""
        return self.gcode_state in WORKING

    @property
    def is_at_rest(self) -> bool:
        """It rests, and says so with a word we know."""
        return self.gcode_state in RESTING

    @property
    def has_card(self) -> bool:
        """False only when it says so: older firmware tells a word, newer a truth value."""
        return str(self.sdcard).lower() not in {"false", "no_sdcard"}

    @property
    def nozzle(self) -> Heater:
        """Its nozzle."""
        return nozzle(self.nozzle_temper, self.nozzle_target_temper)

    @property
    def bed(self) -> Heater:
        """Its bed."""
        return bed(self.bed_temper, self.bed_target_temper)

    @property
    def heat(self) -> Heaters:
        """Both of them."""
        return Heaters((self.nozzle, self.bed))

    @property
    def lamp_mode(self) -> str | None:
        """What it tells of its lamp: `on`, `off` or `flashing`; None: nothing."""
        modes = [light.get("mode") for light in self.lights_report if light.get("node") == "chamber_light"]
        return str(modes[0])[:20] if modes else None

    @property
    def lamp(self) -> str:
        """`on` or `off`; people's choice, to be left as it was."""
        return "off" if self.lamp_mode == "off" else "on"

    @property
    def phase(self) -> str:
        """One word for people."""
        if self.is_working:
            return {"PAUSE": "paused", "RUNNING": "printing"}.get(self.gcode_state, "busy")
        if not self.is_at_rest:
            return "offline" if not self.gcode_state else "busy"
        if self.heat.are_off is False:
            return "heating"
        return "idle" if self.heat.are_safe else "cooling"


class Merged:
    """The last known value of each field, from reports in their order."""

    def __init__(self) -> None:
        self._fields: dict[str, Any] = {}
        self.needs_developer_mode = False

    def take(self, report: dict[str, Any]) -> State | None:
        """Merge one `print` report; None when nothing of it can be used."""
        known = {key: report[key] for key in State.model_fields.keys() & report.keys()}
        self.needs_developer_mode |= _complains(report.get("hms"))
        try:
            state = State.model_validate({**self._fields, **known})
        except (ValidationError, RecursionError):
            return None
        self._fields |= known
        return state


def _complains(messages: Any) -> bool:
    found = messages[:50] if isinstance(messages, list) else []
    return any(isinstance(m, dict) and (m.get("attr"), m.get("code")) == DEVELOPER_HMS for m in found)
