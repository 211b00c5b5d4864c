"""A quick proof that promises cannot all be kept: at one moment there are more of them than items they fit on."""

from collections.abc import Sequence

from medialab_hub.domain.item_times import ItemTimes, items_of
from medialab_hub.domain.promises import Fixed, Promise


def surely_broken(fixed: Fixed, promises: Sequence[Promise]) -> int:
    """At least so many are broken whatever is tried."""
    matching = _Matching(fixed)
    return max((matching.add(promise) for promise in sorted(promises, key=lambda one: one.span)), default=0)


class _Matching:
    """The promises running at a moment, each with an item of its own as far as that goes (augmenting paths, as in
    H. W. Kuhn, The Hungarian method for the assignment problem, 1955)."""

    def __init__(self, fixed: Fixed) -> None:
        self._items = items_of(fixed)
        self._on: dict[ItemTimes, Promise] = {}
        self._without: list[Promise] = []

    def add(self, promise: Promise) -> int:
        """One more that begins now, not before any of the others; returns how many of those running have no item."""
        now = promise.span.start
        self._on = {item: one for item, one in self._on.items() if one.span.end > now}
        running = [one for one in self._without if one.span.end > now]
        self._without = [one for one in [*running, promise] if not self._settle(one, set())]
        return len(self._without)

    def _settle(self, promise: Promise, seen: set[ItemTimes]) -> bool:
        fitting = [item for item in self._items if item.room(promise.span) is not None]
        for item in fitting:
            if item not in self._on:
                self._on[item] = promise
                return True
        for item in fitting:
            if item not in seen:
                seen.add(item)
                if self._settle(self._on[item], seen):
                    self._on[item] = promise
                    return True
        return False
