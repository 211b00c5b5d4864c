"""The report of a year: what was lent to whom by kind, and what had to be refused. Counts, never people."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from medialab_hub.domain.loan_facts import Alike, Loan, Owned, Refused

DAY = timedelta(days=1)
SCHOOL_BEGINS = 8
"""Month in which a school year begins (SchulG NRW § 7)."""


class YearKind(StrEnum):
    """From January to December, or from August to July."""

    CALENDAR = "calendar"
    SCHOOL = "school"


class Dimension(StrEnum):
    """By what the report tells them apart."""

    INSTITUTION_KIND = "institution_kind"
    SCHOOL_FORM = "school_form"
    MUNICIPALITY = "municipality"
    AREA = "area"
    MODEL = "model"


@dataclass(frozen=True)
class Year:
    """From the first up to and with the last day, as the clock of the lab counts days."""

    first: date
    last: date
    zone: tzinfo

    @property
    def midnights(self) -> list[datetime]:
        """The beginnings of its days, and of the day after it, in UTC."""
        count = (self.last - self.first).days + 2
        return [local_midnight(self.first + number * DAY, self.zone) for number in range(count)]

    def day_of(self, moment: datetime) -> date:
        """The local day of any moment."""
        return moment.astimezone(self.zone).date()


@dataclass(frozen=True)
class Measures:
    """What is counted of a group; loans are counted in the year in which they were handed out, once they are back.

    `participants`: sizes of the groups, each loan once. `loan_days`: for each device from the day of hand-over to that
    of the return, both included. `lent_days` of `owned_days`: days of the year on which a device was out, and on which
    it was there to be lent; None where that makes no sense."""

    loans: int = 0
    items: int = 0
    loan_days: int = 0
    participants: int = 0
    on_time: int = 0
    damages: int = 0
    unverified: int = 0
    reset_min: int = 0
    unmet: int = 0
    unmet_units: int = 0
    lent_days: int | None = None
    owned_days: int | None = None

    @property
    def utilisation(self) -> float | None:
        """Share of the days, 0 to 1."""
        return None if not self.owned_days or self.lent_days is None else self.lent_days / self.owned_days

    @property
    def on_time_rate(self) -> float | None:
        """Share of the items that were back in time, 0 to 1."""
        return self.on_time / self.items if self.items else None


@dataclass(frozen=True)
class AnnualReport:
    """`groups`: by dimension and key; the empty key is what belongs to none. An item counts in each of its areas."""

    year: Year
    total: Measures
    groups: Mapping[Dimension, Mapping[str, Measures]]


@dataclass
class _Tally:
    loans: set[str] = field(default_factory=set)
    counts: list[int] = field(default_factory=lambda: [0] * 6)
    unmet: int = 0
    unmet_units: int = 0

    def add(self, other: "_Tally") -> None:
        self.loans |= other.loans
        for place, count in enumerate(other.counts):
            self.counts[place] += count
        self.unmet += other.unmet
        self.unmet_units += other.unmet_units

    def measures(self, sizes: Mapping[str, int], days: tuple[int, int] | None) -> Measures:
        items, loan_days, on_time, damages, unverified, reset_min = self.counts
        return Measures(
            loans=len(self.loans),
            items=items,
            loan_days=loan_days,
            participants=sum(map(sizes.__getitem__, self.loans)),
            on_time=on_time,
            damages=damages,
            unverified=unverified,
            reset_min=reset_min,
            unmet=self.unmet,
            unmet_units=self.unmet_units,
            lent_days=None if days is None else days[0],
            owned_days=None if days is None else days[1],
        )


def year_of(kind: YearKind, year: int, zone: tzinfo) -> Year:
    """The year that begins in that calendar year."""
    if kind is YearKind.CALENDAR:
        return Year(date(year, 1, 1), date(year, 12, 31), zone)
    return Year(date(year, SCHOOL_BEGINS, 1), date(year + 1, 7, 31), zone)


def local_midnight(day: date, zone: tzinfo) -> datetime:
    """The beginning of a local day, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def report_of(
    year: Year, loans: Sequence[Loan], refused: Iterable[Refused], owned: Iterable[Owned], now: datetime
) -> AnnualReport:
    """`loans`: at least all that touch the year. What lies after `now` is no day on which something could be lent."""
    midnights = year.midnights
    tallies = _tallied(year, midnights, loans)
    for one in refused:
        if midnights[0] <= one.starts_at < midnights[-1]:
            tally = tallies[one.alike]
            tally.unmet += 1
            tally.unmet_units += one.missing
    sizes = {one.booking: one.group_size or 0 for one in loans}
    days = _days_by_model(midnights, loans, owned, now)
    whole = (sum(lent for lent, _ in days.values()), sum(there for _, there in days.values()))
    total = _Tally()
    for tally in tallies.values():
        total.add(tally)
    groups = {name: _grouped(tallies, keys_of) for name, keys_of in _KEYS.items()}
    for model in days:
        groups[Dimension.MODEL].setdefault(model, _Tally())
    return AnnualReport(
        year,
        total.measures(sizes, whole),
        {
            name: {
                key: tally.measures(sizes, days.get(key, (0, 0)) if name is Dimension.MODEL else None)
                for key, tally in sorted(found.items())
            }
            for name, found in groups.items()
        },
    )


