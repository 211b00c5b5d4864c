"""A basket: what somebody chose is kept for ten minutes while they fill in the form, and goes back by itself."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from medialab_hub.domain.allocation import AllocationStatus, Interval
from medialab_hub.domain.bookings import Decision
from medialab_hub.domain.events import Happened
from medialab_hub.domain.waitlist import WaitState
from medialab_hub.errors import Conflict, TooMany
from medialab_hub.services import bookings, house_rules, waitlist
from medialab_hub.services.booking_lines import models_of, not_free
from medialab_hub.services.booking_rows import BOOKINGS, views
from medialab_hub.services.hold_ends import end, end_expired
from medialab_hub.services.refusals import no_such
from medialab_hub.services.waitlist_rows import WAITLIST
from medialab_hub.services.wishes import HouseRules, Wish
from medialab_hub.storage import bookings as rows
from medialab_hub.storage import holds
from medialab_hub.storage import waitlist as waiting
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Booking
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text

KEPT_FOR = timedelta(minutes=10)
MOST = 5
"""Baskets of one account at a time."""


@dataclass(frozen=True)
class Taking:
    """For whom a hold becomes a booking."""

    rules: HouseRules
    institution: str | None = None
    person: str | None = None
    purpose: str = ""
    group_size: int | None = None


def hold(uow: UnitOfWork, wish: Wish, actor: str) -> tuple[str, datetime]:
    """Keep it for `KEPT_FOR`, movable like every promise; returns it and its end. Raises `Conflict`, `TooMany`."""
    end_expired(uow)
    if len(holds.standing(uow.session, uow.now, actor)) >= MOST:
        raise TooMany(
            "too-many-holds",
            Text(de="Sie haben schon mehrere Körbe angefangen.", en="You have started several baskets already."),
            Text(
                de="Einen davon abschließen oder zurückgeben; nach zehn Minuten gehen sie von selbst zurück.",
                en="Finish one of them or give it back; after ten minutes they go back by themselves.",
            ),
        )
    key = bookings.book(uow, replace(wish, decision=Decision.HELD), actor, uow.now + KEPT_FOR)
    return key, bookings.held_until(uow, key) or uow.now


def take(uow: UnitOfWork, hold_id: str, taking: Taking, actor: str) -> str:
    """It becomes a booking of the same id; returns it. Others than staff only ask for it: that gives it back first.

    Raises `NotFound` when its time is over, `Conflict` for what the rules of the house refuse."""
    booking = _require(uow, hold_id, None if taking.rules.is_staff else actor)
    decision = Decision.CONFIRMED if taking.rules.is_staff else Decision.REQUESTED
    interval = Interval(booking.starts_at, booking.ends_at)
    wish = house_rules.wish_of(booking, rows.lines(uow.session, [hold_id]), interval, taking.rules)
    wish = replace(
        wish,
        decision=decision,
        institution=taking.institution or booking.institution_id,
        person=taking.person or booking.person_id,
        purpose=taking.purpose,
        group_size=taking.group_size,
    )
    bookings.require_borrower(uow, wish)
    set_aside = house_rules.require(uow, wish)
    _settle(uow, booking, wish)
    uow.record(Happened.BOOKING_MADE, booking.id, actor, decision=decision.value, **set_aside)
    uow.touch(BOOKINGS, booking.id)
    return booking.id


def give_back(uow: UnitOfWork, hold_id: str, actor: str, *, is_staff: bool) -> None:
    """It is free again at once. Raises `NotFound`."""
    _require(uow, hold_id, None if is_staff else actor)
    devices = end(uow, hold_id, actor, WaitState.WITHDRAWN)
    models = models_of(uow, devices)
    bookings.mend_models_of(uow, devices)
    waitlist.serve(uow, models)


def every(session: Session, now: datetime, actor: str | None) -> list[dict[str, Any]]:
    """What is held now, of one account or of all: the fields of `HoldView`."""
    found = list(holds.standing(session, now, actor))
    return views(session, found)


def _settle(uow: UnitOfWork, booking: Booking, wish: Wish) -> None:
    units = [row for _, row in rows.kept_by(uow.session, [booking.id])]
    if any(row.status == AllocationStatus.BROKEN for row in units):
        raise _lost(booking.id)
    for row in units:
        is_kept = wish.decision == Decision.CONFIRMED
        row.status = (AllocationStatus.CONFIRMED if is_kept else AllocationStatus.CANCELED).value
        row.held_until = None
        row.version += 1
        uow.touch_device(row.device_id)
    for entry in waiting.offered(uow.session, booking.id):
        entry.state = WaitState.TAKEN.value
        uow.touch(WAITLIST, entry.id)
    booking.decision, booking.held_until = wish.decision.value, None
    booking.institution_id, booking.person_id = wish.institution, wish.person
    booking.purpose, booking.group_size = wish.purpose, wish.group_size
    booking.version += 1
    uow.session.flush()


def _lost(hold_id: str) -> Conflict:
    lost = not_free(hold_id)
    title = Text(
        de="Inzwischen ist ein Gerät ausgefallen: So viele sind nicht mehr frei.",
        en="A device has dropped out meanwhile: that many are not free any more.",
    )
    return Conflict("not-free", title, lost.remedy, hold_id)


def _require(uow: UnitOfWork, hold_id: str, actor: str | None) -> Booking:
    end_expired(uow)
    booking = rows.get(uow.session, hold_id)
    if booking is None or booking.decision != Decision.HELD or actor not in (None, booking.created_by):
        raise no_such("hold", hold_id)
    return booking
