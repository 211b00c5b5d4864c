"""Waiting until so many of a model become free: who came first is offered them, if it is enough for them.

An offer is a hold for some hours; staff see it and make a booking of it. One that lapses goes to the next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from medialab_hub.domain.allocation import Interval
from medialab_hub.domain.bookings import Decision
from medialab_hub.domain.events import Happened
from medialab_hub.domain.waitlist import WaitState
from medialab_hub.errors import HubError
from medialab_hub.services import freedom, hold_ends
from medialab_hub.services.booking_entry import enter
from medialab_hub.services.models import require_model
from medialab_hub.services.refusals import no_such, not_possible, not_understood
from medialab_hub.services.waitlist_rows import WAITLIST
from medialab_hub.services.wishes import LineWish, Wish
from medialab_hub.storage import waitlist
from medialab_hub.storage.attempts import Clash, attempt
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Institution, Person, WaitlistEntry
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text

MOST = 200
"""Who waits at a time for one model."""


@dataclass(frozen=True)
class Waiting:
    """So many of a model in a time; `offer_h`: an offer is held for so many hours (`Settings.waitlist_hold_h`)."""

    model: str
    interval: Interval
    quantity: int = 1
    institution: str | None = None
    person: str | None = None
    offer_h: int = 24


def wait(uow: UnitOfWork, wish: Waiting, actor: str) -> str:
    """Wait in line; returns the entry. Raises `Conflict` when it is free right now, `NotFound`, `HubError`."""
    model = require_model(uow, wish.model)
    _require_sense(uow, wish)
    seen = freedom.of_one(uow.session, model.id, wish.interval, wish.quantity, uow.now)
    if seen["free"] >= wish.quantity:
        text = Text(de="So viele sind frei: Sie können gleich buchen.", en="That many are free: book them now.")
        raise not_possible("free-already", text, model.id)
    if len(waitlist.waiting(uow.session, model.id)) >= MOST:
        text = Text(de="Die Warteliste ist voll.", en="The waiting list is full.")
        raise not_possible("waitlist-full", text, model.id)
    assert wish.interval.end is not None
    entry = WaitlistEntry(
        id=uow.new_id("wai"),
        model_id=model.id,
        quantity=wish.quantity,
        starts_at=wish.interval.start,
        ends_at=wish.interval.end,
        institution_id=wish.institution,
        person_id=wish.person,
        offer_h=wish.offer_h,
        created_at=uow.now,
        created_by=actor,
    )
    uow.session.add(entry)
    uow.session.flush()
    uow.record(Happened.WAITING_STARTED, entry.id, actor, model=model.id, quantity=wish.quantity)
    uow.touch(WAITLIST, entry.id)
    return entry.id


def withdraw(uow: UnitOfWork, entry_id: str, actor: str) -> None:
    """They no longer want it; what was offered goes to the next. Raises `NotFound`."""
    entry = waitlist.get(uow.session, entry_id)
    if entry is None or not WaitState(entry.state).is_open:
        raise no_such("waitlist-entry", entry_id)
    model = entry.model_id
    if entry.booking_id is not None:
        hold_ends.end(uow, entry.booking_id, actor, WaitState.WITHDRAWN)
    else:
        _end(uow, entry, WaitState.WITHDRAWN, actor)
    serve(uow, [model])


def serve(uow: UnitOfWork, models: Iterable[str] | None = None) -> int:
    """Offer what has become free, in the order in which people came; also of these models only. Returns how many."""
    hold_ends.end_expired(uow)
    for entry in waitlist.over(uow.session, uow.now):
        _end(uow, entry, WaitState.LAPSED, "")
    wanted = None if models is None else set(models)
    found = [one.id for one in waitlist.waiting(uow.session) if wanted is None or one.model_id in wanted]
    return sum(_offer(uow, key) for key in found)


def is_something_due(session: Session, now: datetime) -> bool:
    """True when `serve` has something to do."""
    if waitlist.over(session, now):
        return True
    return any(_is_free(session, entry, now) for entry in waitlist.waiting(session))


def _is_free(session: Session, entry: WaitlistEntry, now: datetime) -> bool:
    seen = freedom.of_one(session, entry.model_id, Interval(entry.starts_at, entry.ends_at), entry.quantity, now)
    return bool(seen["free"] >= entry.quantity)


def _offer(uow: UnitOfWork, entry_id: str) -> bool:
    entry = waitlist.get(uow.session, entry_id)
    assert entry is not None
    interval = Interval(entry.starts_at, entry.ends_at)
    wish = Wish(
        [LineWish(entry.model_id, quantity=entry.quantity)],
        interval,
        decision=Decision.HELD,
        institution=entry.institution_id,
        person=entry.person_id,
    )
    until = min(uow.now + timedelta(hours=entry.offer_h), entry.starts_at)
    ends, creator = entry.ends_at, entry.created_by
    try:
        hold = attempt(uow, lambda: enter(uow, wish, ends, creator, until))
    except (HubError, Clash):
        return False
    entry = waitlist.get(uow.session, entry_id)
    assert entry is not None
    entry.state, entry.booking_id = WaitState.OFFERED.value, hold
    uow.session.flush()
    uow.record(Happened.WAITING_SERVED, entry.id, booking=hold)
    uow.touch(WAITLIST, entry.id)
    return True


def _end(uow: UnitOfWork, entry: WaitlistEntry, state: WaitState, actor: str) -> None:
    entry.state = state.value
    uow.session.flush()
    uow.record(Happened.WAITING_ENDED, entry.id, actor, how=state.value)
    uow.touch(WAITLIST, entry.id)


def _require_sense(uow: UnitOfWork, wish: Waiting) -> None:
    if wish.interval.end is None or wish.interval.start <= uow.now:
        text = Text(de="Die Zeit hat schon begonnen.", en="That time has already begun.")
        raise not_understood("in-the-past", text)
    if wish.institution is not None and uow.session.get(Institution, wish.institution) is None:
        raise no_such("institution", wish.institution)
    if wish.person is not None and uow.session.get(Person, wish.person) is None:
        raise no_such("person", wish.person)
