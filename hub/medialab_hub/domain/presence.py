"""Which of two states of an agent is the later one, and since when a connection is gone."""

from datetime import datetime

from medialab_wire.presence import AgentPhase, AgentState
from medialab_wire.reports import Presence

GONE = frozenset({AgentPhase.LOST, AgentPhase.DISCONNECTED})


def is_newer_state(known: AgentState, arrived: AgentState) -> bool:
    """True when `arrived` should replace `known`.

    Births only grow, so a will of an earlier connection is ignored. The exception is an agent that was installed anew
    and counts from one again: another boot, alive, while the one we know of is gone."""
    if arrived.birth != known.birth:
        is_reinstalled = arrived.boot != known.boot and arrived.phase not in GONE and known.phase in GONE
        return arrived.birth > known.birth or is_reinstalled
    went_back = known.phase is not AgentPhase.INIT and arrived.phase is AgentPhase.INIT
    return known.phase not in GONE and not went_back


def absent_since(presence: Presence, before: datetime | None, now: datetime) -> datetime | None:
    """Since when a connection is gone that is `presence` from now on; None: it is not. `before`: what it was so far."""
    if presence is not Presence.ABSENT:
        return None
    return before or now
