"""The read-back after a reset: every check asks OctoPrint anew and uses nothing a step returned."""

from medialab_agent.drivers.octoprint import models
from medialab_agent.drivers.octoprint.client import Client
from medialab_agent.drivers.octoprint.heat import heaters
from medialab_agent.drivers.octoprint.profiles import ProfileState, differences, read_profiles
from medialab_agent.drivers.octoprint.traces import AllowList, count_files, list_files, list_timelapses
from medialab_agent.sdk.evidence import count, listed
from medialab_agent.sdk.findings import Finding, checks_of
from medialab_agent.sdk.printer import files_finding
from medialab_wire.capabilities import ResetLevel
from medialab_wire.progress import Check
from medialab_wire.texts import Text

NO_PRINTER = Text(de="keine Verbindung zum Drucker", en="no connection to the printer")
RESTING = Text(de="ruht, nichts ausgewählt", en="idle, nothing selected")


async def verify_clean(client: Client, level: ResetLevel, kept: AllowList, profiles: ProfileState) -> tuple[Check, ...]:
    """One check per check of the level."""
    printer = await client.printer()
    heat = heaters(printer)
    findings = {
        "idle": await _idle(client, printer),
        "heaters-off": heat.off_finding(),
        "safe-to-touch": heat.safe_finding(),
        "learner-files": await _files(client, kept),
        "timelapses": await _timelapses(client),
        "profile": await _profiles(client, profiles),
    }
    return checks_of(level, findings)


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


async def _files(client: Client, kept: AllowList) -> Finding:
    listing = await list_files(client)
    return files_finding(count_files(kept.foreign(listing)), kept.missing(listing))


async def _timelapses(client: Client) -> Finding:
    found = await list_timelapses(client)
    seen = (count("Videos", "videos", len(found.files)), count("unfertig", "unfinished", len(found.unrendered)))
    return not (found.files or found.unrendered), Text.same("0"), listed(seen)


async def _profiles(client: Client, wanted: ProfileState) -> Finding:
    found = differences(wanted, await read_profiles(client))
    return found == 0, _different(0), _different(found)


def _different(number: int) -> Text:
    return count("Abweichungen", "differences", number)
