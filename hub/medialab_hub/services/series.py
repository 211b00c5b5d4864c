"""Books a series: every date is shown before, and it is saved whole or not at all."""

import contextlib
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from medialab_hub.domain.allocation import Interval
from medialab_hub.domain.bookings import Decision
from medialab_hub.domain.opening import Calendar
from medialab_hub.domain.series import MOST, Date, Rhythm, Skip, dates, shifted
from medialab_hub.errors import Conflict, HubError
from medialab_hub.services import bookings
from medialab_hub.services.opening import calendar_of
from medialab_hub.services.refusals import not_possible, not_understood
from medialab_hub.services.stamps import stamp
from medialab_hub.services.wishes import HouseRules, Wish
from medialab_hub.storage import bookings as rows
from medialab_hub.storage.attempts import Clash, attempt
from medialab_hub.storage.tables import Booking
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text

Row = dict[str, Any]
WHY = {
    Skip.NAMED: Text(de="Ausgelassen, wie angegeben.", en="Left out, as you said."),
    Skip.SCHOOL_HOLIDAY: Text(de="Schulferien: ausgelassen.", en="School holidays: left out."),
    Skip.CLOSED: Text(de="Geschlossen: ausgelassen.", en="Closed: left out."),
    Skip.NOT_KNOWN: Text(
        de="Ob dann Schulferien sind, ist noch nicht bekannt.", en="Nobody knows yet whether these are school holidays."
    ),
    Skip.NO_SUCH_TIME: Text(
        de="Diese Uhrzeit gibt es an dem Tag nicht: Die Uhren werden vorgestellt.",
        en="There is no such time on that day: the clocks go forward.",
    ),
}


@dataclass(frozen=True)
class Tried:
    """A date, and the booking that was made for it or why there is none."""

    date: Date
    booking: str | None = None
    problem: HubError | None = None

    @property
    def is_refused(self) -> bool:
        """A person has to decide: another rhythm, or this date is left out."""
        skip = self.date.skip
        return self.problem is not None or (skip is not None and not skip.is_wanted)


class _OnlyShown(HubError):
    """A preview is taken back."""


def preview(uow: UnitOfWork, wish: Wish, rhythm: Rhythm, actor: str) -> list[Row]:
    """Every date, with the booking there would be or why not: the fields of `SeriesDate`. Nothing stays."""
    found: list[Tried] = []

    def only_show() -> None:
        found.extend(_try_all(uow, wish, rhythm, "", actor))
        raise _OnlyShown("only-shown", Text(de="", en=""))

    with contextlib.suppress(_OnlyShown):
        attempt(uow, only_show)
    return [_row(one) for one in found]


def make(uow: UnitOfWork, wish: Wish, rhythm: Rhythm, actor: str) -> tuple[str, list[str]]:
    """The whole series; returns its id and the bookings. Raises `Conflict` naming the dates that are not possible."""
    known = None if wish.client_key is None else rows.by_client_key(uow.session, f"{wish.client_key}/1")
    if known is not None and known.series_id is not None:
        return known.series_id, [one.id for one in rows.of_series(uow.session, known.series_id)]
    series = uow.new_id("ser")
    tried = _try_all(uow, wish, rhythm, series, actor)
    refused = [one.date.day for one in tried if one.is_refused]
    if refused:
        raise _not_whole(refused)
    made = [one.booking for one in tried if one.booking is not None]
    if not made:
        text = Text(de="In dieser Zeit gibt es keinen Termin.", en="There is no date in that time.")
        raise not_possible("no-dates", text)
    return series, made


def cancel_following(uow: UnitOfWork, booking_id: str, actor: str, decision: Decision) -> int:
    """This one and all later ones of its series; returns how many. Raises `Conflict`, then all of them stay."""
    following = [one.id for one in _following(uow, booking_id)]
    for key in following:
        bookings.cancel(uow, key, actor, decision)
    return len(following)


