"""Waiting for a model: who comes first, and what became of it."""

from enum import StrEnum


class WaitState(StrEnum):
    """`offered`: it is held for them for a while, and somebody has to say yes."""

    WAITING = "waiting"
    OFFERED = "offered"
    TAKEN = "taken"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"

    @property
    def is_open(self) -> bool:
        """They still want it."""
        return self in (WaitState.WAITING, WaitState.OFFERED)
