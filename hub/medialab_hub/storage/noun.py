"""A noun: one kind of thing of which the outside hears after a commit."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlmodel import Session

Row = dict[str, Any]
Views = Callable[[Session, Collection[str], int], Mapping[str, Row]]
"""Builds what is told of those of these ids that exist, by id; given the fleet sequence of the commit."""

Details = Callable[[Session, Mapping[str, Row]], Mapping[str, Row]]


@dataclass(frozen=True, eq=False)
class Noun:
    """Declared beside its views and listed in `services.nouns`; use cases name it in `UnitOfWork.touch`.

    Of an id that `rows` does not find, its last row (if the index keeps rows) or its id is told, with `gone` true."""

    name: str
    """Of its event on the stream."""
    rows: Views
    details: Details | None = None
    """What is told as `<name>_detail` besides, to those who look at one of them; given the rows, by id."""
    every: Callable[[Session], Iterable[Row]] | None = None
    """Given for a noun whose rows the fleet index keeps in memory: all there are."""
    order: Callable[[Row], Any] = itemgetter("id")
    """By what kept rows are sorted."""
