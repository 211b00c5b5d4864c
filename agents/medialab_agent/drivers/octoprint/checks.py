"""The read-back after a reset: every check asks OctoPrint anew and uses nothing a step returned."""

from medialab_agent.drivers.octoprint import models
from medialab_agent.drivers.octoprint.client import Client
from medialab_agent.drivers.octoprint.heat import BED_SAFE_C, NOZZLE_SAFE_C, all_off, is_safe
from medialab_agent.drivers.octoprint.profiles import ProfileState, differences, read_profiles
from medialab_agent.drivers.octoprint.traces import AllowList, count_files, list_files, list_timelapses
from medialab_agent.sdk.evidence import count, listed
from medialab_wire.capabilities import ResetLevel
from medialab_wire.progress import Check, CheckResult
from medialab_wire.texts import Text

Finding = tuple[bool | None, Text | None, Text | None]
"""Passed (None: could not be seen), expected, observed."""

NOT_REPORTED = Text(de="nicht gemeldet", en="not reported")
NO_PRINTER = Text(de="keine Verbindung zum Drucker", en="no connection to the printer")
COOL = Text(
    de=f"Düse < {NOZZLE_SAFE_C:.0f} °C, Druckbett < {BED_SAFE_C:.0f} °C",
    en=f"nozzle < {NOZZLE_SAFE_C:.0f} °C, bed < {BED_SAFE_C:.0f} °C",
)
RESTING = Text(de="ruht, nichts ausgewählt", en="idle, nothing selected")


async def verify_clean(client: Client, level: ResetLevel, kept: AllowList, profiles: ProfileState) -> tuple[Check, ...]:
    """One check per check of the level."""
    printer = await client.printer()
    findings = {
        "idle": await _idle(client, printer),
        "heaters-off": _heaters(printer),
        "safe-to-touch": _safe(printer),
        "learner-files": await _files(client, kept),
        "timelapses": await _timelapses(client),
        "profile": await _profiles(client, profiles),
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


async def _idle(client: Client, printer: models.Printer | None) -> Finding:
    if printer is None:
        return None, RESTING, NO_PRINTER
    job = await client.read(models.Job, "/api/job")
    idle, selected = printer.state.flags.is_idle, bool(job.job.file.path)
    seen = (
        Text(de="ruht", en="idle") if idle else Text(de="beschäftigt", en="busy"),
        Text(de="eine Datei ausgewählt", en="a file selected")
        if selected
        else Text(de="nichts ausgewählt", en="nothing selected"),
    )
    return idle and not selected, RESTING, listed(seen)


def _heaters(printer: models.Printer | None) -> Finding:
    heaters = printer.heaters if printer else {}
    on = sum(bool(heater.target) for heater in heaters.values())
    off = all_off(printer) if printer else None
    seen = Text(de=f"{on} von {len(heaters)} an", en=f"{on} of {len(heaters)} on")
    return off, Text(de="alle Heizungen aus", en="all heaters off"), seen if off is not None else NOT_REPORTED


def _safe(printer: models.Printer | None) -> Finding:
    heaters = printer.heaters if printer else {}
    warm = {name: heater.actual for name, heater in heaters.items() if heater.actual is not None}
    seen = listed(_temperature(name, celsius) for name, celsius in warm.items())
    known = bool(heaters) and all(heater.actual is not None for heater in heaters.values())
    safe = is_safe(printer) if printer and known else None
    return safe, COOL, seen or NOT_REPORTED


def _temperature(heater: str, celsius: float) -> Text:
    known = {"bed": Text(de="Druckbett", en="bed"), "tool0": Text(de="Düse", en="nozzle")}
    name = known.get(heater, Text.same(heater))
    return Text(de=f"{name.de} {celsius:.0f} °C", en=f"{name.en} {celsius:.0f} °C")


async def _files(client: Client, kept: AllowList) -> Finding:
    listing = await list_files(client)
    foreign, missing = count_files(kept.foreign(listing)), kept.missing(listing)
    gone = (count("fehlt vom guten Zustand", "missing from the good state", missing),) if missing else ()
    return foreign == 0, _foreign(0), listed((_foreign(foreign), *gone))


def _foreign(number: int) -> Text:
    return count("fremde Dateien", "foreign files", number)


async def _timelapses(client: Client) -> Finding:
    found = await list_timelapses(client)
    seen = (count("Videos", "videos", len(found.files)), count("unfertig", "unfinished", len(found.unrendered)))
    return not (found.files or found.unrendered), Text.same("0"), listed(seen)


async def _profiles(client: Client, wanted: ProfileState) -> Finding:
    found = differences(wanted, await read_profiles(client))
    return found == 0, _different(0), _different(found)


def _different(number: int) -> Text:
    return count("Abweichungen", "differences", number)
