"""What a reset showed: read-back and ticks put together, and the claim that follows; pure."""

from collections.abc import Sequence

from medialab_wire.capabilities import CheckSpec, EvidenceKind, ResetLevel
from medialab_wire.progress import Check, CheckResult, Outcome
from medialab_wire.proof import outcome_of
from medialab_wire.texts import Text

ENDED_BEFORE = Text(
    de="nicht mehr geprüft, weil das Zurücksetzen vorher endete",
    en="not checked any more, because the reset ended before",
)
NOBODY_SAID = Text(de="von niemandem bestätigt", en="confirmed by nobody")
NOT_CHECKED = Text(de="nicht geprüft", en="not checked")


def with_ticks(read_back: Sequence[Check], ticks: Sequence[Check]) -> tuple[Check, ...]:
    """Read-back and people's ticks together; a tick replaces a read-back that could not tell."""
    ticked = {tick.id for tick in ticks}
    kept = (c for c in read_back if not (c.id in ticked and c.result is CheckResult.UNKNOWN))
    return (*kept, *ticks)


def completed(level: ResetLevel, checks: Sequence[Check], why: Text | None = None) -> tuple[Check, ...]:
    """The checks, and an unknown one for each that the level demands and nobody made. `why`: what kept from it."""
    made = {check.id for check in checks}
    return (*checks, *(_unmade(spec, why) for spec in level.checks if spec.id not in made))


def _unmade(spec: CheckSpec, why: Text | None) -> Check:
    words = why or (NOBODY_SAID if spec.kind is EvidenceKind.PERSON else NOT_CHECKED)
    return Check(id=spec.id, title=spec.title, kind=spec.kind, result=CheckResult.UNKNOWN, observed=words)


def claimed(level: ResetLevel, checks: Sequence[Check], *, has_failed_step: bool = False) -> Outcome:
    """What this agent may claim: what the checks prove, unless something failed on the way. The hub judges anew."""
    return Outcome.QUARANTINED if has_failed_step else outcome_of(level, checks)
