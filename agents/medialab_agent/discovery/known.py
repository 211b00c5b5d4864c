"""What one source has reported as present, and which sightings a new observation makes necessary."""

from collections.abc import Iterable, Mapping

from medialab_agent.discovery.text import short
from medialab_wire.sightings import Sighting


class Known:
    """Present things by key. Every method returns the sightings to hand over, in order; none when nothing changed."""

    def __init__(self, source: str, identity: Iterable[str] = ()) -> None:
        """`identity`: facts that make it another thing under the same key, which is then first reported gone."""
        self._source = source
        self._identity = tuple(identity)
        self._present: dict[str, Mapping[str, str]] = {}

    def __len__(self) -> int:
        return len(self._present)

    def __contains__(self, key: str) -> bool:
        return short(key) in self._present

    def keys(self) -> frozenset[str]:
        """Keys of everything present."""
        return frozenset(self._present)

    def saw(self, key: str, facts: Mapping[str, str]) -> list[Sighting]:
        """It is there with these facts."""
        key = short(key)
        before = self._present.get(key)
        if before == facts:
            return []
        out = self.lost(key) if before is not None and self._differs(before, facts) else []
        self._present[key] = dict(facts)
        return [*out, Sighting(source=self._source, key=key, facts=dict(facts))]

    def lost(self, key: str) -> list[Sighting]:
        """It is gone; the sighting repeats its last facts."""
        facts = self._present.pop(short(key), None)
        if facts is None:
            return []
        return [Sighting(source=self._source, key=short(key), present=False, facts=dict(facts))]

    def exactly(self, now: Mapping[str, Mapping[str, str]]) -> list[Sighting]:
        """These are there and nothing else: removals first, then what is new or different."""
        keep = {short(key) for key in now}
        gone = [s for key in sorted(self._present.keys() - keep) for s in self.lost(key)]
        return gone + [s for key, facts in now.items() for s in self.saw(key, facts)]

    def _differs(self, before: Mapping[str, str], facts: Mapping[str, str]) -> bool:
        return any(before.get(name) != facts.get(name) for name in self._identity)
