"""From what a driver found to the checks a level demands: whoever finds nothing out says nothing good."""

from collections.abc import Mapping

from medialab_wire.capabilities import ResetLevel
from medialab_wire.progress import Check, CheckResult
from medialab_wire.texts import Text

Finding = tuple[bool | None, Text | None, Text | None]
"""Passed (None: could not be seen), expected, observed."""
UNSEEN: Finding = (None, None, None)
NOT_REPORTED = Text(de="nicht gemeldet", en="not reported")


def result_of(passed: bool | None) -> CheckResult:
    """The word for it; None is never `passed`."""
    if passed is None:
        return CheckResult.UNKNOWN
    return CheckResult.PASSED if passed else CheckResult.FAILED


def checks_of(level: ResetLevel, findings: Mapping[str, Finding]) -> tuple[Check, ...]:
    """One check per check of the level, by its id; one without a finding could not be seen."""
    return tuple(
        Check(
            id=spec.id,
            title=spec.title,
            kind=spec.kind,
            result=result_of((finding := findings.get(spec.id, UNSEEN))[0]),
            expected=finding[1],
            observed=finding[2],
        )
        for spec in level.checks
    )
