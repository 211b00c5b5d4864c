"""What is read back after a reset, by commands of its own; counts and kinds only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from medialab_agent.drivers.apple_ios.inventory import Inventory
from medialab_agent.drivers.apple_ios.tidy import Wanted
from medialab_agent.sdk.evidence import count, listed
from medialab_wire.capabilities import ResetLevel
from medialab_wire.progress import Check, CheckResult
from medialab_wire.texts import Text


@dataclass(frozen=True)
class Evidence:
    """What a fresh look gave; None where nothing could be read."""

    now: Inventory | None = None
    wanted: Wanted | None = None
    is_up: bool | None = None
    forgot_us: bool | None = None
    awaits_setup: bool | None = None
    seen_by_mdm: bool | None = None


@dataclass(frozen=True)
class Finding:
    """Result with what was expected and observed."""

    result: CheckResult
    expected: Text | None = None
    observed: Text | None = None


UNREADABLE = Finding(CheckResult.UNKNOWN, observed=Text(de="nicht lesbar", en="not readable"))
CLOSED = Finding(
    CheckResult.UNKNOWN,
    observed=Text(
        de="Apple lässt niemanden nachsehen; nur vollständiges Löschen leert es sicher",
        en="Apple lets nobody look; only a full erase empties it for certain",
    ),
)
_YES, _NO = Text(de="ja", en="yes"), Text(de="nein", en="no")
Judge = Callable[[Evidence], Finding]


def _claim(claim: bool | None, expected: bool = True) -> Finding:
    if claim is None:
        return UNREADABLE
    result = CheckResult.PASSED if claim is expected else CheckResult.FAILED
    return Finding(result, _YES if expected else _NO, _YES if claim else _NO)


def _as_recorded(extra: int | None, missing: int | None) -> Finding:
    if extra is None or missing is None:
        return UNREADABLE
    observed = listed((count("zu viel", "too many", extra), count("fehlen", "missing", missing)))
    expected = listed((count("zu viel", "too many", 0), count("fehlen", "missing", 0)))
    return Finding(CheckResult.FAILED if extra or missing else CheckResult.PASSED, expected, observed)


def _number(found: list[str] | None) -> int | None:
    return None if found is None else len(found)


def _apps(evidence: Evidence) -> Finding:
    wanted = evidence.wanted
    return UNREADABLE if wanted is None else _as_recorded(_number(wanted.extra_apps), _number(wanted.missing_apps))


def _profiles(evidence: Evidence) -> Finding:
    wanted = evidence.wanted
    if wanted is None or wanted.extra_profiles is None:
        return UNREADABLE
    return _as_recorded(len(wanted.extra_profiles), _number(wanted.missing_profiles))


def _passcode(evidence: Evidence) -> Finding:
    return _claim(evidence.now.has_passcode if evidence.now else None, expected=False)


def _unknown(_evidence: Evidence) -> Finding:
    return CLOSED


JUDGES: Mapping[str, Mapping[str, Judge]] = {
    "session": {
        "apps": _apps,
        "profiles": _profiles,
        "passcode": _passcode,
        "app-data": _unknown,
        "photos": _unknown,
    },
    "erase": {
        "started": lambda evidence: _claim(evidence.is_up),
        "forgotten": lambda evidence: _claim(evidence.forgot_us),
        "setup": lambda evidence: _claim(evidence.awaits_setup),
    },
    "managed-erase": {
        "forgotten": lambda evidence: _claim(evidence.forgot_us),
        "managed": lambda evidence: _claim(evidence.seen_by_mdm),
    },
}
"""Level → check → how it is judged."""


def made(level: ResetLevel, evidence: Evidence) -> tuple[Check, ...]:
    """All checks the level demands."""
    found = {spec.id: JUDGES[level.id][spec.id](evidence) for spec in level.checks}
    return tuple(
        Check(
            id=spec.id,
            title=spec.title,
            result=found[spec.id].result,
            expected=found[spec.id].expected,
            observed=found[spec.id].observed,
        )
        for spec in level.checks
    )
