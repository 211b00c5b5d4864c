"""The read-back after a reset: every check asks OctoPrint anew and uses nothing a step returned."""

from medialab_agent.drivers.octoprint import models
from medialab_agent.drivers.octoprint.client import Client
from medialab_agent.drivers.octoprint.heat import all_off, is_safe
from medialab_agent.drivers.octoprint.profiles import ProfileState, differences, read_profiles
from medialab_agent.drivers.octoprint.traces import AllowList, count_files, list_files, list_timelapses
from medialab_wire.capabilities import EvidenceKind, ResetLevel
from medialab_wire.progress import Check, CheckResult

Finding = tuple[bool | None, str, str]
"""Passed (None: could not be seen), expected, observed."""


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
    unseen: Finding = (None, "", "")
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


def person_checks(level: ResetLevel) -> tuple[str, ...]:
    """The checks only a person can make."""
    return tuple(spec.id for spec in level.checks if spec.kind is EvidenceKind.PERSON)


def _result(passed: bool | None) -> CheckResult:
    if passed is None:
        return CheckResult.UNKNOWN
    return CheckResult.PASSED if passed else CheckResult.FAILED


async def _idle(client: Client, printer: models.Printer | None) -> Finding:
    if printer is None:
        return None, "idle, nothing selected", "no connection to the printer"
    job = await client.read(models.Job, "/api/job")
    selected = "a file selected" if job.job.file.path else "nothing selected"
    idle = printer.state.flags.is_idle
    return idle and not job.job.file.path, "idle, nothing selected", f"{'idle' if idle else 'busy'}, {selected}"


def _heaters(printer: models.Printer | None) -> Finding:
    heaters = printer.heaters if printer else {}
    on = sum(bool(heater.target) for heater in heaters.values())
    off = all_off(printer) if printer else None
    return off, "all targets 0 °C", f"{on} of {len(heaters)} on" if off is not None else "not reported"


def _safe(printer: models.Printer | None) -> Finding:
    heaters = printer.heaters if printer else {}
    seen = ", ".join(f"{name} {heater.actual:.0f} °C" for name, heater in heaters.items() if heater.actual is not None)
    known = bool(heaters) and all(heater.actual is not None for heater in heaters.values())
    return (is_safe(printer) if printer and known else None), "nozzle < 50 °C, bed < 40 °C", seen or "not reported"


async def _files(client: Client, kept: AllowList) -> Finding:
    listing = await list_files(client)
    foreign, missing = count_files(kept.foreign(listing)), kept.missing(listing)
    observed = f"{foreign} foreign files"
    return foreign == 0, "0 foreign files", f"{observed}, {missing} of the baseline missing" if missing else observed


async def _timelapses(client: Client) -> Finding:
    found = await list_timelapses(client)
    return not (found.files or found.unrendered), "0", f"{len(found.files)} videos, {len(found.unrendered)} unfinished"


async def _profiles(client: Client, wanted: ProfileState) -> Finding:
    count = differences(wanted, await read_profiles(client))
    return count == 0, "0 differences", f"{count} differences"
