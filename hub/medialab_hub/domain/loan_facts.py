"""What statistics know of loans and of refused wishes; nothing of it is about a person."""

from datetime import datetime
from typing import NamedTuple


class Loan(NamedTuple):
    """One device that came back from one loan; see `LoanFact`."""

    booking: str
    device: str
    model: str | None
    institution_kind: str
    school_form: str
    municipality: str
    municipality_key: str
    group_size: int | None
    lent_at: datetime
    returned_at: datetime
    is_on_time: bool
    was_unverified: bool
    reset_min: int | None
    areas: tuple[str, ...]
    is_damaged: bool


class Refused(NamedTuple):
    """One wish that was refused; see `UnmetDemand`."""

    model: str
    quantity: int
    free: int
    institution_kind: str
    school_form: str
    municipality: str
    municipality_key: str
    areas: list[str]
    starts_at: datetime
    ends_at: datetime
    asked_at: datetime
    reason: str

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
