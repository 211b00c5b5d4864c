"""How many items are left at each moment: a bound that costs one pass over what is planned."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from medialab_hub.domain.item_times import merged
from medialab_hub.domain.promises import FOREVER, Fixed, Promise, Span


class Load:
    """Items that are not fixed less promises that run, moment by moment; below zero where too much is promised."""

    def __init__(self, fixed: Fixed, promises: Iterable[Promise]) -> None:
        steps: dict[int, int] = {}
        taken = [block for blocks in fixed.values() for block in merged(blocks)]
        for span in [*taken, *(promise.span for promise in promises)]:
            steps[span.start] = steps.get(span.start, 0) - 1
            steps[span.end] = steps.get(span.end, 0) + 1
        self._times = [-FOREVER, *sorted(steps)]
        self._left = list(accumulate((steps[time] for time in self._times[1:]), initial=len(fixed)))

    def least(self, span: Span) -> int:
        """So many are left at the worst moment of the span."""
        return min(self._left[self._index(span.start) : bisect_left(self._times, span.end)])

    def short_until(self, span: Span, count: int) -> int | None:
        """The end of the last moment in the span at which fewer than `count` are left; None when there is none."""
        for index in range(bisect_left(self._times, span.end) - 1, self._index(span.start) - 1, -1):
            if self._left[index] < count:
                return self._times[index + 1] if index + 1 < len(self._times) else FOREVER
        return None

    def _index(self, moment: int) -> int:
        return bisect_right(self._times, moment) - 1


def touched_by(span: Span, promises: Iterable[Promise]) -> list[Promise]:
    """Those that share a moment with the span."""
    start, end = span.start, span.end
    return [one for one in promises if one.span.start < end and start < one.span.end]


def hull(spans: Sequence[Span]) -> Span:
    """From the first beginning to the last end."""
    return Span(min(span.start for span in spans), max(span.end for span in spans))
