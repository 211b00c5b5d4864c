"""The life of a job: which statuses may follow which. Versions only grow, an end is final."""

from dataclasses import dataclass, replace

from medialab_wire.progress import ExecutionStatus as Status

BASELINE_ACTION = "record-baseline"
RESET_ACTION = "reset"
OLDER_BECAUSE = "older_because"
"""The parameter without which an agent refuses to write an older firmware than was proven last."""
REASON_KEPT = "Grund im Hub / reason in the hub"
"""Its value: what people type stays in the hub, where it can be erased."""
WITHOUT_BASELINE = frozenset({BASELINE_ACTION, "find-me", "pair"})
"""Actions that an adopted device may get before a good state was recorded."""


@dataclass(frozen=True)
class JobState:
    """What decides about a job. `is_released`: the grace time is over and the agent may have seen it.

    `is_agent_done`: the agent has said it ended; until then a job the hub ended is still called off at the agent."""

    status: Status = Status.QUEUED
    ver: int = 0
    is_released: bool = False
    is_cancel_wanted: bool = False
    is_agent_done: bool = False


def release(state: JobState) -> JobState:
    """The grace time is over."""
    return state if state.status.is_terminal else replace(state, is_released=True)


def take_report(state: JobState, ver: int, status: Status) -> JobState | None:
    """The state after a report, or None when the report says nothing new (duplicate, late, or never asked for)."""
    if ver <= state.ver or not state.is_released or state.is_agent_done:
        return None
    if state.status.is_terminal:
        return replace(state, ver=ver, is_agent_done=status.is_terminal)
    went_back = status is Status.QUEUED and state.status is not Status.QUEUED
    return replace(state, ver=ver, status=state.status if went_back else status, is_agent_done=status.is_terminal)


def cancel(state: JobState) -> JobState:
    """A wish to stop. Before the release it is the end; afterwards the agent ends it."""
    if state.status.is_terminal:
        return state
    if not state.is_released:
        return replace(state, status=Status.CANCELED, is_cancel_wanted=True, is_agent_done=True)
    return replace(state, is_cancel_wanted=True)


def run_out(state: JobState) -> JobState:
    """Its time is over: never begun is expired, begun is timed out, called off is canceled; hands are waited for."""
    if state.status.is_terminal or state.status is Status.WAITING_PERSON:
        return state
    if state.is_cancel_wanted:
        return replace(state, status=Status.CANCELED)
    return replace(state, status=Status.EXPIRED if state.status is Status.QUEUED else Status.TIMED_OUT)


def is_wanted(state: JobState) -> bool:
    """True when the agent should have it among its work."""
    return state.is_released and not state.status.is_terminal


def is_called_off(state: JobState) -> bool:
    """True when the agent should be told to stop it."""
    ended_here = state.status.is_terminal and not state.is_agent_done
    return state.is_released and (ended_here or (state.is_cancel_wanted and not state.status.is_terminal))
