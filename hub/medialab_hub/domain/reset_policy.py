"""What a reset proved, judged by the hub from the evidence against what the level demands. Never clean by default."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from medialab_wire.capabilities import CheckSpec, DriverManifest, EvidenceKind, ResetLevel
from medialab_wire.progress import Check, CheckResult, ExecutionStatus, Outcome, StepView

_WORSE = {Outcome.CLEAN: 0, Outcome.UNVERIFIED: 1, Outcome.QUARANTINED: 2}


@dataclass(frozen=True)
class Evidence:
    """What came in about one execution. `answered_by`: people who answered "done" to a step of it at this hub.

    `claimed` is the agent's own outcome; it can only make the judgement worse."""

    status: ExecutionStatus
    steps: Sequence[StepView] = ()
    checks: Sequence[Check] = ()
    claimed: Outcome | None = None
    answered_by: Collection[str] = frozenset()


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
    missing = tuple(spec.id for spec in demanded if spec.id not in failed and not _is_made(spec, evidence))
    if evidence.status is not ExecutionStatus.SUCCEEDED:
        return Verdict(_outcome_of_failure(evidence, bool(failed)), failed, missing)
    is_proven = bool(demanded) and not missing
    judged = Outcome.QUARANTINED if failed else (Outcome.CLEAN if is_proven else Outcome.UNVERIFIED)
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


def _is_made(spec: CheckSpec, evidence: Evidence) -> bool:
    """A person's tick never stands for a machine's reading, and a tick counts only if it was given here."""
    results = [check for check in evidence.checks if check.id == spec.id]
    if not results or any(check.result is not CheckResult.PASSED or check.kind is not spec.kind for check in results):
        return False
    return spec.kind is EvidenceKind.MACHINE or all(check.by in evidence.answered_by for check in results)
