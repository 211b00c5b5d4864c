"""How many more of a model can be promised: as many as break no promise that could be kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from medialab_hub.domain.matching import most_at_once
from medialab_hub.domain.planner import TooEntangled, best_plan, is_refuted
from medialab_hub.domain.promises import FOREVER, Fixed, Plan, Promise, Span, clusters
from medialab_hub.domain.repair import Repair

FEW_LOOKS = 10_000
"""Looks at an item spent on one number between what was found and what cannot be ruled out at a glance."""


@dataclass(frozen=True)
class Pool:
    """The items of one model and all that is planned with them; no two promises overlap where they are planned."""

    fixed: Fixed
    promises: Sequence[Promise]

    def free(self, span: Span, most: int | None = None) -> int:
        """How many more units can be promised for all of `span`; counts up to `most`. Rather too few than too many
        when that would take too long."""
        unblocked = sum(span.is_clear_of(blocks) for blocks in self.fixed.values())
        try:
            near, broken = self._settled([span])
        except TooEntangled:
            return 0
        limit = unblocked if most is None else min(most, unblocked)
        limit = most_at_once(self.fixed, near, span, limit, broken)
        repair = Repair(self.fixed, near)
        low = next((number for number in range(limit) if not repair.add(Promise(f"+{number}", span))), limit)
        while low < limit:
            middle = (low + limit + 1) // 2
            if self._fit(near, broken, span, middle):
                low = middle
            else:
                limit = middle - 1
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
        near, broken = self._settled([promise.span for promise in wanted])
        return self._plan(near, [replace(promise, must=True) for promise in wanted], broken)

    def pinned(self, pins: Mapping[str, Span]) -> Plan | None:
        """A plan with these times fixed on these items, which moves what was promised there; None when there is none.

        Raises `TooEntangled`."""
        if any(key not in self.fixed or not span.is_clear_of(self.fixed[key]) for key, span in pins.items()):
            return None
        fixed = {key: [*blocks, pins[key]] if key in pins else blocks for key, blocks in self.fixed.items()}
        near, broken = self._settled(list(pins.values()))
        moving = {one.id for one in self.promises if one.at and one.at in pins and one.span.overlaps(pins[one.at])}
        return Pool(fixed, ())._plan([replace(one, must=one.id in moving) for one in near], (), broken)

    def _fit(self, near: Sequence[Promise], broken: int, span: Span, count: int) -> bool:
        """Exactly, or no when that takes too long. What is in the span itself often shows that it is impossible."""
        wanted = [Promise(f"+{number}", span, must=True) for number in range(count)]
        touched = [promise for promise in near if promise.span.overlaps(span)]
        if is_refuted(self.fixed, [*touched, *wanted], broken, FEW_LOOKS):
            return False
        try:
            return best_plan(self.fixed, [*near, *wanted], broken, FEW_LOOKS) is not None
        except TooEntangled as tangled:
            return tangled.best is not None

    def _plan(self, near: Sequence[Promise], wanted: Sequence[Promise], broken: int) -> Plan | None:
        """All of them with the wanted, `broken` at most being broken."""
        try:
            return best_plan(self.fixed, [*near, *wanted], broken)
        except TooEntangled as tangled:
            if tangled.best is None:
                raise
            return tangled.best

    def _settled(self, spans: Sequence[Span]) -> tuple[Sequence[Promise], int]:
        """The promises near, each where it can be, and how many cannot be anywhere. Raises `TooEntangled` when one of
        those is wanted in these times and it is not certain that it cannot be kept."""
        near = self._near(spans)
        if all(self._stands(promise) for promise in near):
            return near, 0
        try:
            plan, is_best = best_plan(self.fixed, near), True
        except TooEntangled as tangled:
            plan, is_best = tangled.best, False
        if plan is None:
            raise TooEntangled
        settled = [replace(promise, at=plan.kept.get(promise.id)) for promise in near]
        if not is_best and any(one.at is None and not one.span.is_clear_of(spans) for one in settled):
            raise TooEntangled
        return settled, len(plan.broken)

    def _stands(self, promise: Promise) -> bool:
        blocks = self.fixed.get(promise.at or "")
        return blocks is not None and promise.span.is_clear_of(blocks)

    def _near(self, spans: Sequence[Span]) -> list[Promise]:
        """The promises that decide about the spans: those they overlap, those they overlap, and so on."""
        probes = [Promise("", span) for span in spans]
        groups = clusters([*self.promises, *probes])
        together = [group for group in groups if any(promise.id == "" for promise in group)]
        return [promise for group in together for promise in group if promise.id]


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
