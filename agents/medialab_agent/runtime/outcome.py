"""What a reset showed: read-back and ticks put together, and the claim that follows; pure."""

from collections.abc import Sequence

from medialab_wire.capabilities import ResetLevel
from medialab_wire.progress import Check, CheckResult, Outcome
from medialab_wire.proof import outcome_of


def with_ticks(read_back: Sequence[Check], ticks: Sequence[Check]) -> tuple[Check, ...]:
    """Read-back and people's ticks together; a tick replaces a read-back that could not tell."""
    ticked = {tick.id for tick in ticks}
    kept = (c for c in read_back if not (c.id in ticked and c.result is CheckResult.UNKNOWN))
    return (*kept, *ticks)


def claimed(level: ResetLevel, checks: Sequence[Check], *, has_failed_step: bool = False) -> Outcome:
    """What this agent may claim: what the checks prove, unless something failed on the way. The hub judges anew."""
    return Outcome.QUARANTINED if has_failed_step else outcome_of(level, checks)
