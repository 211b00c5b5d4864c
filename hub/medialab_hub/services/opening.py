"""Opening hours and closures of the centre, and the calendar that follows from them."""

import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import medialab_hub
from medialab_hub.domain.events import Happened
from medialab_hub.domain.opening import (
    DAY_MIN,
    Calendar,
    DayKind,
    Days,
    NeverOpen,
    NotKnown,
    is_open,
    loan_end,
    next_opening,
    openings,
    public_holidays,
)
from medialab_hub.services.refusals import not_possible, not_understood, version_conflict
from medialab_hub.services.stamps import stamp
from medialab_hub.storage import opening as rows
from medialab_hub.storage.noun import Noun, Row
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Closure, Opening
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text

SCHOOL_HOLIDAYS = Path(medialab_hub.__file__).parent / "calendar_data" / "nrw.toml"
SHOWN = timedelta(days=400)
"""How far holidays are shown ahead."""
SHOWN_DAYS = 14
"""Days whose openings are told one by one."""
Hours = Sequence[Sequence[tuple[int, int]]]
"""For each weekday, Monday first, minutes of the local day, half-open."""
PUBLIC_HOLIDAYS = {
    "new_year": Text(de="Neujahr", en="New Year's Day"),
    "good_friday": Text(de="Karfreitag", en="Good Friday"),
    "easter_monday": Text(de="Ostermontag", en="Easter Monday"),
    "first_of_may": Text(de="Tag der Arbeit", en="Labour Day"),
    "ascension": Text(de="Christi Himmelfahrt", en="Ascension Day"),
    "pentecost_monday": Text(de="Pfingstmontag", en="Whit Monday"),
    "corpus_christi": Text(de="Fronleichnam", en="Corpus Christi"),
    "german_unity": Text(de="Tag der Deutschen Einheit", en="Day of German Unity"),
    "all_saints": Text(de="Allerheiligen", en="All Saints' Day"),
    "christmas_day": Text(de="1. Weihnachtstag", en="Christmas Day"),
    "boxing_day": Text(de="2. Weihnachtstag", en="second day of Christmas"),
}


class NamedDays(NamedTuple):
    """School holidays."""

    days: Days
    name: Text


@dataclass(frozen=True)
class SchoolHolidays:
    """`known`: before and after it nobody knows."""

    known: Days
    spans: Sequence[NamedDays]


@dataclass(frozen=True)
class ClosureWish:
    """Closed from the first up to and with the last day."""

    first: date
    last: date
    reason: str = ""


@dataclass(frozen=True)
class OpeningWish:
    """Everything of it at once; `version` as it was read."""

    version: int
    hours: Hours
    closures: Sequence[ClosureWish]
    closes_in_school_holidays: bool = False


@cache
def school_holidays() -> SchoolHolidays:
    """Those of North Rhine-Westphalia that come with the program; read once."""
    data = tomllib.loads(SCHOOL_HOLIDAYS.read_text(encoding="utf-8"))
    names = {key: Text.model_validate(name) for key, name in data["names"].items()}
    spans = [NamedDays(Days(one["first"], one["last"]), names[one["kind"]]) for one in data["holidays"]]
    return SchoolHolidays(Days(data["known_from"], data["known_until"]), spans)


def calendar_of(session: Session, zone: ZoneInfo) -> Calendar:
    """The centre's calendar (`zone`: `Settings.timezone`); never open as long as nobody entered the hours."""
    found, school = rows.get(session), school_holidays()
    return Calendar(
        zone=zone,
        hours={} if found is None else {day: [(one[0], one[1]) for one in of] for day, of in enumerate(found.hours)},
        closures=[Days(one.first_day, one.last_day) for one in rows.closures(session)],
        school_holidays=[one.days for one in school.spans],
        known=school.known,
        closes_in_school_holidays=found is not None and found.closes_in_school_holidays,
    )


def change(uow: UnitOfWork, wish: OpeningWish, actor: str) -> None:
    """Enter hours and closures. Raises `Conflict` when somebody else did meanwhile, `HubError` for nonsense."""
    found = rows.get(uow.session)
    if (0 if found is None else found.version) != wish.version:
        raise version_conflict()
    _require_sense(wish)
    if found is None:
        found = Opening(id=rows.ONLY)
        uow.session.add(found)
    found.hours = [[list(one) for one in of] for of in wish.hours]
    found.closes_in_school_holidays = wish.closes_in_school_holidays
    found.version = wish.version + 1
    uow.session.flush()
    _put_closures(uow, wish.closures, actor)
    uow.record(Happened.OPENING_CHANGED, rows.ONLY, actor, closures=len(wish.closures))
    uow.touch(OPENING, rows.ONLY)


