"""The read-back after a reset: every check asks the printer anew and uses nothing a step returned."""

from medialab_agent.drivers.moonraker.client import Client
from medialab_agent.drivers.moonraker.configuration import Configuration, read_configuration
from medialab_agent.drivers.moonraker.machine import BED_SAFE_C, NOZZLE_SAFE_C, Machine, read_machine
from medialab_agent.drivers.moonraker.traces import (
    AllowList,
    Films,
    count_foreign,
    count_history,
    count_queue,
    list_films,
)
from medialab_agent.sdk.evidence import Advised, count, listed
from medialab_wire.capabilities import ResetLevel
from medialab_wire.progress import Check, CheckResult
from medialab_wire.texts import Text

Finding = tuple[bool | None, Text | None, Text | None]
"""Passed (None: could not be seen), expected, observed."""

NOT_REPORTED = Text(de="nicht gemeldet", en="not reported")
NO_KLIPPER = Text(de="Das Druckprogramm Klipper antwortet nicht", en="the printer's program, Klipper, does not answer")
COOL = Text(
    de=f"Düse < {NOZZLE_SAFE_C:.0f} °C, Druckbett < {BED_SAFE_C:.0f} °C",
    en=f"nozzle < {NOZZLE_SAFE_C:.0f} °C, bed < {BED_SAFE_C:.0f} °C",
)
RESTING = Text(de="ruht, nichts ausgewählt", en="idle, nothing selected")
NORMAL = Text(de="Tempo 100 %, Fluss 100 %, Lüfter 0 %", en="speed 100 %, flow 100 %, fans 0 %")
_FRAMES_HELP = Text(
    de="Einzelbilder eines Zeitraffers lassen sich von außen nicht löschen. Den Computer des Druckers herunterfahren "
    "und neu starten, dann noch einmal zurücksetzen.",
    en="Single pictures of a timelapse cannot be deleted from outside. Shut the printer's computer down and start it "
    "again, then reset once more.",
)
_CONFIG_HELP = Text(
    de="Jemand hat Einstellungen des Druckers geändert. Ist das gewollt: „Guten Zustand festhalten“ wählen. Sonst in "
    "Mainsail oder Fluidd die gesicherte Fassung zurückspielen.",
    en="Somebody changed the printer's settings. If that is wanted, record the baseline again. If not, restore the "
    "saved version in Mainsail or Fluidd.",
)


async def verify_clean(client: Client, level: ResetLevel, kept: AllowList, wanted: Configuration) -> Advised:
    """One check per check of the level, and what helps where resetting again does not."""
    machine = await read_machine(client)
    films = await list_films(client)
    findings = {
        "idle": _idle(machine),
        "heaters-off": _heaters(machine),
        "safe-to-touch": _safe(machine),
        "overrides": _overrides(machine),
        "learner-files": await _files(client, kept),
        "timelapses": _films(films),
        "history": await _history(client),
        "configuration": await _configuration(client, machine, wanted),
    }
    unseen: Finding = (None, None, None)
    checks = tuple(
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
    return Advised(checks, _advice(findings["configuration"][0], films))


def _advice(configuration: bool | None, films: Films) -> Text | None:
    lines = [*([_FRAMES_HELP] if films.locked else []), *([_CONFIG_HELP] if configuration is False else [])]
    if not lines:
        return None
    return Text(de="\n".join(line.de for line in lines), en="\n".join(line.en for line in lines))


def _result(passed: bool | None) -> CheckResult:
    if passed is None:
        return CheckResult.UNKNOWN
    return CheckResult.PASSED if passed else CheckResult.FAILED


def _idle(machine: Machine) -> Finding:
    if not machine.is_ready or not machine.state:
        return None, RESTING, NO_KLIPPER if not machine.is_ready else NOT_REPORTED
    seen = (
        Text(de="beschäftigt", en="busy") if machine.has_job else Text(de="ruht", en="idle"),
        Text(de="nichts ausgewählt", en="nothing selected")
        if machine.is_idle
        else Text(de="eine Datei ausgewählt", en="a file selected"),
    )
    return machine.is_idle, RESTING, listed(seen)


def _heaters(machine: Machine) -> Finding:
    on = sum(bool(heater.target) for heater in machine.heaters.values())
    seen = Text(de=f"{on} von {len(machine.heaters)} an", en=f"{on} of {len(machine.heaters)} on")
    off = machine.is_off
    return off, Text(de="alle Heizungen aus", en="all heaters off"), seen if off is not None else NOT_REPORTED


def _safe(machine: Machine) -> Finding:
    warm = {name: heater.actual for name, heater in machine.heaters.items() if heater.actual is not None}
    seen = listed(_temperature(name, celsius) for name, celsius in warm.items())
    return None if machine.excess is None else machine.is_safe, COOL, seen or NOT_REPORTED


def _temperature(heater: str, celsius: float) -> Text:
    known = {"heater_bed": Text(de="Druckbett", en="bed"), "extruder": Text(de="Düse", en="nozzle")}
    name = known.get(heater, Text(de="weitere", en="other"))
    return Text(de=f"{name.de} {celsius:.0f} °C", en=f"{name.en} {celsius:.0f} °C")


def _overrides(machine: Machine) -> Finding:
    normal = machine.is_normal
    if normal is None:
        return None, NORMAL, NOT_REPORTED
    speed, flow = (100 * (factor or 0) for factor in (machine.speed_factor, machine.extrude_factor))
    fan = 100 * max((value or 0.0 for value in machine.fans.values()), default=0.0)
    seen = [
        Text(
            de=f"Tempo {speed:.0f} %, Fluss {flow:.0f} %, Lüfter {fan:.0f} %",
            en=f"speed {speed:.0f} %, flow {flow:.0f} %, fans {fan:.0f} %",
        )
    ]
    if any(machine.offset or ()):
        seen.append(Text(de="Abstand verstellt", en="offset changed"))
    return normal, NORMAL, listed(seen)


async def _files(client: Client, kept: AllowList) -> Finding:
    foreign, missing = await count_foreign(client, await kept.foreign(client)), await kept.missing(client)
    gone = (count("fehlt vom guten Zustand", "missing from the good state", missing),) if missing else ()
    return foreign == 0, _foreign(0), listed((_foreign(foreign), *gone))


def _foreign(number: int) -> Text:
    return count("fremde Dateien", "foreign files", number)


def _films(films: Films) -> Finding:
    parts = [count("Videos", "videos", films.number - films.locked)]
    if films.locked:
        parts.append(count("Einzelbilder", "single pictures", films.locked))
    return not films.number and not films.videos, Text.same("0"), listed(parts)


async def _history(client: Client) -> Finding:
    prints, waiting = await count_history(client), await count_queue(client)
    seen = (count("Drucke in der Liste", "prints in the list", prints), count("wartend", "waiting", waiting))
    return not prints and not waiting, Text.same("0"), listed(seen)


async def _configuration(client: Client, machine: Machine, wanted: Configuration) -> Finding:
    found = wanted.differences(await read_configuration(client, machine))
    if not machine.is_ready and not found:
        return None, _different(0), NO_KLIPPER
    return found == 0, _different(0), _different(found)


def _different(number: int) -> Text:
    return count("Abweichungen", "differences", number)
