"""What checks are made of: a fresh reading beside its baseline, and a finding of counts and kinds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from medialab_agent.drivers.android_adb.inventory import Inventory
from medialab_agent.drivers.android_adb.profiles import Profile
from medialab_agent.drivers.android_adb.reset import Wanted
from medialab_agent.sdk.evidence import count as count_of
from medialab_wire.progress import CheckResult
from medialab_wire.texts import Text


@dataclass(frozen=True)
class Evidence:
    """A fresh reading and what belongs to it."""

    now: Inventory
    baseline: Mapping[str, Any]
    profile: Profile
    stopped: Mapping[str, bool] = field(default_factory=dict)
    """App → whether Android says it has not run since it was cleared; what could not be read is missing."""
    wiped: bool | None = None
    """After a full erase: whether the device got a new identity of its data and says it was erased."""

    @property
    def wanted(self) -> Wanted:
        """The work that is still left."""
        return Wanted(self.now, self.baseline, self.profile)


@dataclass(frozen=True)
class Finding:
    """Result with what was expected and observed: counts and kinds only."""

    result: CheckResult
    expected: Text | None = None
    observed: Text | None = None


UNKNOWN = Finding(CheckResult.UNKNOWN, observed=Text(de="nicht lesbar", en="not readable"))


def judge(passed: bool, expected: Text, observed: Text | None) -> Finding:
    return Finding(CheckResult.PASSED if passed else CheckResult.FAILED, expected, observed)


def none_of(count: int | None, de: str, en: str) -> Finding:
    return UNKNOWN if count is None else judge(count == 0, count_of(de, en, 0), count_of(de, en, count))
