"""Rules of accounts: when a session ends, when names are the same, when signing in is refused for a while."""

import unicodedata
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

IDLE = timedelta(minutes=30)
"""A session ends when nobody did anything for so long (OWASP ASVS 5.0, 7.3)."""
LONGEST = timedelta(hours=12)
"""A session ends after that in any case."""
LINK_LIFE = timedelta(minutes=15)
"""How long the link of the first run can be used."""
WINDOW_S = 15 * 60.0
"""Failures count for so long."""
MOST_PER_PAIR, MOST_PER_ADDRESS, MOST_PER_ACCOUNT = 5, 30, 50
"""Failures in the window before the next try is refused: for one account from one address, for one address, and for
one account from everywhere. The last is high, so that a stranger cannot easily lock somebody out."""
MOST_REMEMBERED = 10_000
"""Counters kept at once; the oldest are forgotten first."""


def name_key(name: str) -> str:
    """Equal for names that look alike: compatibility forms, case and spaces do not count."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def is_over(created: datetime, used: datetime, now: datetime) -> bool:
    """True when a session has ended by itself."""
    return now - used >= IDLE or now - created >= LONGEST


def is_link_over(created: datetime, now: datetime) -> bool:
    """True when the link of the first run is too old."""
    return now - created >= LINK_LIFE


@dataclass
class LoginLimits:
    """Counts failures per account and address; `now` is monotonic seconds."""

    _failures: OrderedDict[tuple[str, str], list[float]] = field(default_factory=OrderedDict)

    def wait_s(self, account: str, address: str, now: float) -> float:
        """Seconds until the next try is allowed; 0 when it is allowed now."""
        return max(self._wait(key, most, now) for key, most in _keys(account, address))

    def failed(self, account: str, address: str, now: float) -> None:
        """A try did not succeed. Call it before the password is checked, so that parallel tries count too."""
        for key, _ in _keys(account, address):
            self._failures.setdefault(key, []).append(now)
            self._failures.move_to_end(key)
        while len(self._failures) > MOST_REMEMBERED:
            self._failures.popitem(last=False)

    def succeeded(self, account: str, address: str) -> None:
        """Forget the failures of this account from this address, and take back the one counted for this try."""
        self._failures.pop((account, address), None)
        for key in (("", address), (account, "")):
            if moments := self._failures.get(key):
                moments.pop()

    def _wait(self, key: tuple[str, str], most: int, now: float) -> float:
        moments = [moment for moment in self._failures.get(key, []) if now - moment < WINDOW_S]
        if key in self._failures:
            self._failures[key] = moments
        return moments[-most] + WINDOW_S - now if len(moments) >= most else 0.0


def _keys(account: str, address: str) -> tuple[tuple[tuple[str, str], int], ...]:
    return (
        ((account, address), MOST_PER_PAIR),
        (("", address), MOST_PER_ADDRESS),
        ((account, ""), MOST_PER_ACCOUNT),
    )
