"""What if there had been more of a model: how many refused wishes would have been served."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from medialab_hub.domain.loan_facts import Refused

SERVABLE = frozenset({"not-free", "test-due"})
"""Reasons that another device would have done away with."""


@dataclass(frozen=True)
class MoreOfThem:
    """Of `refused` wishes, `served` would have been served with `more` devices."""

    more: int
    refused: int
    served: int


def with_more(wishes: Iterable[Refused], more: int) -> MoreOfThem:
    """Each wish in the order in which they were asked gets what it was missing, if so many of the further devices are
    not given to earlier ones at any moment of its time; whom it is not enough for gets none."""
    asked = sorted((one for one in wishes if one.reason in SERVABLE), key=lambda one: (one.asked_at, one.starts_at))
    given: list[Refused] = []
    for one in asked:
        if one.missing + _most_at_once([other for other in given if _overlap(one, other)], one) <= more:
            given.append(one)
    return MoreOfThem(more, len(asked), len(given))


def _most_at_once(given: Sequence[Refused], within: Refused) -> int:
    """How many further devices are given away at the busiest moment of that time."""
    moments = [within.starts_at, *(one.starts_at for one in given if one.starts_at > within.starts_at)]
    return max(sum(one.missing for one in given if one.starts_at <= at < one.ends_at) for at in moments)


def _overlap(one: Refused, other: Refused) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at
