"""What checks prove, and what is missing: the one rule by which agents claim and the hub judges; pure."""

from collections.abc import Sequence

from medialab_wire.capabilities import CheckSpec, EvidenceKind, ResetLevel
from medialab_wire.progress import Check, CheckResult, Outcome
from medialab_wire.texts import Text

ENDED_BEFORE = Text(
    de="nicht mehr geprüft, weil das Zurücksetzen vorher endete",
    en="not checked any more, because the reset ended before",
)
NOBODY_SAID = Text(de="von niemandem bestätigt", en="confirmed by nobody")
NOT_CHECKED = Text(de="nicht geprüft", en="not checked")


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


def completed(level: ResetLevel, checks: Sequence[Check], why: Text | None = None) -> tuple[Check, ...]:
    """The checks, and an unknown one for each that the level demands and nobody made. `why`: what kept from it."""
    made = {check.id for check in checks}
    return (*checks, *(_unmade(spec, why) for spec in level.checks if spec.id not in made))


def _unmade(spec: CheckSpec, why: Text | None) -> Check:
    words = why or (NOBODY_SAID if spec.kind is EvidenceKind.PERSON else NOT_CHECKED)
    return Check(id=spec.id, title=spec.title, kind=spec.kind, result=CheckResult.UNKNOWN, observed=words)
