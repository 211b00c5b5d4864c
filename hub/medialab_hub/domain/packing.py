"""Packs promises into free times without asking which item is whose: quick, and right in almost every case.

Each takes the free time that ends soonest after it. That it fits is certain; that it does not proves nothing."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush

from medialab_hub.domain.item_times import merged
from medialab_hub.domain.promises import FOREVER, Fixed, Promise, Span


class Gaps:
    """The free times of all items from a moment on; they stay as they are."""

    def __init__(self, fixed: Fixed, begin: int) -> None:
        self._open: list[int] = []
        self._coming: list[tuple[int, int]] = []
        for blocks in fixed.values():
            start = begin
            for block in merged(one for one in blocks if one.end > begin):
                if block.start > start:
                    self._add(start, block.start, begin)
                start = max(start, block.end)
            if start < FOREVER:
                self._add(start, FOREVER, begin)
        self._open.sort()
        heapify(self._coming)

    def _add(self, start: int, end: int, begin: int) -> None:
        if start == begin:
            self._open.append(end)
        else:
            self._coming.append((start, end))

    def hold(self, promises: Iterable[Promise], span: Span, count: int) -> bool:
        """True when all of them find room, and `count` more for all of `span`; nothing begins before `begin`."""
        wanted = sorted([*((one.span.start, one.span.end) for one in promises), *[(span.start, span.end)] * count])
        coming, open_until = list(self._coming), list(self._open)
        for start, end in wanted:
            while coming and coming[0][0] <= start:
                insort(open_until, heappop(coming)[1])
            place = bisect_left(open_until, end)
            if place == len(open_until):
                return False
            heappush(coming, (end, open_until.pop(place)))
        return True


def most_packed(fixed: Fixed, promises: Sequence[Promise], span: Span, low: int, high: int) -> int:
    """So many more are certain to find room, up to `high`; `low` is known to do."""
    gaps = Gaps(fixed, min([span.start, *(one.span.start for one in promises)]))
    if gaps.hold(promises, span, high):
        return high
    high -= 1
    while low < high:
        middle = (low + high + 1) // 2
        if gaps.hold(promises, span, middle):
            low = middle
        else:
            high = middle - 1
    return low
