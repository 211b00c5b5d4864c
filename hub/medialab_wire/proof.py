"""What checks prove: the one rule by which agents claim and the hub judges; pure."""

from collections.abc import Sequence

from medialab_wire.capabilities import CheckSpec, ResetLevel
from medialab_wire.progress import Check, CheckResult, Outcome


def is_made(spec: CheckSpec, checks: Sequence[Check]) -> bool:
    """True when the demanded check was made by whom it must be, and passed. A person's tick never stands for a
    machine's reading, nor a machine's reading for a tick; one check of that id that says otherwise spoils it."""
    made = [check for check in checks if check.id == spec.id]
    return bool(made) and all(check.result is CheckResult.PASSED and check.kind is spec.kind for check in made)


def outcome_of(level: ResetLevel, checks: Sequence[Check]) -> Outcome:
    """Quarantined when any check failed, clean only when all that the level demands are made; never by default."""
    if any(check.result is CheckResult.FAILED for check in checks):
        return Outcome.QUARANTINED
    is_proven = bool(level.checks) and all(is_made(spec, checks) for spec in level.checks)
    return Outcome.CLEAN if is_proven else Outcome.UNVERIFIED
