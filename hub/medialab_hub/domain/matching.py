"""A quick proof that promises cannot all be kept: at one moment there are more of them than items they fit on."""

from collections import deque
from collections.abc import Sequence

from medialab_hub.domain.item_times import ItemTimes, items_of
from medialab_hub.domain.promises import Fixed, Promise, Span


def surely_broken(fixed: Fixed, promises: Sequence[Promise]) -> int:
    """At least so many are broken whatever is tried."""
    matching = _Matching(fixed)
    return max((matching.add(promise) for promise in sorted(promises, key=lambda one: one.span.start)), default=0)


def most_at_once(fixed: Fixed, promises: Sequence[Promise], span: Span, most: int, broken: int) -> int:
    """At most so many more could go on for all of `span`, when no more than `broken` of the promises may break."""
    matching = _Matching(fixed)
    running = [promise for promise in promises if promise.span.overlaps(span)]
    taken = {promise.at for promise in running}
    clear = (key for key, blocks in fixed.items() if key not in taken and span.is_clear_of(blocks))
    more = [Promise(f"+{number}", span, next(clear, None)) for number in range(most)]
    without = 0
    for promise in more:
        without = matching.add(promise)
    for promise in sorted(running, key=lambda one: max(one.span.start, span.start)):
        without = matching.add(promise, max(promise.span.start, span.start))
        while more and without > broken:
            without = matching.remove(more.pop())
    while more and without > broken:
        without = matching.remove(more.pop())
    return len(more)


class _Matching:
    """The promises running at a moment, each with an item of its own as far as that goes (augmenting paths, as in
    H. W. Kuhn, The Hungarian method for the assignment problem, 1955)."""

    def __init__(self, fixed: Fixed) -> None:
        self._items = items_of(fixed)
        self._by_key = {item.key: item for item in self._items}
        self._fitting: dict[Span, list[ItemTimes]] = {}
        self._on: dict[ItemTimes, Promise] = {}
        self._without: list[Promise] = []

    def add(self, promise: Promise, now: int | None = None) -> int:
        """One more at a moment, not before that of the others; returns how many of those running have no item."""
        now = promise.span.start if now is None else now
        over = [item for item, one in self._on.items() if one.span.end <= now]
        for item in over:
            del self._on[item]
        running = [one for one in self._without if one.span.end > now]
        return self._try([promise, *running] if over else [promise], [] if over else running)

    def remove(self, promise: Promise) -> int:
        """As if it had not been added; returns how many have no item now."""
        for item, one in self._on.items():
            if one is promise:
                del self._on[item]
                break
        return self._try([one for one in self._without if one is not promise], [])

    def _try(self, waiting: list[Promise], hopeless: list[Promise]) -> int:
        self._without = hopeless + [one for one in waiting if not self._settle(one)]
        return len(self._without)

    def _settle(self, promise: Promise) -> bool:
        """An item for it, others changing theirs one after the other; each is asked once."""
        planned = self._by_key.get(promise.at or "")
        if planned is not None and planned not in self._on and planned.room(promise.span) is not None:
            self._on[planned] = promise
            return True
        queue, asked_by = deque([promise]), dict[ItemTimes, Promise]()
        came_from: dict[str, ItemTimes] = {}
        while queue:
            asking = queue.popleft()
            for item in self._fits(asking.span):
                if item in asked_by:
                    continue
                asked_by[item] = asking
                if item not in self._on:
                    self._shift(item, asked_by, came_from)
                    return True
                came_from[self._on[item].id] = item
                queue.append(self._on[item])
        return False

    def _shift(self, item: ItemTimes, asked_by: dict[ItemTimes, Promise], came_from: dict[str, ItemTimes]) -> None:
        while True:
            promise = asked_by[item]
            self._on[item] = promise
            if promise.id not in came_from:
                return
            item = came_from[promise.id]

    def _fits(self, span: Span) -> list[ItemTimes]:
        if span not in self._fitting:
            self._fitting[span] = [item for item in self._items if item.room(span) is not None]
        return self._fitting[span]
