"""Which drivers a sighting fits, and how well; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from medialab_wire.capabilities import DriverManifest, Matcher
from medialab_wire.sightings import Sighting


@dataclass(frozen=True)
class Candidate:
    """A driver whose manifest fits; `score` is the number of keys that had to match."""

    driver: str
    score: int


def score(matcher: Matcher, sighting: Sighting) -> int | None:
    """How many keys matched; None when the matcher does not fit."""
    if matcher.source != sighting.source:
        return None
    if any(_fits(sighting.facts, key, pattern) for key, pattern in matcher.exclude.items()):
        return None
    if not all(_fits(sighting.facts, key, pattern) for key, pattern in matcher.where.items()):
        return None
    return len(matcher.where)


def candidates(sighting: Sighting, manifests: Iterable[DriverManifest]) -> tuple[Candidate, ...]:
    """Every driver that fits, by its best matcher; best score first, then by name."""
    found = []
    for manifest in manifests:
        scores = [s for s in (score(matcher, sighting) for matcher in manifest.matchers) if s is not None]
        if scores:
            found.append(Candidate(manifest.id, max(scores)))
    return tuple(sorted(found, key=lambda candidate: (-candidate.score, candidate.driver)))


def _fits(facts: Mapping[str, str], key: str, pattern: str) -> bool:
    value = facts.get(key.lower())
    return value is not None and fnmatchcase(value.lower(), pattern.lower())
