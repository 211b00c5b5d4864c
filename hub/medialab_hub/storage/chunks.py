"""Splits long lists of ids: a statement takes 32,766 parameters on SQLite (https://sqlite.org/limits.html)."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")
CHUNK = 500


def in_chunks(ids: Iterable[str], fetch: Callable[[list[str]], Sequence[T]]) -> list[T]:
    """Everything `fetch` finds for the ids, asked in parts."""
    wanted = list(ids)
    found: list[T] = []
    for start in range(0, len(wanted), CHUNK):
        found.extend(fetch(wanted[start : start + CHUNK]))
    return found