def move_following(uow: UnitOfWork, booking_id: str, interval: Interval, actor: str, rules: HouseRules) -> int:
    """This one and all later ones by as much on the wall clock; returns how many. All of them, or `Conflict`."""
    booking = bookings.require_booking(uow, booking_id)
    calendar = _calendar(uow, rules)
    assert interval.end is not None
    by = [
        new.astimezone(calendar.zone).replace(tzinfo=None) - old.astimezone(calendar.zone).replace(tzinfo=None)
        for new, old in ((interval.start, booking.starts_at), (interval.end, booking.ends_at))
    ]
    following = _following(uow, booking_id)
    if by[0].total_seconds() > 0:
        following.reverse()  # later ones make room first
    refused = [_moved(uow, one, shifted(_time_of(one), by[0], by[1], calendar), actor, rules) for one in following]
    days = sorted(day for day in refused if day is not None)
    if days:
        raise _not_whole(days)
    return len(following)


def _moved(uow: UnitOfWork, booking: Booking, to: Interval | None, actor: str, rules: HouseRules) -> date | None:
    """None when it is done, else the day on which it was not possible."""
    key, day = booking.id, booking.starts_at.astimezone(rules.zone).date()
    if to is None:
        return day
    try:
        attempt(uow, lambda: bookings.move(uow, key, to, actor, rules))
    except (HubError, Clash):
        return day
    return None


def _time_of(booking: Booking) -> Interval:
    return Interval(booking.starts_at, booking.ends_at)


def _following(uow: UnitOfWork, booking_id: str) -> list[Booking]:
    booking = bookings.require_booking(uow, booking_id)
    if booking.series_id is None:
        return [booking]
    found = rows.of_series(uow.session, booking.series_id, booking.starts_at)
    return [one for one in found if Decision(one.decision).is_open]


def _try_all(uow: UnitOfWork, wish: Wish, rhythm: Rhythm, series: str, actor: str) -> list[Tried]:
    assert wish.rules is not None
    found = dates(rhythm, _calendar(uow, wish.rules))
    if len(found) > MOST:
        text = Text(
            de=f"Eine Serie hat höchstens {MOST} Termine: bitte früher enden lassen.",
            en=f"A series has at most {MOST} dates: let it end earlier, please.",
        )
        raise not_understood("too-many-dates", text)
    return [_try(uow, _wish_for(wish, one, series, number), one, actor) for number, one in enumerate(found, 1)]


def _calendar(uow: UnitOfWork, rules: HouseRules) -> Calendar:
    assert rules.zone is not None
    return calendar_of(uow.session, rules.zone)


def _wish_for(wish: Wish, one: Date, series: str, number: int) -> Wish:
    key = None if wish.client_key is None or not series else f"{wish.client_key}/{number}"
    return replace(wish, interval=one.interval or wish.interval, series=series or None, client_key=key)


def _try(uow: UnitOfWork, wish: Wish, one: Date, actor: str) -> Tried:
    if one.interval is None:
        return Tried(one)
    try:
        return Tried(one, attempt(uow, lambda: bookings.book(uow, wish, actor)))
    except HubError as problem:
        return Tried(one, problem=problem)
    except Clash:
        return Tried(one, problem=bookings.not_free(""))


def _row(one: Tried) -> Row:
    interval, problem, skip = one.date.interval, one.problem, one.date.skip
    why = None if skip is None else WHY[skip]
    remedy = None if problem is None else problem.remedy
    if problem is not None:
        why = problem.title
    return {
        "day": one.date.day.isoformat(),
        "starts": None if interval is None else stamp(interval.start),
        "ends": None if interval is None else stamp(interval.end),
        "state": "refused" if one.is_refused else "left_out" if skip is not None else "free",
        "code": problem.code if problem is not None else None if skip is None else skip.value,
        "why": None if why is None else why.model_dump(),
        "remedy": None if remedy is None else remedy.model_dump(),
    }


def _not_whole(days: list[date]) -> Conflict:
    de = ", ".join(f"{day:%d.%m.%Y}" for day in days)
    en = ", ".join(f"{day:%d/%m/%Y}" for day in days)
    return Conflict(
        "series-not-whole",
        Text(de=f"Nicht möglich: {de}. Es ist nichts gespeichert.", en=f"Not possible: {en}. Nothing has been saved."),
        Text(
            de="Diese Tage auslassen oder eine andere Zeit wählen.", en="Leave these days out, or choose another time."
        ),
        " ".join(day.isoformat() for day in days),
    )
