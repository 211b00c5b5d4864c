"""The table of a run: faults of each board, how they ended, and the four figures that must be zero."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.lab.flashing.trial import Verdict


@dataclass
class Tally:
    """All verdicts so far."""

    verdicts: list[Verdict] = field(default_factory=list)

    @property
    def broken(self) -> tuple[list[str], list[str], list[str], list[str]]:
        """Successes without proof, writings that had to be refused, boards not brought back, processes left behind."""
        every = self.verdicts
        return (
            [name for one in every for name in one.unproven],
            [name for one in every for name in one.written],
            [name for one in every for name in one.lost],
            [name for one in every for name in one.left],
        )

    def table(self, seconds: float, seed: int) -> str:
        """For people."""
        kinds = len({one.kind for one in self.verdicts})
        unproven, written, lost, left = map(len, self.broken)
        again = sum(one.resets > 1 for one in self.verdicts)
        heads = ("board", "faults", "kinds", "clean", "unproven", "set aside", "no end", "lost")
        rows = [_row(name, [v for v in self.verdicts if v.board == name]) for name in self._boards()]
        rows.append(_row("all", self.verdicts))
        lines = [
            f"{len(self.verdicts)} faults of {kinds} kinds on {len(rows) - 1} boards, seed {seed}, {seconds:.0f} s:"
        ]
        lines += [f"  {name:<20}" + "".join(f"{cell:>11}" for cell in cells) for name, *cells in (heads, *rows)]
        lines += [f"  {unproven} successes without proof", f"  {written} writings that had to be refused"]
        lines += [
            f"  {lost} boards not brought back ({again} needed more than one reset)",
            f"  {left} processes left behind",
        ]
        lines += [f"    ! {name}" for names in self.broken for name in names]
        ends = Counter(one.end for one in self.verdicts)
        return "\n".join([*lines, *(f"  {count:4} ended as {end}" for end, count in sorted(ends.items()))])

    def _boards(self) -> list[str]:
        return list(dict.fromkeys(one.board for one in self.verdicts))


def _row(name: str, verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    """`clean`: proven in spite of it. `unproven`: said to be so. `no end`: the agent could write nothing down."""
    ends = Counter(_sort(one.end) for one in verdicts)
    kinds = len({one.kind for one in verdicts})
    numbers = (len(verdicts), kinds, ends["clean"], ends["unverified"], ends["quarantined"], ends["other"])
    return name, *map(str, numbers), str(sum(bool(one.lost) for one in verdicts))


def _sort(end: str) -> str:
    return next((word for word in ("clean", "unverified", "quarantined") if f"/{word} " in end), "other")
