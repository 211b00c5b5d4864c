"""How an execution goes: status, steps, checks, outcome."""

from enum import StrEnum

from medialab_wire.base import Instant, ShortText, WireId, WireModel
from medialab_wire.capabilities import EvidenceKind
from medialab_wire.texts import Text


class ExecutionStatus(StrEnum):
    """Names of AWS IoT Jobs (https://docs.aws.amazon.com/iot/latest/developerguide/iot-jobs-lifecycle.html),
    and `waiting_person` and `expired`, which it lacks."""

    QUEUED = "queued"
    IN_PROGRESS = "in_progress"
    WAITING_PERSON = "waiting_person"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    REJECTED = "rejected"
    CANCELED = "canceled"
    EXPIRED = "expired"

    @property
    def is_terminal(self) -> bool:
        """True when nothing more will happen."""
        return self not in _OPEN


_OPEN = {ExecutionStatus.QUEUED, ExecutionStatus.IN_PROGRESS, ExecutionStatus.WAITING_PERSON}


class StepState(StrEnum):
    """`interrupted`: begun before a crash and begun again since."""

    PENDING = "pending"
    RUNNING = "running"
    WAITING_PERSON = "waiting_person"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


class CheckResult(StrEnum):
    """`unknown`: the check could not be made, which never counts as passed."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """What a reset proved. Never `clean` by default."""

    CLEAN = "clean"
    UNVERIFIED = "unverified"
    QUARANTINED = "quarantined"


class Trouble(WireModel):
    """Why something failed: a stable code, what happened, and what to do."""

    code: WireId
    text: Text
    remedy: Text | None = None
    detail: ShortText = ""


class StepView(WireModel):
    """One step as people see it. `begun` counts starts; above 1 the step was repeated after an interruption."""

    id: WireId
    title: Text
    state: StepState = StepState.PENDING
    begun: int = 0
    progress: float | None = None
    ask: Text | None = None
    """What a person has to do, when the step waits for one."""
    check: WireId | None = None
    """The check that the person's answer is evidence for."""
    detail: Text | None = None
    trouble: Trouble | None = None
    started: Instant | None = None
    ended: Instant | None = None


class Check(WireModel):
    """One piece of evidence: what was expected, what was observed; counts and types only, no content, no names."""

    id: WireId
    title: Text
    kind: EvidenceKind = EvidenceKind.MACHINE
    result: CheckResult
    expected: Text | None = None
    observed: Text | None = None
    by: str = ""
    at: Instant | None = None


class ExecutionReport(WireModel):
    """Topic `up/x/<exec>`: the whole state of one execution. `ver` only grows; lower or equal ones are dropped.

    `snapshot` carries what was read back for a later baseline (action `record-baseline`)."""

    exec: WireId
    dev: WireId
    ver: int
    status: ExecutionStatus
    steps: tuple[StepView, ...] = ()
    checks: tuple[Check, ...] = ()
    outcome: Outcome | None = None
    trouble: Trouble | None = None
    snapshot: dict[str, object] | None = None
    started: Instant | None = None
    ended: Instant | None = None
