"""The state of a printer as it is reported: words, degrees, counts."""

from collections.abc import Collection, Mapping

from medialab_agent.drivers.prusalink.client import Client
from medialab_agent.drivers.prusalink.models import Status
from medialab_agent.drivers.prusalink.state import phase
from medialab_agent.drivers.prusalink.traces import list_files
from medialab_agent.sdk.heat import temperatures
from medialab_agent.sdk.printer import digest
from medialab_agent.sdk.steps import Reading
from medialab_wire.base import Scalar


def volatile(status: Status) -> dict[str, Scalar]:
    """What changes by itself, rounded so that noise is no change."""
    printer, job = status.printer, status.job
    values: dict[str, Scalar | None] = {**temperatures(printer.nozzle, printer.bed)}
    if job is not None and printer.is_working:
        values["progress_percent"] = _rounded(job.progress)
        values["time_left_s"] = _rounded(job.time_remaining)
    return {key: value for key, value in values.items() if value is not None}


def _rounded(value: float | None) -> int | None:
    return None if value is None else round(value)


async def take_reading(
    client: Client, about: Mapping[str, Scalar], kept: Collection[str], *, is_buddy: bool
) -> Reading:
    """Read everything once. `kept` are digests of the last known baseline's files."""
    status = await client.status()
    listing = await list_files(client)
    foreign = sum(not e.is_folder and digest(e.mark) not in kept for e in listing.entries)
    free: dict[str, Scalar] = {} if listing.free is None else {"free_mb": listing.free // 1_000_000}
    return Reading(
        facts={**about, "state": phase(status, is_buddy), "safe_to_touch": status.printer.heat.are_safe},
        volatile={**volatile(status), **free},
        traces={"learner_files": foreign},
    )
