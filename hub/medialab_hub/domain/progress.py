"""How far a job is, and why it does not go on."""

from collections.abc import Sequence
from dataclasses import dataclass

from medialab_wire.presence import AgentPhase
from medialab_wire.progress import ExecutionStatus, StepState, StepView
from medialab_wire.reports import Access, Presence
from medialab_wire.texts import Text

_OVER = {StepState.DONE, StepState.SKIPPED, StepState.FAILED}


def fraction(steps: Sequence[StepView]) -> float | None:
    """How much of the steps is over, 0.0 to 1.0; None before a plan is known."""
    if not steps:
        return None
    done = sum(1.0 if step.state in _OVER else min(1.0, max(0.0, step.progress or 0.0)) for step in steps)
    return round(done / len(steps), 3)


def current_step(steps: Sequence[StepView]) -> StepView | None:
    """The step that runs or waits for a person."""
    return next((step for step in steps if step.state in (StepState.RUNNING, StepState.WAITING_PERSON)), None)


@dataclass(frozen=True)
class Situation:
    """What can keep a job from going on."""

    status: ExecutionStatus
    is_released: bool
    is_cancel_wanted: bool
    agent: AgentPhase
    presence: Presence
    access: Access


_AGENT_AWAY = Text(
    de="Der Rechner, an dem das Gerät hängt, ist nicht verbunden. Es geht von selbst weiter, sobald er wieder da ist.",
    en="The computer this device is attached to is not connected. It goes on by itself as soon as it is back.",
)
_GRACE = Text(
    de="Beginnt gleich. Bis dahin lässt es sich ohne Folgen abbrechen.",
    en="Starts in a moment. Until then it can be stopped without any effect.",
)
_STOPPING = Text(de="Wird abgebrochen.", en="Is being stopped.")
_NOT_HERE = Text(
    de="Das Gerät antwortet nicht. Bitte einschalten und anschließen.",
    en="The device does not answer. Please switch it on and connect it.",
)
_NOT_ALLOWED = Text(
    de="Das Gerät lässt uns nicht hinein. Seine Seite sagt, was zu tun ist.",
    en="The device does not let us in. Its page says what to do.",
)
_QUEUED = Text(
    de="Wartet, bis der zuständige Rechner Zeit hat.", en="Waits until the computer in charge has time for it."
)


def why_waiting(situation: Situation) -> Text | None:
    """Why nothing happens right now, or None when something does or nothing more will."""
    if situation.status.is_terminal or situation.status is ExecutionStatus.WAITING_PERSON:
        return None
    if not situation.is_released:
        return _GRACE
    if situation.agent not in (AgentPhase.READY, AgentPhase.INIT):
        return _AGENT_AWAY
    if situation.is_cancel_wanted:
        return _STOPPING
    if situation.status is not ExecutionStatus.QUEUED:
        return None
    if situation.presence is not Presence.PRESENT:
        return _NOT_HERE
    return _NOT_ALLOWED if situation.access is Access.NEEDS_PERSON else _QUEUED
