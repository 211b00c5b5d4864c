"""The state of a printer as it is reported: words, degrees, counts."""

from collections.abc import Collection, Mapping

from medialab_agent.drivers.bambu.state import State
from medialab_agent.drivers.bambu.traces import Stored, count_files
from medialab_agent.sdk.heat import temperatures
from medialab_agent.sdk.printer import digest
from medialab_agent.sdk.steps import Reading
from medialab_wire.base import Scalar

CARD_S = 60.0
"""How old the list of files in a reading may be: each look at the card is a connection of its own."""


def take_reading(state: State, stored: Stored, about: Mapping[str, Scalar], kept: Collection[str]) -> Reading:
    """`kept` are digests of the last known baseline's files."""
    foreign = [e for e in stored.files if not e.is_folder and digest((e.path, e.size)) not in kept]
    facts: dict[str, Scalar] = {**about, "state": state.phase, "safe_to_touch": state.heat.are_safe}
    if state.nozzle_diameter is not None:
        facts["nozzle_mm"] = str(state.nozzle_diameter)[:8]
    return Reading(
        facts=facts,
        volatile=volatile(state),
        traces={"learner_files": len(foreign), "timelapses": count_files(stored.movies)},
    )


def volatile(state: State) -> dict[str, Scalar]:
    """What changes by itself, rounded so that noise is no change."""
    values: dict[str, Scalar | None] = {**temperatures(state.nozzle, state.bed)}
    if state.is_working:
        values["progress_percent"] = state.mc_percent
        values["time_left_s"] = None if state.mc_remaining_time is None else state.mc_remaining_time * 60
    return {key: value for key, value in values.items() if value is not None}
