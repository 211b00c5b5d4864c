"""Which class a device is of, by what is said of it: one, several to ask a person about, or none; pure.

The score of a class is the number of keys of its best fitting tell; more keys win, a tie asks. A hint never decides,
and neither does a USB number that several products share."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import translate
from functools import cache

from medialab_hub.catalogue.model import DeviceClass, Tell
from medialab_hub.catalogue.told import Told

ONLY_A_NUMBER = frozenset({"vid", "pid", "revision", "source"})
"""Keys that say no more than the USB number, which makers of different products share."""

MOST_CANDIDATES = 24
"""More than that is no question a person could answer."""


@dataclass(frozen=True)
class Match:
    """`decided`: the one class it is. Otherwise `candidates`, which a person chooses from; empty: nothing fits."""

    decided: str | None = None
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Rule:
    owner: str
    keys: frozenset[str]
    decides: bool
    where: tuple[tuple[str, re.Pattern[str]], ...]
    exclude: tuple[tuple[str, re.Pattern[str]], ...]

    def fits(self, told: Told) -> bool:
        return all(_fits(told, key, pattern) for key, pattern in self.where) and not any(
            _fits(told, key, pattern) for key, pattern in self.exclude
        )


class Matcher:
    """Compares what is said with the tells of all classes. `shared`: USB numbers that never decide alone."""

    def __init__(self, classes: Sequence[DeviceClass], shared: Iterable[tuple[str, str]] = ()) -> None:
        common = frozenset(shared) | _numbers_of_several(classes)
        told = (_rule(one.id, tell, common) for one in classes for tell in one.tells)
        self._rules: dict[frozenset[str], list[_Rule]] = {}
        for rule in (*told, *(rule for one in classes for rule in _named(one))):
            self._rules.setdefault(rule.keys, []).append(rule)

    def match(self, connections: Iterable[Told]) -> Match:
        """Of one device that is reached over these connections."""
        found = [self._match_one(told) for told in connections]
        decided = {match.decided for match in found if match.decided is not None}
        if len(decided) == 1:
            return Match(decided=decided.pop())
        asked = decided or {candidate for match in found for candidate in match.candidates}
        return Match(candidates=tuple(sorted(asked))[:MOST_CANDIDATES])

    def _match_one(self, told: Told) -> Match:
        best: dict[str, int] = {}
        hinted: set[str] = set()
        for rule in self._fitting(told):
            hinted.add(rule.owner)
            if rule.decides:
                best[rule.owner] = max(best.get(rule.owner, 0), len(rule.keys))
        if not best:
            return Match(candidates=tuple(hinted))
        most = max(best.values())
        winners = [owner for owner, keys in best.items() if keys == most]
        return Match(decided=winners[0]) if len(winners) == 1 else Match(candidates=tuple(winners))

    def _fitting(self, told: Told) -> Iterator[_Rule]:
        """Rules that read the same keys are left out together when one of those was not reported."""
        for keys, rules in self._rules.items():
            if keys <= told.keys():
                yield from (rule for rule in rules if rule.fits(told))


def _named(one: DeviceClass) -> Iterator[_Rule]:
    """A driver that serves the class names it itself; what people enter by hand may be of any, for they said so."""
    for key, patterns in (("driver", one.drivers), ("by_hand", ("true",))):
        if patterns:
            where = ((key, _pattern(patterns)), ("class", _pattern((one.id,))))
            yield _Rule(one.id, frozenset({key, "class"}), True, where, ())


def _rule(owner: str, tell: Tell, shared: frozenset[tuple[str, str]]) -> _Rule:
    is_common = tell.where.keys() <= ONLY_A_NUMBER and bool(_numbers(tell) & shared or not _numbers(tell))
    return _Rule(
        owner,
        frozenset(tell.where),
        not tell.hint and not is_common,
        tuple((key, _pattern(patterns)) for key, patterns in tell.where.items()),
        tuple((key, _pattern(patterns)) for key, patterns in tell.exclude.items()),
    )


def _numbers_of_several(classes: Iterable[DeviceClass]) -> frozenset[tuple[str, str]]:
    """USB numbers that tells of more than one class name."""
    owners: dict[tuple[str, str], set[str]] = {}
    for one in classes:
        for tell in one.tells:
            for number in _numbers(tell):
                owners.setdefault(number, set()).add(one.id)
    return frozenset(number for number, names in owners.items() if len(names) > 1)


def _numbers(tell: Tell) -> set[tuple[str, str]]:
    return {(vid, pid) for vid in tell.where.get("vid", ()) for pid in tell.where.get("pid", ())}


@cache
def _pattern(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(translate(pattern.lower()) for pattern in patterns), re.DOTALL)


def _fits(told: Told, key: str, pattern: re.Pattern[str]) -> bool:
    return any(pattern.match(value) for value in told.get(key, ()))
