"""When one item is fixed, and until when it is taken by what is being placed."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from medialab_hub.domain.promises import FOREVER, Fixed, Span


class ItemTimes:
    """Promises are placed on it in the order of their beginnings; `free_at` is the end of the last one."""

    def __init__(self, key: str, blocks: Sequence[Span], futures: "_Futures") -> None:
        self.key, self.free_at = key, -FOREVER
        self._starts = [*(block.start for block in blocks), FOREVER]
        self._ends = [block.end for block in blocks]
        self._futures = futures.of(blocks)

    def future(self, moment: int) -> int:
        """Two items with the same one are as good as each other from then on."""
        return self._futures[bisect_right(self._ends, moment)]

    def room(self, span: Span) -> int | None:
        """Where the free time around the span ends; None when it is taken."""
        if self.free_at > span.start:
            return None
        end = self._starts[bisect_right(self._ends, span.start)]
        return end if span.end <= end else None


class _Futures:
    """Numbers for the fixed times that are still to come, the same number for the same times."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int, int], int] = {}

    def of(self, blocks: Sequence[Span]) -> list[int]:
        """One number for each block and those after it, and at the end that of nothing (0)."""
        numbers = [0]
        for block in reversed(blocks):
            key = (block.start, block.end, numbers[-1])
            numbers.append(self._known.setdefault(key, len(self._known) + 1))
        return numbers[::-1]


def items_of(fixed: Fixed, begin: int = -FOREVER) -> list[ItemTimes]:
    """All items as they are from a moment on, in the order given: of equally good ones the first is taken."""
    futures = _Futures()
    return [ItemTimes(key, merged(one for one in blocks if one.end > begin), futures) for key, blocks in fixed.items()]


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time in as few spans as will do, in their order."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda one: one.start):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found
