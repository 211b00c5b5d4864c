"""The state of a printer as it is reported: words, degrees, counts."""

import asyncio
from collections.abc import Collection, Mapping

from medialab_agent.drivers.moonraker.client import Client
from medialab_agent.drivers.moonraker.machine import Machine, read_machine
from medialab_agent.drivers.moonraker.storage import list_root
from medialab_agent.drivers.moonraker.traces import GCODES, count_history, count_queue, list_films
from medialab_agent.drivers.moonraker.words import KLIPPER_DOWN, KLIPPER_DOWN_HELP
from medialab_agent.sdk.heat import temperatures
from medialab_agent.sdk.printer import digest
from medialab_agent.sdk.steps import Reading
from medialab_wire.base import Scalar
from medialab_wire.texts import Text

_KLIPPY = frozenset({"ready", "startup", "shutdown", "error", "disconnected"})


def phase(machine: Machine) -> str:
    """One word: offline, starting, error, paused, printing, heating, cooling, idle."""
    words = {
        "offline": machine.klippy == "disconnected",
        "starting": machine.klippy == "startup",
        "error": not machine.is_ready,
        "paused": machine.is_paused or machine.state == "paused",
        "printing": machine.has_job,
        "heating": machine.heat.are_off is False,
        "cooling": bool(machine.heaters) and not machine.heat.are_safe,
    }
    return next((word for word, applies in words.items() if applies), "idle")


def volatile(machine: Machine, free: int | None) -> dict[str, Scalar]:
    """What changes by itself, rounded so that noise is no change."""
    heaters = machine.heaters
    values: dict[str, Scalar | None] = {**temperatures(heaters.get("extruder"), heaters.get("heater_bed"))}
    if machine.has_job and machine.progress is not None:
        values["progress_percent"] = _rounded(100 * machine.progress)
        if machine.duration is not None and machine.progress > 0.01:
            values["time_left_s"] = _rounded(machine.duration * (1 / machine.progress - 1))
    values["free_mb"] = None if free is None else free // 1_000_000
    return {key: value for key, value in values.items() if value is not None}


def _rounded(value: float | None) -> int | None:
    return None if value is None else round(value)


def advice(machine: Machine) -> Text | None:
    """What helps while Klipper is not there."""
    if machine.klippy in {"ready", "startup"}:
        return None
    return Text(
        de=f"{KLIPPER_DOWN.de} {KLIPPER_DOWN_HELP.de}",
        en=f"{KLIPPER_DOWN.en} {KLIPPER_DOWN_HELP.en}",
    )


async def take_reading(
    client: Client, about: Mapping[str, Scalar], kept: Collection[str], note: Text | None
) -> Reading:
    """Read everything once. `kept` are digests of the last known baseline's files; `note` is said when all is well."""
    machine, listing, films, history, queue = await asyncio.gather(
        read_machine(client), list_root(client, GCODES), list_films(client), count_history(client), count_queue(client)
    )
    foreign = [e for e in listing.files() if not e.is_thumbnail and digest((e.path, e.size)) not in kept]
    facts: dict[str, Scalar] = {
        **about,
        "state": phase(machine),
        "klipper": machine.klippy if machine.klippy in _KLIPPY else "unknown",
        "safe_to_touch": machine.heat.are_safe,
    }
    traces = {
        "learner_files": len(foreign),
        "timelapses": films.number,
        "history": history,
        "queued_jobs": queue,
    }
    return Reading(help=advice(machine) or note, facts=facts, volatile=volatile(machine, listing.free), traces=traces)
