"""The state of a printer as it is reported: words, degrees, counts."""

from collections.abc import Collection, Mapping

from medialab_agent.drivers.octoprint import models
from medialab_agent.drivers.octoprint.client import Client
from medialab_agent.drivers.octoprint.heat import heater, heaters
from medialab_agent.drivers.octoprint.profiles import ProfileState
from medialab_agent.drivers.octoprint.traces import mark, walk
from medialab_agent.sdk.heat import finite, temperatures
from medialab_agent.sdk.printer import digest
from medialab_agent.sdk.steps import Reading
from medialab_wire.base import Scalar


def phase(printer: models.Printer | None) -> str:
    """One word: offline, error, stopping, paused, printing, heating, cooling, idle."""
    if printer is None:
        return "offline"
    flags, heat = printer.state.flags, heaters(printer)
    words = {
        "error": flags.error or flags.closed_or_error,
        "stopping": flags.cancelling,
        "paused": flags.paused or flags.pausing,
        "printing": flags.has_job,
        "heating": heat.are_off is False,
        "cooling": bool(heat.each) and not heat.are_safe,
    }
    return next((word for word, applies in words.items() if applies), "idle")


def volatile(printer: models.Printer | None, job: models.Job, free: int | None) -> dict[str, Scalar]:
    """What changes by itself, rounded so that noise is no change."""
    values: dict[str, Scalar] = {}
    if printer is not None:
        values |= temperatures(heater(printer, "tool0"), heater(printer, "bed"))
    if printer is not None and printer.state.flags.has_job:
        values["progress_percent"] = _rounded(job.progress.completion)
        values["time_left_s"] = _rounded(job.progress.time_left)
    values["free_mb"] = None if free is None else free // 1_000_000
    return {key: value for key, value in values.items() if value is not None}


def _rounded(value: float | None) -> int | None:
    return None if value is None else round(value)


async def take_reading(client: Client, about: Mapping[str, Scalar], kept: Collection[str]) -> Reading:
    """Read everything once; unchanged lists cost no body. `kept` are digests of the last known baseline's files."""
    printer = await client.printer()
    job = await client.read(models.Job, "/api/job")
    listing = await client.read_cached(models.Listing, "/api/files", recursive="true")
    movies = await client.read_cached(models.Timelapses, "/api/timelapse", unrendered="true")
    profile = ProfileState.of(await client.read_cached(models.Profiles, "/api/printerprofiles")).current
    foreign = sum(e.type != "folder" and digest(mark(e)) not in kept for e in walk(listing.files))
    facts: dict[str, Scalar] = {**about, "state": phase(printer), "safe_to_touch": heaters(printer).are_safe}
    if isinstance(profile.get("model"), str):
        facts["model"] = str(profile["model"])[:200]
    extruder = profile.get("extruder")
    diameter = finite(extruder.get("nozzleDiameter")) if isinstance(extruder, dict) else None
    if isinstance(diameter, int | float):
        facts["nozzle_mm"] = diameter
    return Reading(
        facts=facts,
        volatile=volatile(printer, job, listing.free),
        traces={"learner_files": foreign, "timelapses": len(movies.files) + len(movies.unrendered)},
    )
