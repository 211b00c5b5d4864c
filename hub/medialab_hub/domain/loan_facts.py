"""What statistics know of loans and of refused wishes; nothing of it is about a person."""

from datetime import datetime
from typing import NamedTuple

Alike = tuple[str | None, str, str, str, str, tuple[str, ...]]
"""Model, kind of institution, form of school, municipality and its key, areas."""


class Loan(NamedTuple):
    """One device that came back from one loan; see `LoanFact`."""

    booking: str
    device: str
    model: str | None
    institution_kind: str
    school_form: str
    municipality: str
    municipality_key: str
    areas: tuple[str, ...]
    group_size: int | None
    lent_at: datetime
    returned_at: datetime
    is_on_time: bool
    was_unverified: bool
    reset_min: int | None
    is_damaged: bool

    @property
    def alike(self) -> Alike:
        """What is counted together."""
        return self[2:8]


class Refused(NamedTuple):
    """One wish that was refused; see `UnmetDemand`."""

    model: str
    institution_kind: str
    school_form: str
    municipality: str
    municipality_key: str
    areas: tuple[str, ...]
    quantity: int
    free: int
    starts_at: datetime
    ends_at: datetime
    asked_at: datetime
    reason: str

    @property
    def alike(self) -> Alike:
        """What is counted together."""
        return self[:6]

    @property
    def missing(self) -> int:
        """How many more would have been needed; at least one."""
        return max(1, self.quantity - self.free)


class Owned(NamedTuple):
    """One device of the inventory, from when until when."""

    device: str
    model: str | None
    since: datetime
    until: datetime | None
