"""How many more of a model can be promised: as many as break no promise that could be kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from medialab_hub.domain.matching import surely_broken
from medialab_hub.domain.planner import TooEntangled, best_plan
from medialab_hub.domain.promises import FOREVER, Fixed, Plan, Promise, Span, clusters

FEW_STEPS = 400
"""Steps for a plan that moves only what is near; most are found within a tenth of these."""


@dataclass(frozen=True)
class Pool:
    """The items of one model and all that is planned with them; no two promises overlap where they are planned."""

    fixed: Fixed
    promises: Sequence[Promise]

    def free(self, span: Span, most: int | None = None) -> int:
        """How many more units can be promised for all of `span`; counts up to `most`."""
        unblocked = sum(span.is_clear_of(blocks) for blocks in self.fixed.values())
        limit = unblocked if most is None else min(most, unblocked)
        near = self._near([span])
        low = min(limit, self._untouched(span, near))
        high = limit
        while low < high:
            middle = (low + high + 1) // 2
            wanted = [Promise(f"+{number}", span, must=True) for number in range(middle)]
            if self._fits(near, wanted):
                low = middle
            else:
                high = middle - 1
        return low

    @property
    def is_in_order(self) -> bool:
        """True when every promise is planned where it can be."""
        return all(self._stands(promise) for promise in self.promises)

    def fitted(self, wanted: Sequence[Promise]) -> Plan | None:
        """A plan with these added that breaks nothing more than is broken without them; None when there is none.

        It names what was placed or might have moved; promises that are not named stay. Raises `TooEntangled`."""
        if not wanted:
            return Plan({}, ())
        near = self._near([promise.span for promise in wanted])
        return self._plan(near, [replace(promise, must=True) for promise in wanted])

    def pinned(self, pins: Mapping[str, Span]) -> Plan | None:
        """A plan with these times fixed on these items, which moves what was promised there; None when there is none.

        Raises `TooEntangled`."""
        if any(key not in self.fixed or not span.is_clear_of(self.fixed[key]) for key, span in pins.items()):
            return None
        fixed = {key: [*blocks, pins[key]] if key in pins else blocks for key, blocks in self.fixed.items()}
        moving = [one for one in self.promises if one.at and one.at in pins and one.span.overlaps(pins[one.at])]
        ids = {one.id for one in moving}
        return Pool(fixed, [one for one in self.promises if one.id not in ids]).fitted(moving)

    def _fits(self, near: Sequence[Promise], wanted: Sequence[Promise]) -> bool:
        try:
            return self._plan(near, wanted) is not None
        except TooEntangled:
            return False

    def _plan(self, near: Sequence[Promise], wanted: Sequence[Promise]) -> Plan | None:
        near, broken = self._settled(near)
        touched = [one for one in near if any(one.span.overlaps(other.span) for other in wanted)]
        if surely_broken(self.fixed, [*touched, *wanted]) > broken:
            return None
        for movable in _rings(near, wanted):
            try:
                plan = best_plan(self._without(near, movable), [*movable, *wanted], broken, FEW_STEPS)
            except TooEntangled:
                continue
            if plan is not None:
                return plan
        return best_plan(self.fixed, [*near, *wanted], broken)

    def _settled(self, near: Sequence[Promise]) -> tuple[Sequence[Promise], int]:
        """Each where it can be, and how many cannot be anywhere."""
        if all(self._stands(promise) for promise in near):
            return near, 0
        plan = best_plan(self.fixed, near)
        if plan is None:
            return near, 0
        return [replace(promise, at=plan.kept.get(promise.id)) for promise in near], len(plan.broken)

    def _without(self, near: Sequence[Promise], movable: Sequence[Promise]) -> Fixed:
        """The fixed times, with those of the promises that are to stay."""
        moving = {promise.id for promise in movable}
        fixed = {key: list(blocks) for key, blocks in self.fixed.items()}
        for promise in near:
            if promise.at is not None and promise.id not in moving:
                fixed[promise.at].append(promise.span)
        return fixed

    def _untouched(self, span: Span, near: Sequence[Promise]) -> int:
        """Items with nothing in the span as things are planned now, when everything is planned where it can be."""
        if not all(self._stands(promise) for promise in near):
            return 0
        taken = {promise.at for promise in near if promise.span.overlaps(span)}
        return sum(key not in taken and span.is_clear_of(blocks) for key, blocks in self.fixed.items())

    def _stands(self, promise: Promise) -> bool:
        blocks = self.fixed.get(promise.at or "")
        return blocks is not None and promise.span.is_clear_of(blocks)

    def _near(self, spans: Sequence[Span]) -> list[Promise]:
        """The promises that decide about the spans: those they overlap, those they overlap, and so on."""
        probes = [Promise("", span) for span in spans]
        groups = clusters([*self.promises, *probes])
        together = [group for group in groups if any(promise.id == "" for promise in group)]
        return [promise for group in together for promise in group if promise.id]


def _rings(near: Sequence[Promise], wanted: Sequence[Promise]) -> Iterator[list[Promise]]:
    """Those that begin or end within the wanted times; then those within the times of these; and so on, not yet all.

    Those without an item are in every ring."""
    window, count = _hull(wanted), -1
    while True:
        ring = [promise for promise in near if promise.at is None or promise.span.overlaps(window)]
        if len(ring) in (count, len(near)):
            return
        yield ring
        count = len(ring)
        window = _hull([*wanted, *ring])


def _hull(promises: Sequence[Promise]) -> Span:
    return Span(min(one.span.start for one in promises), max(one.span.end for one in promises))


def next_start(pool: Pool, span: Span, count: int, until: int = FOREVER) -> int | None:
    """The earliest beginning from `span.start` on at which `count` are free for as long; None before `until`.

    Something becomes free only where something ends."""
    length = span.end - span.start
    ends = {block.end for blocks in pool.fixed.values() for block in blocks}
    ends |= {promise.span.end for promise in pool.promises}
    for start in sorted({span.start, *(end for end in ends if span.start < end < min(until, FOREVER))}):
        if pool.free(Span(start, start + length), count) >= count:
            return start
    return None


def in_the_way(pool: Pool, span: Span) -> Mapping[str, Sequence[Span]]:
    """What is fixed in the span, by item: why these are not free."""
    found = {key: [block for block in blocks if block.overlaps(span)] for key, blocks in pool.fixed.items()}
    return {key: blocks for key, blocks in found.items() if blocks}