def view(session: Session, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """The fields of `OpeningView`."""
    calendar = calendar_of(session, zone)
    opens = next_opening(calendar, now)
    return {
        **_stored(session),
        "is_open": is_open(calendar, now),
        "next_opening": None if opens is None else stamp(opens),
        "days": [_day(session, calendar, now.astimezone(zone).date() + timedelta(days=n)) for n in range(SHOWN_DAYS)],
        **_holidays(now.astimezone(zone).date()),
    }


def loan_end_of(calendar: Calendar, start: datetime, count: int, kind: DayKind) -> dict[str, str]:
    """The fields of `LoanEnd`. Raises `Conflict` when no such day is known."""
    try:
        return {"ends": stamp(loan_end(calendar, start, count, kind))}
    except NeverOpen:
        text = Text(
            de="Es gibt keinen Öffnungstag: zuerst die Öffnungszeiten eintragen.",
            en="There is no day on which it is open: enter the opening hours first.",
        )
        raise not_possible("never-open", text) from None
    except NotKnown as unknown:
        text = Text(
            de="So weit voraus sind die Schulferien noch nicht bekannt.",
            en="School holidays are not known that far ahead yet.",
        )
        raise not_possible("holidays-unknown", text, str(unknown)) from None


def _stored(session: Session) -> dict[str, Any]:
    found = rows.get(session)
    return {
        "version": 0 if found is None else found.version,
        "hours": [[] for _ in range(7)] if found is None else found.hours,
        "closes_in_school_holidays": found is not None and found.closes_in_school_holidays,
        "closures": [
            {"first": one.first_day.isoformat(), "last": one.last_day.isoformat(), "reason": one.reason}
            for one in rows.closures(session)
        ],
    }


def _day(session: Session, calendar: Calendar, day: date) -> dict[str, Any]:
    times = openings(calendar, day)
    why = None if times or not calendar.hours.get(day.weekday()) else _why_closed(session, day)
    return {
        "day": day.isoformat(),
        "times": [(stamp(start), stamp(end)) for start, end in times],
        "why": None if why is None else why.model_dump(),
    }


def _why_closed(session: Session, day: date) -> Text | None:
    if (key := public_holidays(day.year).get(day)) is not None:
        return PUBLIC_HOLIDAYS[key]
    for one in rows.closures(session):
        if one.first_day <= day <= one.last_day and one.reason:
            return Text.same(one.reason)
    return next((named.name for named in school_holidays().spans if day in named.days), None)


def _holidays(today: date) -> dict[str, Any]:
    until, school = today + SHOWN, school_holidays()
    public = [item for year in range(today.year, until.year + 1) for item in public_holidays(year).items()]
    return {
        "public_holidays": [
            {"first": day.isoformat(), "last": day.isoformat(), "name": PUBLIC_HOLIDAYS[key].model_dump()}
            for day, key in public
            if today <= day <= until
        ],
        "school_holidays": [
            {"first": days.first.isoformat(), "last": days.last.isoformat(), "name": name.model_dump()}
            for days, name in school.spans
            if today <= days.last and days.first <= until
        ],
        "school_holidays_known_until": school.known.last.isoformat(),
    }


def _require_sense(wish: OpeningWish) -> None:
    for of in wish.hours:
        minutes = [minute for one in of for minute in one]
        if minutes != sorted(set(minutes)) or any(not 0 <= minute <= DAY_MIN for minute in minutes):
            text = Text(
                de="Die Zeiten eines Tages müssen aufeinander folgen und dürfen sich nicht überschneiden.",
                en="The times of a day must follow each other and must not overlap.",
            )
            raise not_understood("hours-overlap", text)
    if any(one.last < one.first for one in wish.closures):
        text = Text(de="Eine Schließung endet vor ihrem Anfang.", en="A closure ends before it begins.")
        raise not_understood("closure-order", text)


def _put_closures(uow: UnitOfWork, wanted: Sequence[ClosureWish], actor: str) -> None:
    """Those that stay keep who wrote them."""
    left = set(wanted)
    for row in rows.closures(uow.session):
        known = ClosureWish(row.first_day, row.last_day, row.reason)
        if known in left:
            left.discard(known)
        else:
            uow.session.delete(row)
    for one in sorted(left, key=lambda wish: (wish.first, wish.last, wish.reason)):
        uow.session.add(
            Closure(
                id=uow.new_id("clo"),
                opening_id=rows.ONLY,
                first_day=one.first,
                last_day=one.last,
                reason=one.reason,
                actor=actor,
            )
        )
    uow.session.flush()


def _rows(session: Session, ids: Collection[str], _seq: int) -> dict[str, Row]:
    return {key: {"id": key, **_stored(session)} for key in ids if key == rows.ONLY}


OPENING = Noun("opening", _rows)
