"""The read-back after a reset: every check asks the printer anew and uses nothing a step returned."""

from medialab_agent.drivers.bambu.line import Line
from medialab_agent.drivers.bambu.stage import WithCard
from medialab_agent.drivers.bambu.state import NORMAL_SPEED, State
from medialab_agent.drivers.bambu.traces import AllowList, Stored, count_files, look
from medialab_agent.sdk.evidence import count
from medialab_agent.sdk.findings import NOT_REPORTED, Finding, checks_of
from medialab_agent.sdk.printer import files_finding
from medialab_wire.capabilities import ResetLevel
from medialab_wire.progress import Check
from medialab_wire.texts import Text


async def verify_clean(line: Line, with_card: WithCard, level: ResetLevel, kept: AllowList) -> tuple[Check, ...]:
    """One check per check of the level."""
    state, stored = await line.fresh(), await with_card(look)
    findings = {
        "idle": _idle(state),
        "heaters-off": state.heat.off_finding(),
        "safe-to-touch": state.heat.safe_finding(),
        "speed": _speed(state),
        "learner-files": _files(stored, kept) if state.has_card else _no_card(),
        "timelapses": _movies(stored) if state.has_card else _no_card(),
    }
    return checks_of(level, findings)


def _idle(state: State) -> Finding:
    seen = Text(de="ruht", en="idle") if state.is_at_rest else Text(de="beschäftigt", en="busy")
    return state.is_at_rest if state.gcode_state else None, Text(de="ruht", en="idle"), seen


def _speed(state: State) -> Finding:
    expected = count("Stufe", "level", NORMAL_SPEED)
    if state.spd_lvl is None:
        return None, expected, NOT_REPORTED
    return state.spd_lvl == NORMAL_SPEED, expected, count("Stufe", "level", state.spd_lvl)


def _files(stored: Stored, kept: AllowList) -> Finding:
    return files_finding(count_files(kept.foreign(stored.files)), kept.missing(stored.files))


def _movies(stored: Stored) -> Finding:
    return not stored.movies, Text.same("0"), count("Aufnahmen", "recordings", count_files(stored.movies))


def _no_card() -> Finding:
    """A card that was taken out may come back as it was."""
    return None, Text.same("0"), Text(de="keine Speicherkarte eingesteckt", en="no memory card plugged in")
