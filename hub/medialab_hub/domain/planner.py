"""Places movable promises on equal items, exactly: as many as possible are kept.

Items of one model are interchangeable, but some of their times are fixed (handed out, pinned, in maintenance).
Placing promises around those is extending a partial colouring of an interval graph (Biró, Hujter, Tuza: Precoloring
extension I, Discrete Mathematics 100, 1992): hard in general, small here, so it is searched to the end."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from medialab_hub.domain.item_times import ItemTimes, items_of
from medialab_hub.domain.matching import surely_broken
from medialab_hub.domain.promises import FOREVER, Fixed, Plan, Promise, clusters
from medialab_hub.domain.repair import Repair

MOST_LOOKS = 30_000
"""Looks at an item in the search for one cluster, all of them counted: about 5 µs each; a step has ten on top."""

Places = Mapping[str, str]


class TooEntangled(Exception):
    """The search was given up. Whoever asked must promise nothing new."""

    def __init__(self, best: Plan | None = None) -> None:
        """`best`: the best plan found until then; a better one may exist."""
        super().__init__()
        self.best = best


def best_plan(
    fixed: Fixed, promises: Iterable[Promise], most_broken: int | None = None, most_looks: int = MOST_LOOKS
) -> Plan | None:
    """Keeps as many promises as can be kept, and moves few; None when not even those that must be, or when more than
    `most_broken` would be broken. Raises `TooEntangled`."""
    kept: dict[str, str] = {}
    broken: list[str] = []
    is_best = True
    for together in clusters(promises):
        left = len(together) if most_broken is None else most_broken - len(broken)
        found, is_sure = _planned(fixed, together, left, most_looks)
        if found is None:
            if is_sure:
                return None
            raise TooEntangled
        is_best = is_best and is_sure
        kept |= found
        broken += [promise.id for promise in together if promise.id not in found]
    plan = Plan(kept, tuple(broken))
    if not is_best:
        raise TooEntangled(plan)
    return plan


def _planned(fixed: Fixed, promises: Sequence[Promise], most: int, most_looks: int) -> tuple[Places | None, bool]:
    """One cluster: as few moves as will do, when they lead to what cannot be bettered; otherwise a search. Returns the
    best that was found, and whether it is certain that nothing is better."""
    best = _repaired(fixed, promises)
    if best is not None and len(best) == len(promises):
        return best, True
    least = surely_broken(fixed, promises)
    if least > most:
        return None, True
    most = min(most, sum(not promise.must for promise in promises))
    if best is not None and len(promises) - len(best) > most:
        best = None
    search = _Search(fixed, promises, most_looks)
    budget = most if best is None else len(promises) - len(best) - 1
    try:
        while budget >= least and (found := search.run(budget)) is not None:
            best, budget = found, len(promises) - len(found) - 1
    except TooEntangled:
        return best, False
    return best, True


def _repaired(fixed: Fixed, promises: Sequence[Promise]) -> Places | None:
    """What stands stays or moves aside for the others; None when one that must be kept is not."""
    repair = Repair(fixed, promises)
    for promise in sorted(repair.without, key=lambda one: (not one.must, one.span.end - one.span.start)):
        if not repair.add(promise) and promise.must:
            return None
    return repair.kept()


def is_refuted(fixed: Fixed, promises: Sequence[Promise], most_broken: int, most_looks: int) -> bool:
    """True when it is certain that more than `most_broken` of them break."""
    try:
        ordered = sorted(promises, key=lambda one: one.span.start)
        return bool(ordered) and _Search(fixed, ordered, most_looks).run(most_broken) is None
    except TooEntangled:
        return False


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

    def __init__(self, fixed: Fixed, promises: Sequence[Promise], most_looks: int) -> None:
        self._promises, self._left = promises, most_looks
        self._items = items_of(fixed, promises[0].span.start)
        self._dead: set[tuple[object, ...]] = set()

    def run(self, budget: int) -> Places | None:
        """A place for all but at most `budget`; None when there is no such plan. The steps of all runs are counted."""
        self._dead.clear()
        for item in self._items:
            item.free_at = -FOREVER
        choices = [self._choice(0, budget)]
        while choices:
            choice = choices[-1]
            if not choice.next():
                choices.pop()
                self._dead.add(self._state(len(choices), choice.budget))
            elif len(choices) == len(self._promises):
                return {one.promise.id: one.item.key for one in choices if one.item is not None}
            elif not self._dead or self._state(len(choices), choice.budget_after) not in self._dead:
                choices.append(self._choice(len(choices), choice.budget_after))
        return None

    def _choice(self, index: int, budget: int) -> _Choice:
        self._left -= len(self._items) + 10
        if self._left < 0:
            raise TooEntangled
        return _Choice(self._promises[index], budget, self._candidates(self._promises[index]))

    def _state(self, index: int, budget: int) -> tuple[object, ...]:
        moment = self._promises[index].span.start
        return (index, budget, tuple(sorted((max(one.free_at, moment), one.future(moment)) for one in self._items)))

    def _candidates(self, promise: Promise) -> list[ItemTimes]:
        """The tightest room first; one of several equal ones will do."""
        rooms = [(item, room) for item in self._items if (room := item.room(promise.span)) is not None]
        rooms.sort(key=lambda one: one[1])
        by_future = {item.future(promise.span.start): item for item, _ in reversed(rooms)}
        return [item for item, _ in rooms if by_future[item.future(promise.span.start)] is item]
