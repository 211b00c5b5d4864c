"""Places movable promises on equal items, exactly: as many as possible are kept.

Items of one model are interchangeable, but some of their times are fixed (handed out, pinned, in maintenance).
Placing promises around those is extending a partial colouring of an interval graph (Biró, Hujter, Tuza: Precoloring
extension I, Discrete Mathematics 100, 1992): hard in general, small here, so it is searched to the end."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from medialab_hub.domain.item_times import ItemTimes, items_of
from medialab_hub.domain.matching import surely_broken
from medialab_hub.domain.promises import FOREVER, Fixed, Plan, Promise, clusters

MOST_STEPS = 5_000
"""Steps of one search. Plans of people need few more than there are promises; one that needs more is not touched."""


class TooEntangled(Exception):
    """The search was given up. Whoever asked must promise nothing new."""


def best_plan(
    fixed: Fixed, promises: Iterable[Promise], most_broken: int | None = None, most_steps: int = MOST_STEPS
) -> Plan | None:
    """Keeps as many promises as can be kept; None when not even those that must be, or when more than `most_broken`
    would be broken. Raises `TooEntangled`."""
    kept: dict[str, str] = {}
    broken: list[str] = []
    for together in clusters(promises):
        left = len(together) if most_broken is None else most_broken - len(broken)
        found = _Search(fixed, together, most_steps).run(left)
        if found is None:
            return None
        for promise, item in zip(together, found, strict=True):
            if item is None:
                broken.append(promise.id)
            else:
                kept[promise.id] = item
    return Plan(kept, tuple(broken))


class _Choice:
    """What is tried for one promise: an item after the other, then none."""

    def __init__(self, promise: Promise, budget: int, items: Iterable[ItemTimes]) -> None:
        self.promise, self.budget = promise, budget
        self._left: Iterator[ItemTimes | None] = chain(items, [None] if budget and not promise.must else [])
        self.item: ItemTimes | None = None
        self._before = 0

    def next(self) -> bool:
        """Take the last one back and try another; False when there is none left."""
        self.give_back()
        for item in self._left:
            self.item = item
            if item is not None:
                self._before, item.free_at = item.free_at, self.promise.span.end
            return True
        return False

    def give_back(self) -> None:
        """As if nothing had been tried."""
        if self.item is not None:
            self.item.free_at, self.item = self._before, None

    @property
    def budget_after(self) -> int:
        """How many of the promises after this one may be broken."""
        return self.budget - (self.item is None)


class _Search:
    """One cluster, promise after promise in the order of their beginnings; what led nowhere is remembered."""

    def __init__(self, fixed: Fixed, promises: Sequence[Promise], most_steps: int) -> None:
        self._fixed, self._promises, self._most_steps = fixed, promises, most_steps
        self._items = items_of(fixed, promises[0].span.start)
        self._dead: set[tuple[object, ...]] = set()
        self._left, self._stays = 0, True

    def run(self, most_broken: int) -> list[str | None] | None:
        """An item, or None, for each promise; with the fewest broken ones that are possible."""
        most_broken = min(most_broken, sum(not promise.must for promise in self._promises))
        for budget in range(surely_broken(self._fixed, self._promises), most_broken + 1):
            chosen = self._within(budget)
            if chosen is not None:
                return chosen
        return None

    def _within(self, budget: int) -> list[str | None] | None:
        """First nearly all stay where they are; when that leads nowhere soon, all are placed as tightly as can be."""
        self._stays, self._left = True, 2 * len(self._promises)
        try:
            return self._descend(budget)
        except TooEntangled:
            for item in self._items:
                item.free_at = -FOREVER
        self._stays, self._left = False, self._most_steps
        return self._descend(budget)

    def _descend(self, budget: int) -> list[str | None] | None:
        self._dead.clear()
        choices = [self._choice(0, budget)]
        while choices:
            choice = choices[-1]
            if not choice.next():
                choices.pop()
                self._dead.add(self._state(len(choices), choice.budget))
            elif len(choices) == len(self._promises):
                return [None if one.item is None else one.item.key for one in choices]
            elif not self._dead or self._state(len(choices), choice.budget_after) not in self._dead:
                choices.append(self._choice(len(choices), choice.budget_after))
        return None

    def _choice(self, index: int, budget: int) -> _Choice:
        self._left -= 1
        if self._left < 0:
            raise TooEntangled
        return _Choice(self._promises[index], budget, self._candidates(self._promises[index]))

    def _state(self, index: int, budget: int) -> tuple[object, ...]:
        moment = self._promises[index].span.start
        return (index, budget, tuple(sorted((max(one.free_at, moment), one.future(moment)) for one in self._items)))

    def _candidates(self, promise: Promise) -> list[ItemTimes]:
        """The tightest room first; one of several equal ones will do."""
        rooms = [(item, room) for item in self._items if (room := item.room(promise.span)) is not None]
        rooms.sort(key=lambda one: (self._stays and one[0].key != promise.at, one[1]))
        by_future = {item.future(promise.span.start): item for item, _ in reversed(rooms)}
        return [item for item, _ in rooms if by_future[item.future(promise.span.start)] is item]
