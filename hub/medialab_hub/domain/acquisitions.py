"""What a device cost, who paid for it, and how long it is bound to what it was paid for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Acquired:
    """How a device was bought; None and "" where nobody knows.

    `bound_until`: last day of the purpose tied to the money (in German "Zweckbindung")."""

    price_cents: int | None = None
    bought_on: date | None = None
    warranty_until: date | None = None
    supplier: str = ""
    cost_center: str = ""
    programme: str = ""
    bound_until: date | None = None

    def is_bound(self, today: date) -> bool:
        """Whether it must still be used for what it was paid for."""
        return self.bound_until is not None and today <= self.bound_until


@dataclass(frozen=True)
class Used:
    """One device of a programme, and for how many loans and hours it was out."""

    acquired: Acquired
    loans: int
    hours: float
    is_retired: bool = False


@dataclass(frozen=True)
class ProgrammeUse:
    """All devices that one programme paid for, "" for none."""

    programme: str
    devices: int
    retired: int
    bound: int
    price_cents: int
    loans: int
    hours: float
    bound_until: date | None


def by_programme(devices: Iterable[Used], today: date) -> list[ProgrammeUse]:
    """The use by programme, by name; what nobody paid for separately comes last."""
    groups: dict[str, list[Used]] = {}
    for one in devices:
        groups.setdefault(one.acquired.programme, []).append(one)
    return [
        _use(name, groups[name], today) for name in sorted(groups, key=lambda name: (not name, name.casefold(), name))
    ]


def _use(name: str, devices: list[Used], today: date) -> ProgrammeUse:
    ends = [one.acquired.bound_until for one in devices if one.acquired.bound_until is not None]
    return ProgrammeUse(
        programme=name,
        devices=len(devices),
        retired=sum(one.is_retired for one in devices),
        bound=sum(one.acquired.is_bound(today) for one in devices),
        price_cents=sum(one.acquired.price_cents or 0 for one in devices),
        loans=sum(one.loans for one in devices),
        hours=sum(one.hours for one in devices),
        bound_until=max(ends, default=None),
    )
