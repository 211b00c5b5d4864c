"""How many more of a model can be promised: as many as break no promise that could be kept."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from medialab_hub.domain.load import Load, hull, touched_by
from medialab_hub.domain.matching import most_at_once, surely_broken
from medialab_hub.domain.packing import most_packed
from medialab_hub.domain.planner import TooEntangled, best_plan, is_refuted
from medialab_hub.domain.promises import FOREVER, Fixed, Plan, Promise, Span, clusters
from medialab_hub.domain.repair import Repair

FEW_LOOKS = 10_000
"""Looks at an item spent on one number between what was found and what cannot be ruled out at a glance."""
MANY = 240
"""With more promises than these around a time, those farther away stay where they are: a search through 32 items and
so many promises just ends within `FEW_LOOKS`."""

LARGE = 20_000
"""With more than so many items times promises only what is seen at a glance is said of a time: hundreds of devices."""
MOST_STARTS = 40
"""So many beginnings are tried there for the next free time, evenly spread."""


@dataclass(frozen=True)
class Pool:
    """The items of one model and all that is planned with them; no two promises overlap where they are planned."""

    fixed: Fixed
    promises: Sequence[Promise]
    beyond: Sequence[Promise] = ()
    """Promises that reach out of the time that is known here: they stand, and are moved by nobody."""

    def free(self, span: Span, most: int | None = None) -> int:
        """How many more units can be promised for all of `span`; counts up to `most`. Rather too few than too many
        when that would take too long."""
        return self.bounds(span, most)[0]

    def bounds(self, span: Span, most: int | None = None) -> tuple[int, int]:
        """The same, and what it cannot exceed: the same number, unless it would take too long to find out or depends
        on what lies beyond."""
        near, broken = self._around([span])
        low, limit = near._glance(span, most, broken)
        if low < limit and near.size * len(near.fixed) <= LARGE:
            low, limit = near._searched(span, low, limit, broken)
        return low, limit

    def _searched(self, span: Span, low: int, limit: int, broken: int) -> tuple[int, int]:
        low = self._with_repair(span, low, limit)
        if low < limit:
            limit = most_at_once(self.fixed, self._touched(span), span, limit, broken)
        while low < limit:
            fits = self._fits(span, low + 1, broken)
            if fits is None:
                break
            low, limit = (low + 1, limit) if fits else (low, low)
        return low, limit

    def glance(self, span: Span, most: int | None = None) -> tuple[int, int]:
        """The same without a search: quick, but farther apart now and then."""
        near, broken = self._around([span])
        return near._glance(span, most, broken)

    def _glance(self, span: Span, most: int | None, broken: int) -> tuple[int, int]:
        clear = self.clear_of(span)
        limit = max(0, self._most(span) + broken)
        limit = limit if most is None else min(limit, most)
        if len(clear) >= limit or not self.promises:
            return min(len(clear), limit), limit
        return most_packed(self._frozen, [one for one in self.promises if one.at], span, len(clear), limit), limit

    @property
    def size(self) -> int:
        """How many promises are known."""
        return len(self.promises) + len(self.beyond)

    def clear_of(self, span: Span) -> list[str]:
        """Items with nothing at all in that time."""
        taken = {promise.at for promise in self._touched(span)}
        return [key for key, blocks in self.fixed.items() if key not in taken and span.is_clear_of(blocks)]

    @property
    def is_in_order(self) -> bool:
        """True when every promise is planned where it can be."""
        return not self.astray

    @cached_property
    def astray(self) -> frozenset[Promise]:
        """Promises that are planned nowhere, or where they cannot be."""
        return frozenset(promise for promise in [*self.promises, *self.beyond] if not self._stands(promise))

    def mended(self) -> Plan:
        """As many promises kept as can be and few moved; when that would take too long, the best that was found."""
        try:
            plan = best_plan(self.fixed, self.promises)
        except TooEntangled as tangled:
            plan = tangled.best
        assert plan is not None, "nothing here must be kept at any price"
        return plan

    def fitted(self, wanted: Sequence[Promise]) -> Plan | None:
        """A plan with these added that breaks nothing more than is broken without them; None when there is none.

        It names what was placed or might have moved; promises that are not named stay. Raises `TooEntangled`."""
        if not wanted:
            return Plan({}, ())
        near, broken = self._around([promise.span for promise in wanted])
        load = Load(near.fixed, [*near.promises, *near.beyond, *wanted])
        if any(load.least(one.span) + broken < 0 for one in wanted):
            return None
        return near._plan([replace(promise, must=True) for promise in wanted], broken)

    def pinned(self, pins: Mapping[str, Span]) -> Plan | None:
        """A plan with these times fixed on these items, which moves what was promised there; None when there is none.

        Raises `TooEntangled`."""
        if any(key not in self.fixed or not span.is_clear_of(self.fixed[key]) for key, span in pins.items()):
            return None
        if not pins:
            return Plan({}, ())
        near, broken = self._around(list(pins.values()))
        fixed = {key: [*blocks, pins[key]] if key in pins else blocks for key, blocks in self.fixed.items()}
        moving = {one.id for one in self.promises if one.at and one.at in pins and one.span.overlaps(pins[one.at])}
        promises = [replace(one, must=one.id in moving) for one in near.promises]
        return Pool(fixed, promises, near.beyond)._plan((), broken)

    def within(self, span: Span) -> "Pool":
        """What is known when only this time is looked at."""
        touched = touched_by(span, self.promises)
        inside = [one for one in touched if span.start <= one.span.start and one.span.end <= span.end]
        reaching_out = [one for one in touched if one.span.start < span.start or span.end < one.span.end]
        return Pool(self.fixed, inside, [*self.beyond, *reaching_out])

    def reach(self, span: Span) -> Span:
        """The span with every promise that touches it."""
        return hull([span, *(promise.span for promise in self._touched(span))])

    def _around(self, spans: Sequence[Span]) -> tuple["Pool", int]:
        """What decides about the spans, each promise where it can be, and how many cannot be anywhere."""
        if self.is_in_order:
            return self._neighbourhood(hull(spans)), 0
        near = self._near(spans)
        if self.astray.isdisjoint(near):
            return Pool(self.fixed, near, self.beyond), 0
        astray = self.astray.intersection(near)
        if surely_broken(self.fixed, near) == len(astray):
            settled = [replace(promise, at=None) if promise in astray else promise for promise in near]
            return Pool(self.fixed, settled, self.beyond), len(astray)
        plan = Pool(self.fixed, near).mended()
        settled = [replace(promise, at=plan.kept.get(promise.id)) for promise in near]
        return Pool(self.fixed, settled, self.beyond), len(plan.broken)

    def _neighbourhood(self, span: Span) -> "Pool":
        """Who might move for it, and for those in turn, and so on; not farther when these are many already."""
        wide = self.reach(span)
        while len(around := touched_by(wide, self.promises)) <= MANY:
            wider = hull([wide, *(promise.span for promise in around)])
            if wider == wide:
                break
            wide = wider
        return self.within(wide)

    def _near(self, spans: Sequence[Span]) -> list[Promise]:
        """The promises that decide about the spans: those they overlap, those they overlap, and so on."""
        probes = [Promise("", span) for span in spans]
        groups = clusters([*self.promises, *probes])
        together = [group for group in groups if any(promise.id == "" for promise in group)]
        return [promise for group in together for promise in group if promise.id]

    def _touched(self, span: Span) -> list[Promise]:
        return touched_by(span, [*self.promises, *self.beyond])

    def _most(self, span: Span) -> int:
        """Not more, whoever moves where: at its worst moment so many are left, and so many have no facts in it."""
        known = {key: [block for block in blocks if block.overlaps(span)] for key, blocks in self.fixed.items()}
        unblocked = sum(not blocks for blocks in known.values())
        return min(unblocked, Load(known, self._touched(span)).least(span))

    def _with_repair(self, span: Span, low: int, limit: int) -> int:
        """So many find room when others move aside for them; `low` is known to do."""
        clear = self.clear_of(span)
        repair = Repair(self._frozen, [*self.promises, *(Promise(f"+{key}", span, key) for key in clear)])
        more = range(len(clear), limit)
        return max(low, next((number for number in more if not repair.add(Promise(f"+{number}", span))), limit))

    def _fits(self, span: Span, count: int, broken: int) -> bool | None:
        """Exactly; None when that takes too long. What is in the span itself often shows that it is impossible."""
        wanted = [Promise(f"+{number}", span, must=True) for number in range(count)]
        if is_refuted(self.fixed, [*self._touched(span), *wanted], broken, FEW_LOOKS):
            return False
        try:
            plan = best_plan(self._frozen, [*self.promises, *wanted], broken, FEW_LOOKS)
        except TooEntangled as tangled:
            plan = tangled.best
            return None if plan is None else True
        return True if plan is not None else (None if self.beyond else False)

    def _plan(self, wanted: Sequence[Promise], broken: int) -> Plan | None:
        """All of them with the wanted, `broken` at most being broken."""
        try:
            return best_plan(self._frozen, [*self.promises, *wanted], broken)
        except TooEntangled as tangled:
            if tangled.best is None:
                raise
            return tangled.best

    def _stands(self, promise: Promise) -> bool:
        blocks = self.fixed.get(promise.at or "")
        return blocks is not None and promise.span.is_clear_of(blocks)

    @cached_property
    def _frozen(self) -> Fixed:
        """With what lies beyond where it is."""
        reaching_out: dict[str | None, list[Span]] = {}
        for promise in self.beyond:
            reaching_out.setdefault(promise.at, []).append(promise.span)
        return {key: [*blocks, *reaching_out.get(key, ())] for key, blocks in self.fixed.items()}


def next_start(pool: Pool, span: Span, count: int, until: int = FOREVER) -> int | None:
    """The earliest beginning from `span.start` on at which `count` are free for as long; None before `until`.

    Something becomes free only where something ends."""
    length = span.end - span.start
    ends = {block.end for blocks in pool.fixed.values() for block in blocks}
    ends |= {promise.span.end for promise in [*pool.promises, *pool.beyond]}
    starts = sorted({span.start, *(end for end in ends if span.start < end < min(until, FOREVER))})
    if pool.size * len(pool.fixed) > LARGE:
        starts = starts[:: 1 + len(starts) // MOST_STARTS]
    load = Load(pool.fixed, [*pool.promises, *pool.beyond])
    index = 0
    while index < len(starts):
        asked = Span(starts[index], starts[index] + length)
        short = load.short_until(asked, count - len(pool.astray))
        if short is not None:
            index = bisect_left(starts, short)
        elif pool.free(asked, count) >= count:
            return starts[index]
        else:
            index += 1
    return None
