"""The read-back after a reset: every check asks the printer anew and uses nothing a step returned."""

from medialab_agent.drivers.prusalink.client import Client
from medialab_agent.drivers.prusalink.models import Machine, Status
from medialab_agent.drivers.prusalink.state import has_normal_factors, is_at_rest
from medialab_agent.drivers.prusalink.traces import AllowList, count_files, list_files
from medialab_agent.sdk.evidence import Advised, count, listed
from medialab_agent.sdk.findings import NOT_REPORTED, Finding, checks_of
from medialab_agent.sdk.printer import files_finding, foreign_files
from medialab_wire.capabilities import ResetLevel
from medialab_wire.progress import Check
from medialab_wire.texts import Text

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
        "heaters-off": status.printer.heat.off_finding(),
        "safe-to-touch": status.printer.heat.safe_finding(),
        "overrides": _overrides(status.printer),
        "learner-files": files,
    }
    return Advised(checks_of(level, findings), _CARD if on_card else None)


def _idle(status: Status, is_buddy: bool) -> Finding:
    rests = is_at_rest(status, is_buddy)
    seen = Text(de="ruht", en="idle") if rests else Text(de="beschäftigt", en="busy")
    return rests, Text(de="ruht", en="idle"), seen


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
    more = [count("davon auf der Speicherkarte", "of them on the memory card", count_files(on_card))] if on_card else []
    if not listing.writable:
        unseen = Text(de="kein Speicher eingesteckt, seine Dateien sind nicht zu sehen", en="no storage plugged in")
        return (None if not foreign else False, foreign_files(0), unseen), bool(on_card)
    return files_finding(count_files(foreign), kept.missing(listing), more), bool(on_card)
