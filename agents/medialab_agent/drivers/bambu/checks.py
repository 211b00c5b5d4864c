"""The read-back after a reset: every check asks the printer anew and uses nothing a step returned."""

from medialab_agent.drivers.bambu.line import Line
from medialab_agent.drivers.bambu.reset import WithCard
from medialab_agent.drivers.bambu.state import BED_SAFE_C, NORMAL_SPEED, NOZZLE_SAFE_C, State
from medialab_agent.drivers.bambu.traces import AllowList, Stored, count_files, look
from medialab_agent.sdk.evidence import count, listed
from medialab_wire.capabilities import ResetLevel
from medialab_wire.progress import Check, CheckResult
from medialab_wire.texts import Text

Finding = tuple[bool | None, Text | None, Text | None]
"""Passed (None: could not be seen), expected, observed."""

NOT_REPORTED = Text(de="nicht gemeldet", en="not reported")
COOL = Text(
    de=f"Düse < {NOZZLE_SAFE_C:.0f} °C, Druckbett < {BED_SAFE_C:.0f} °C",
    en=f"nozzle < {NOZZLE_SAFE_C:.0f} °C, bed < {BED_SAFE_C:.0f} °C",
)


async def verify_clean(line: Line, with_card: WithCard, level: ResetLevel, kept: AllowList) -> tuple[Check, ...]:
    """One check per check of the level."""
    state, stored = await line.fresh(), await with_card(look)
    has_card = str(state.sdcard).lower() not in {"false", "no_sdcard"}
    findings = {
        "idle": _idle(state),
        "heaters-off": _heaters(state),
        "safe-to-touch": _safe(state),
        "speed": _speed(state),
        "learner-files": _files(stored, kept) if has_card else _no_card(),
        "timelapses": _movies(stored) if has_card else _no_card(),
    }
    unseen: Finding = (None, None, None)
    return tuple(
        Check(
            id=spec.id,
            title=spec.title,
            kind=spec.kind,
            result=_result((finding := findings.get(spec.id, unseen))[0]),
            expected=finding[1],
            observed=finding[2],
        )
        for spec in level.checks
    )


def _result(passed: bool | None) -> CheckResult:
    if passed is None:
        return CheckResult.UNKNOWN
    return CheckResult.PASSED if passed else CheckResult.FAILED


def _idle(state: State) -> Finding:
    seen = Text(de="ruht", en="idle") if state.is_at_rest else Text(de="beschäftigt", en="busy")
    return state.is_at_rest if state.gcode_state else None, Text(de="ruht", en="idle"), seen


def _heaters(state: State) -> Finding:
    on = sum(bool(target) for target in (state.nozzle_target_temper, state.bed_target_temper))
    seen = Text(de=f"{on} von 2 an", en=f"{on} of 2 on")
    off = state.all_off
    return off, Text(de="alle Heizungen aus", en="all heaters off"), NOT_REPORTED if off is None else seen


def _safe(state: State) -> Finding:
    seen = listed(
        Text(de=f"{de} {celsius:.0f} °C", en=f"{en} {celsius:.0f} °C")
        for de, en, celsius in (("Düse", "nozzle", state.nozzle_temper), ("Druckbett", "bed", state.bed_temper))
        if celsius is not None
    )
    return None if state.excess is None else state.is_safe, COOL, seen or NOT_REPORTED


def _speed(state: State) -> Finding:
    expected = count("Stufe", "level", NORMAL_SPEED)
    if state.spd_lvl is None:
        return None, expected, NOT_REPORTED
    return state.spd_lvl == NORMAL_SPEED, expected, count("Stufe", "level", state.spd_lvl)


def _files(stored: Stored, kept: AllowList) -> Finding:
    foreign, missing = count_files(kept.foreign(stored.files)), kept.missing(stored.files)
    gone = (count("fehlt vom guten Zustand", "missing from the good state", missing),) if missing else ()
    return foreign == 0, _foreign(0), listed((_foreign(foreign), *gone))


def _foreign(number: int) -> Text:
    return count("fremde Dateien", "foreign files", number)


def _movies(stored: Stored) -> Finding:
    return not stored.movies, Text.same("0"), count("Aufnahmen", "recordings", count_files(stored.movies))


def _no_card() -> Finding:
    """A card that was taken out may come back as it was."""
    return None, Text.same("0"), Text(de="keine Speicherkarte eingesteckt", en="no memory card plugged in")
