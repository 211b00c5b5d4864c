"""Finds room for one more by moving a few: who is in the way moves aside, and who is in the way of that, and so on."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping

from medialab_hub.domain.item_times import ItemTimes, items_of
from medialab_hub.domain.promises import Fixed, Promise, Span

MOST_LOOKS = 18_000
"""Looks at an item for one promise, whenever somebody who has to go asks all items for room: about 1 µs each."""
DEEPEST = 8
"""How long a chain of moves may become."""


class Repair:
    """Promises on items. Finding no room proves nothing; the room that is found is real."""

    def __init__(self, fixed: Fixed, promises: Iterable[Promise]) -> None:
        """Takes those promises that stand where they are planned."""
        self._places = {item.key: _Place(item) for item in items_of(fixed)}
        self._fitting: dict[Span, list[_Place]] = {}
        self._trail: list[tuple[_Place, Promise, bool]] = []
        self._going: list[str] = []
        self._failed: dict[str, int] = {}
        self._looks, self._is_cut = 0, False
        self.without: list[Promise] = []
        for promise in promises:
            place = self._places.get(promise.at or "")
            if place is None or place.item.room(promise.span) is None or place.met(promise.span):
                self.without.append(promise)
            else:
                place.put(promise)

    def kept(self) -> Mapping[str, str]:
        """Where each promise is now."""
        return {promise.id: key for key, place in self._places.items() for promise in place.held}

    def add(self, promise: Promise) -> bool:
        """Make room for it; False, and nothing has moved, when none was found."""
        self._looks = MOST_LOOKS
        for depth in range(DEEPEST + 1):
            self._trail.clear()
            self._going.clear()
            self._failed.clear()
            self._is_cut = False
            if self._settle(promise, depth):
                return True
            self._take_back(0)
            if not self._is_cut:
                break
        return False

    def _settle(self, promise: Promise, depth: int) -> bool:
        fits = self._fits(promise.span)
        self._looks -= len(fits)
        met = []
        for place in fits:
            others = place.met(promise.span)
            if not others:
                self._move(place, promise, comes=True)
                return True
            met.append((others, place))
        if depth > 0:
            return self._oust(promise, met, depth - 1)
        self._is_cut = True
        self._failed[promise.id] = depth
        return False

    def _oust(self, promise: Promise, met: list[tuple[list[Promise], "_Place"]], depth: int) -> bool:
        mark, going = len(self._trail), len(self._going)
        self._going.append(promise.id)
        for others, place in sorted(met, key=_trouble):
            if self._looks <= 0:
                break
            if any(one.id in self._going or self._failed.get(one.id, -1) >= depth for one in others):
                continue
            for one in others:
                self._move(place, one, comes=False)
            self._move(place, promise, comes=True)
            if all(self._settle(one, depth) for one in others):
                return True
            self._take_back(mark)
            del self._going[going + 1 :]
        del self._going[going:]
        self._failed[promise.id] = depth + 1
        return False

    def _fits(self, span: Span) -> list["_Place"]:
        if span not in self._fitting:
            rooms = [(room, place) for place in self._places.values() if (room := place.item.room(span)) is not None]
            self._fitting[span] = [place for _, place in sorted(rooms, key=lambda one: one[0])]
        return self._fitting[span]

    def _move(self, place: "_Place", promise: Promise, *, comes: bool) -> None:
        self._trail.append((place, promise, comes))
        (place.put if comes else place.take)(promise)

    def _take_back(self, mark: int) -> None:
        while len(self._trail) > mark:
            place, promise, came = self._trail.pop()
            (place.take if came else place.put)(promise)


class _Place:
    """One item, and what is planned on it in the order of time."""

    def __init__(self, item: ItemTimes) -> None:
        self.item = item
        self.held: list[Promise] = []
        self._starts: list[int] = []

    def met(self, span: Span) -> list[Promise]:
        """Who is in the way."""
        first, last = bisect_left(self._starts, span.start), bisect_left(self._starts, span.end)
        if first and self.held[first - 1].span.end > span.start:
            first -= 1
        return self.held[first:last]

    def put(self, promise: Promise) -> None:
        """Nobody is in its way."""
        index = bisect_left(self._starts, promise.span.start)
        self._starts.insert(index, promise.span.start)
        self.held.insert(index, promise)

    def take(self, promise: Promise) -> None:
        """It is here."""
        index = bisect_left(self._starts, promise.span.start)
        del self._starts[index], self.held[index]


def _trouble(one: tuple[list[Promise], _Place]) -> tuple[int, int]:
    others, _ = one
    return len(others), others[-1].span.end - others[0].span.start
