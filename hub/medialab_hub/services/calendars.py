"""Calendar feeds: made and revoked by staff, read by whoever has the address. No feed names a person."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from medialab_hub.domain.bookings import Decision
from medialab_hub.domain.calendars import (
    AHEAD,
    BOOKED,
    CANCELED_FOR,
    KINDS,
    KIT,
    PAST,
    REQUESTED,
    CalendarEvent,
    Feed,
    FeedScope,
    summary_of,
)
from medialab_hub.domain.events import Happened
from medialab_hub.services.accounts import CENTRE, LANGUAGE
from medialab_hub.services.refusals import no_such, not_understood
from medialab_hub.services.stamps import stamp
from medialab_hub.storage import accounts
from medialab_hub.storage import calendars as rows
from medialab_hub.storage.noun import Row
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Booking, CalendarFeed, Institution, Model
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text

MOST_EVENTS = 5000
MOST_FEEDS = 500


@dataclass(frozen=True)
class NewFeed:
    """What a feed shall tell of. `subject`: the institution or the model."""

    scope: FeedScope
    subject: str | None = None
    is_public: bool = False


def add(uow: UnitOfWork, wish: NewFeed, actor: str) -> tuple[str, str]:
    """A new feed; returns its id and the secret for its address, which nobody can read again. Raises `NotFound`."""
    if (wish.subject is None) != (wish.scope is FeedScope.LAB):
        raise not_understood("wrong-scope", Text(de="Wovon soll der Kalender sein?", en="What shall it be of?"))
    if len(rows.every(uow.session)) >= MOST_FEEDS:
        text = Text(de="Es gibt zu viele Kalender: alte zurückziehen.", en="Too many calendars: revoke old ones.")
        raise not_understood("too-many-feeds", text)
    _require_subject(uow, wish)
    secret = secrets.token_urlsafe(24)
    feed = CalendarFeed(
        id=uow.new_id("cal"),
        scope=wish.scope.value,
        institution_id=wish.subject if wish.scope is FeedScope.INSTITUTION else None,
        model_id=wish.subject if wish.scope is FeedScope.MODEL else None,
        is_public=wish.is_public,
        secret_hash=hash_of(secret),
        made_by=actor,
        made_at=uow.now,
    )
    uow.session.add(feed)
    uow.session.flush()
    uow.record(Happened.FEED_ADDED, feed.id, actor, scope=feed.scope, public=feed.is_public)
    return feed.id, secret


def _require_subject(uow: UnitOfWork, wish: NewFeed) -> None:
    if wish.scope is FeedScope.LAB:
        return
    table: type[Institution | Model] = Institution if wish.scope is FeedScope.INSTITUTION else Model
    if uow.session.get(table, wish.subject or "") is None:
        raise no_such(wish.scope.value, wish.subject or "")


def revoke(uow: UnitOfWork, feed_id: str, actor: str) -> None:
    """Its address answers no more. Raises `NotFound`."""
    feed = rows.get(uow.session, feed_id)
    if feed is None or feed.revoked_at is not None:
        raise no_such("calendar", feed_id)
    feed.revoked_at = uow.now
    uow.record(Happened.FEED_REVOKED, feed.id, actor)


def hash_of(secret: str) -> str:
    """What is stored of a secret of 192 random bits; SHA-256 is enough for those."""
    return hashlib.sha256(secret.encode()).hexdigest()


def every(session: Session) -> list[Row]:
    """All feeds, without their secrets."""
    return [
        {
            "id": feed.id,
            "scope": feed.scope,
            "subject": feed.institution_id or feed.model_id,
            "name": _subject_name(session, feed),
            "public": feed.is_public,
            "made": stamp(feed.made_at),
        }
        for feed in rows.every(session)
    ]


def feed_of(session: Session, secret: str, now: datetime) -> Feed:
    """The calendar behind a secret. Raises `NotFound`."""
    feed = rows.by_secret(session, hash_of(secret))
    if feed is None:
        raise no_such("calendar")
    said = accounts.settings(session)
    language = "en" if said.get(LANGUAGE) == "en" else "de"
    found = rows.bookings(session, feed, now - PAST, now - CANCELED_FOR, now + AHEAD, MOST_EVENTS)
    telling = _Telling(session, feed, language, [booking.id for booking in found])
    name = " – ".join(part for part in (said.get(CENTRE) or "MediaLab", _subject_name(session, feed)) if part)
    return Feed(feed.id, name, language, tuple(telling.event(booking) for booking in found))


class _Telling:
    """Makes events of bookings; what all of them need is read at once."""

    def __init__(self, session: Session, feed: CalendarFeed, language: str, keys: list[str]) -> None:
        self._session, self._feed, self._language = session, feed, language
        self._things = {} if feed.is_public else rows.things(session, keys)
        lines = [thing.line for found in self._things.values() for thing in found]
        self._counts = rows.counts_of_model(session, lines, feed.model_id) if feed.model_id else {}

    def event(self, booking: Booking) -> CalendarEvent:
        decision = Decision(booking.decision)
        return CalendarEvent(
            key=booking.id,
            revision=booking.version,
            made=booking.created_at,
            starts=booking.starts_at,
            ends=booking.ends_at,
            summary=self._summary(booking, decision),
            is_canceled=not decision.is_open,
            is_tentative=decision is not Decision.CONFIRMED,
        )

    def _summary(self, booking: Booking, decision: Decision) -> str:
        if self._feed.is_public:
            return self._say(BOOKED)
        place = self._session.get(Institution, booking.institution_id or "")
        things = [self._named(thing) for thing in self._things.get(booking.id, ())]
        told = summary_of([one for one in things if one[0]], "" if place is None else place.name)
        kind = KINDS.get(booking.kind)
        told = ": ".join(part for part in (self._say(kind) if kind else "", told) if part) or self._say(BOOKED)
        return f"{self._say(REQUESTED)}: {told}" if decision is Decision.REQUESTED else told

    def _named(self, thing: rows.Thing) -> tuple[int, str]:
        """In the feed of a model, only how many of it."""
        model = self._feed.model_id
        if model is not None:
            asked = thing.quantity if thing.model == model else 1 if thing.device_model == model else 0
            return self._counts.get(thing.line, asked), _name_of_model(self._session, model)
        if thing.kit is not None:
            return 1, f"{self._say(KIT)} {thing.kit}"
        return thing.quantity, thing.name or thing.device or "?"

    def _say(self, text: Text) -> str:
        return text.en if self._language == "en" else text.de


def _subject_name(session: Session, feed: CalendarFeed) -> str:
    if feed.model_id is not None:
        return _name_of_model(session, feed.model_id)
    place = session.get(Institution, feed.institution_id or "")
    return "" if place is None else place.name


def _name_of_model(session: Session, model_id: str) -> str:
    model = session.get(Model, model_id)
    return "" if model is None else model.name
