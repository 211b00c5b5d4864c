"""The read-back after a reset: every check asks the printer anew and uses nothing a step returned."""

from medialab_agent.drivers.moonraker.client import Client
from medialab_agent.drivers.moonraker.configuration import Configuration, read_configuration
from medialab_agent.drivers.moonraker.machine import Machine, read_machine
from medialab_agent.drivers.moonraker.traces import (
    AllowList,
    Films,
    count_foreign,
    count_history,
    count_queue,
    list_films,
)
from medialab_agent.sdk.evidence import Advised, count, listed
from medialab_agent.sdk.findings import NOT_REPORTED, Finding, checks_of
from medialab_agent.sdk.printer import files_finding
from medialab_wire.capabilities import ResetLevel
from medialab_wire.texts import Text

NO_KLIPPER = Text(de="Das Druckprogramm Klipper antwortet nicht", en="the printer's program, Klipper, does not answer")
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
        "heaters-off": machine.heat.off_finding(),
        "safe-to-touch": machine.heat.safe_finding(),
        "overrides": _overrides(machine),
        "learner-files": await _files(client, kept),
        "timelapses": _films(films),
        "history": await _history(client),
        "configuration": await _configuration(client, machine, wanted),
    }
    return Advised(checks_of(level, findings), _advice(findings["configuration"][0], films))


def _advice(configuration: bool | None, films: Films) -> Text | None:
    lines = [*([_FRAMES_HELP] if films.locked else []), *([_CONFIG_HELP] if configuration is False else [])]
    if not lines:
        return None
    return Text(de="\n".join(line.de for line in lines), en="\n".join(line.en for line in lines))


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
    return files_finding(await count_foreign(client, await kept.foreign(client)), await kept.missing(client))


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
