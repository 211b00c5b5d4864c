"""What a reset proved, judged by the hub from the evidence against what the level demands. Never clean by default."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from medialab_wire.capabilities import CheckSpec, DriverManifest, EvidenceKind, ResetLevel
from medialab_wire.progress import Check, CheckResult, ExecutionStatus, Outcome, StepView
from medialab_wire.proof import is_made, outcome_of

_WORSE = {Outcome.CLEAN: 0, Outcome.UNVERIFIED: 1, Outcome.QUARANTINED: 2}


@dataclass(frozen=True)
class Evidence:
    """What came in about one execution. `ticks`: check and person of each step that was last answered "done" here.

    `claimed` is the agent's own outcome; it can only make the judgement worse."""

    status: ExecutionStatus
    steps: Sequence[StepView] = ()
    checks: Sequence[Check] = ()
    claimed: Outcome | None = None
    ticks: Collection[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class Verdict:
    """`outcome` None: nothing was proven and nothing was touched. Ids of checks that failed or could not be made."""

    outcome: Outcome | None
    failed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def was_touched(steps: Sequence[StepView]) -> bool:
    """True when at least one step was begun, so that an earlier proof no longer holds."""
    return any(step.begun > 0 for step in steps)


def makes_ready(manifest: DriverManifest | None, level: ResetLevel | None) -> bool:
    """Whether a clean reset of that level proves a device ready for the next group: when it is no weaker than the
    default level. Levels stand in the manifest from the weakest to the strongest."""
    if manifest is None or level is None:
        return False
    ladder = [rung.id for rung in manifest.levels]
    default = manifest.default_level or ladder[0]
    return default in ladder and ladder.index(level.id) >= ladder.index(default)


def judge(level: ResetLevel | None, evidence: Evidence) -> Verdict:
    """The outcome of an ended reset. Clean only when every demanded check was made, by whom it must be, and passed."""
    failed = tuple(check.id for check in evidence.checks if check.result is CheckResult.FAILED)
    demanded = () if level is None else level.checks
    missing = tuple(spec.id for spec in demanded if spec.id not in failed and not _is_believed(spec, evidence))
    if evidence.status is not ExecutionStatus.SUCCEEDED:
        return Verdict(_outcome_of_failure(evidence, bool(failed)), failed, missing)
    proven = Outcome.UNVERIFIED if level is None or missing else outcome_of(level, evidence.checks)
    judged = Outcome.QUARANTINED if failed else proven
    claimed = evidence.claimed or Outcome.UNVERIFIED
    return Verdict(max(judged, claimed, key=_WORSE.__getitem__), failed, missing)


def _outcome_of_failure(evidence: Evidence, has_failed_check: bool) -> Outcome | None:
    if has_failed_check:
        return Outcome.QUARANTINED
    match evidence.status:
        case ExecutionStatus.FAILED | ExecutionStatus.TIMED_OUT:
            return Outcome.QUARANTINED
        case ExecutionStatus.CANCELED if was_touched(evidence.steps):
            return Outcome.UNVERIFIED
        case _:
            return None


def _is_believed(spec: CheckSpec, evidence: Evidence) -> bool:
    """Made and passed; and a tick counts only if it was given here."""
    if not is_made(spec, evidence.checks):
        return False
    claimed = (check for check in evidence.checks if check.id == spec.id and check.kind is EvidenceKind.PERSON)
    return all((tick.id, tick.by) in evidence.ticks for tick in claimed)