_KEYS: Mapping[Dimension, Callable[[Alike], Iterable[str]]] = {
    Dimension.INSTITUTION_KIND: lambda alike: (alike[1],),
    Dimension.SCHOOL_FORM: lambda alike: (alike[2],),
    Dimension.MUNICIPALITY: lambda alike: (f"{alike[3]}\t{alike[4]}".rstrip(),),
    Dimension.AREA: lambda alike: alike[5] or ("",),
    Dimension.MODEL: lambda alike: (alike[0] or "",),
}
"""Two places of one name are told apart by their keys."""


def _tallied(year: Year, midnights: Sequence[datetime], loans: Iterable[Loan]) -> dict[Alike, _Tally]:
    found: dict[Alike, _Tally] = defaultdict(_Tally)
    start, end = midnights[0], midnights[-1]
    for one in loans:
        if not start <= one.lent_at < end:
            continue
        tally = found[one.alike]
        tally.loans.add(one.booking)
        counts = tally.counts
        counts[0] += 1
        counts[1] += _days_of(year, midnights, one)
        counts[2] += one.is_on_time
        counts[3] += one.is_damaged
        counts[4] += one.was_unverified
        counts[5] += one.reset_min or 0
    return found


def _days_of(year: Year, midnights: Sequence[datetime], one: Loan) -> int:
    if one.returned_at < midnights[-1]:
        return bisect_right(midnights, one.returned_at) - bisect_right(midnights, one.lent_at) + 1
    return (year.day_of(one.returned_at) - year.day_of(one.lent_at)).days + 1


def _grouped(tallies: Mapping[Alike, _Tally], keys_of: Callable[[Alike], Iterable[str]]) -> dict[str, _Tally]:
    found: dict[str, _Tally] = defaultdict(_Tally)
    for alike, tally in tallies.items():
        for name in keys_of(alike):
            found[name].add(tally)
    return found


def _days_by_model(
    midnights: Sequence[datetime], loans: Iterable[Loan], owned: Iterable[Owned], now: datetime
) -> dict[str, tuple[int, int]]:
    """Days lent and days there, by the model a device is of now. A device counts once a day, however often it went."""
    until = min(midnights[-1], now)
    out: dict[str, int] = defaultdict(int)
    for one in loans:
        out[one.device] |= _bits(midnights, one.lent_at, one.returned_at)
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for device in owned:
        there = _bits(midnights, device.since, until if device.until is None else min(device.until, until))
        if there:
            days = found[device.model or ""]
            days[0] += (out[device.device] & there).bit_count()
            days[1] += there.bit_count()
    return {model: (days[0], days[1]) for model, days in found.items()}


def _bits(midnights: Sequence[datetime], start: datetime, end: datetime) -> int:
    """The days of the year touched from the first up to and with the last moment, one bit each."""
    first = max(0, bisect_right(midnights, start) - 1)
    last = min(len(midnights) - 2, bisect_right(midnights, end) - 1)
    return 0 if last < first or end < max(start, midnights[0]) else (1 << (last + 1)) - (1 << first)


def groups_of(report: AnnualReport) -> Iterator[tuple[Dimension, str, Measures]]:
    """Every group, in the order of the report."""
    for dimension, found in report.groups.items():
        yield from ((dimension, key, measures) for key, measures in found.items())
