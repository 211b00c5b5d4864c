"""What a reset proved: demanded checks against the evidence there is; pure."""

from collections.abc import Sequence

from medialab_wire.capabilities import CheckSpec, EvidenceKind, ResetLevel
from medialab_wire.progress import Check, CheckResult, Outcome


def with_ticks(read_back: Sequence[Check], ticks: Sequence[Check]) -> tuple[Check, ...]:
    """Read-back and people's ticks together; a tick replaces a read-back that could not tell."""
    ticked = {tick.id for tick in ticks}
    kept = (c for c in read_back if not (c.id in ticked and c.result is CheckResult.UNKNOWN))
    return (*kept, *ticks)


def completed(level: ResetLevel, checks: Sequence[Check]) -> tuple[Check, ...]:
    """The checks, and an unknown one for each that the level demands and nobody made."""
    made = {check.id for check in checks}
    missing = (spec for spec in level.checks if spec.id not in made)
    return (*checks, *(Check(id=s.id, title=s.title, kind=s.kind, result=CheckResult.UNKNOWN) for s in missing))


def outcome_of(level: ResetLevel, checks: Sequence[Check], *, has_failed_step: bool = False) -> Outcome:
    """Clean only when every demanded check was made and passed and nothing failed; never by default."""
    if has_failed_step or any(check.result is CheckResult.FAILED for check in checks):
        return Outcome.QUARANTINED
    if level.checks and all(_is_proven(spec, checks) for spec in level.checks):
        return Outcome.CLEAN
    return Outcome.UNVERIFIED


def _is_proven(spec: CheckSpec, checks: Sequence[Check]) -> bool:
    """A person's word is not enough where a machine has to read back; the other way round it is."""
    evidence = [check for check in checks if check.id == spec.id and _counts(spec.kind, check.kind)]
    return bool(evidence) and all(c.result is CheckResult.PASSED for c in checks if c.id == spec.id)


def _counts(demanded: EvidenceKind, given: EvidenceKind) -> bool:
    return demanded is EvidenceKind.PERSON or given is EvidenceKind.MACHINE
