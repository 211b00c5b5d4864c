"""The read-back after a reset: every check asks the printer anew and uses nothing a step returned."""

from medialab_agent.drivers.prusalink.client import Client
from medialab_agent.drivers.prusalink.heat import BED_SAFE_C, NOZZLE_SAFE_C, all_off, excess
from medialab_agent.drivers.prusalink.models import Machine, Status
from medialab_agent.drivers.prusalink.state import has_normal_factors, is_at_rest
from medialab_agent.drivers.prusalink.traces import AllowList, count_files, list_files
from medialab_agent.sdk.evidence import Advised, count, listed
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
_CARD = Text(
    de="Die Speicherkarte aus dem Drucker nehmen und die fremden Dateien an einem Computer löschen.\n"
    "Danach noch einmal zurücksetzen.",
    en="Take the memory card out of the printer and delete the foreign files at a computer.\nThen reset once more.",
)


async def verify_clean(client: Client, level: ResetLevel, kept: AllowList, *, is_buddy: bool) -> tuple[Check, ...]:
    """One check per check of the level."""
    status = await client.status()
    files, on_card = await _files(client, kept)
    findings = {
        "idle": _idle(status, is_buddy),
        "heaters-off": _heaters(status.printer),
        "safe-to-touch": _safe(status.printer),
        "overrides": _overrides(status.printer),
        "learner-files": files,
    }
    unseen: Finding = (None, None, None)
    checks = (
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
    return Advised(checks, _CARD if on_card else None)


def _result(passed: bool | None) -> CheckResult:
    if passed is None:
        return CheckResult.UNKNOWN
    return CheckResult.PASSED if passed else CheckResult.FAILED


def _idle(status: Status, is_buddy: bool) -> Finding:
    rests = is_at_rest(status, is_buddy)
    seen = Text(de="ruht", en="idle") if rests else Text(de="beschäftigt", en="busy")
    return rests, Text(de="ruht", en="idle"), seen


def _heaters(printer: Machine) -> Finding:
    on = sum(bool(target) for target in (printer.target_nozzle, printer.target_bed))
    off = all_off(printer)
    seen = Text(de=f"{on} von 2 an", en=f"{on} of 2 on")
    return off, Text(de="alle Heizungen aus", en="all heaters off"), NOT_REPORTED if off is None else seen


def _safe(printer: Machine) -> Finding:
    above = excess(printer)
    seen = listed(
        Text(de=f"{de} {celsius:.0f} °C", en=f"{en} {celsius:.0f} °C")
        for de, en, celsius in (("Düse", "nozzle", printer.temp_nozzle), ("Druckbett", "bed", printer.temp_bed))
        if celsius is not None
    )
    return None if above is None else above == 0.0, COOL, seen or NOT_REPORTED


def _overrides(printer: Machine) -> Finding:
    seen = listed(
        Text(de=f"{de} {percent:.0f} %", en=f"{en} {percent:.0f} %")
        for de, en, percent in (("Tempo", "speed", printer.speed), ("Materialfluss", "flow", printer.flow))
        if percent is not None
    )
    return has_normal_factors(printer), Text.same("100 %"), seen or NOT_REPORTED


async def _files(client: Client, kept: AllowList) -> tuple[Finding, bool]:
    """The finding, and whether foreign files are where only a person can delete them."""
    listing = await list_files(client)
    foreign = kept.foreign(listing)
    on_card = [entry for entry in foreign if entry.read_only]
    number = count_files(foreign)
    parts = [_foreign(number)]
    if on_card:
        parts.append(count("davon auf der Speicherkarte", "of them on the memory card", count_files(on_card)))
    if missing := kept.missing(listing):
        parts.append(count("fehlt vom guten Zustand", "missing from the good state", missing))
    if not listing.writable:
        unseen = Text(de="kein Speicher eingesteckt, seine Dateien sind nicht zu sehen", en="no storage plugged in")
        return (None if not foreign else False, _foreign(0), unseen), bool(on_card)
    return (not foreign, _foreign(0), listed(parts)), bool(on_card)


def _foreign(number: int) -> Text:
    return count("fremde Dateien", "foreign files", number)
