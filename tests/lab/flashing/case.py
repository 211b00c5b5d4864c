"""One board that something will happen to, and the list of what can."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.lab.flashing.boards import Board


def nothing() -> None:
    """Nothing is to be done."""


@dataclass
class Case:
    """`during`: `unplug`, `cancel` or `restart`, after `at_s` seconds or as `phase` begins (`plan`, a step's id,
    `proof`). `ready` is called when the board is known, before the order; `heal` takes the fault away again."""

    home: Path
    chance: random.Random
    board: Board
    settings: dict[str, str] = field(default_factory=dict)
    baseline: dict[str, Any] = field(default_factory=dict)
    during: str = ""
    at_s: float | None = None
    phase: str = ""
    must_not_write: bool = False
    may_be_clean: bool = False
    ready: Callable[[], None] = nothing
    heal: Callable[[], None] = nothing
    small: Path | None = None
    """The root of a very small disk; only for kinds that run apart."""
    data: Path | None = None
    """Where the agent keeps its own, when that matters: both agents use it then."""
    is_endless: bool = False
    """The run cannot end before the fault is taken away."""

    is_over: bool = False
    """What has not happened by now does not happen any more."""

    def at_some_write(self, happen: Callable[[], None]) -> None:
        """Let something happen in the midst of writing."""
        self.at_write(self.chance.randint(1, self.board.writes), happen)

    def at_write(self, write: int, happen: Callable[[], None]) -> None:
        """Let something happen at the write of that number."""

        def perhaps() -> None:
            if not self.is_over:
                happen()

        self.board.strike(write, perhaps)


Prepare = Callable[[Case], None]


@dataclass(frozen=True)
class Kind:
    """One thing that can go wrong on boards of all these families. `is_apart`: in a process of its own, on a small
    disk that may run full."""

    name: str
    families: frozenset[str]
    prepare: Prepare
    is_apart: bool = False

    def suits(self, board: Board) -> bool:
        """Whether it can happen to this board."""
        return self.families <= board.families


KINDS: list[Kind] = []


def kind(*families: str, is_apart: bool = False) -> Callable[[Prepare], Prepare]:
    """One more thing that can go wrong, named by its function."""

    def add(prepare: Prepare) -> Prepare:
        KINDS.append(Kind(prepare.__name__.strip("_").replace("_", " "), frozenset(families), prepare, is_apart))
        return prepare

    return add
