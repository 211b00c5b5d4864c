"""Finds people, what is open with one, and every row that points at one."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete as sa_delete
from sqlalchemy import exists
from sqlalchemy import select as sa_select
from sqlalchemy import update as sa_update
from sqlmodel import Session, and_, col, delete, func, or_, select

from medialab_hub.domain.allocation import AllocationStatus
from medialab_hub.domain.bookings import Decision
from medialab_hub.storage.institutions import contains
from medialab_hub.storage.references import pointing_at
from medialab_hub.storage.tables import Allocation, Booking, BookingLine, DamageCase, JournalRow, Membership, Person

_TABLE = "person"
_OPEN = tuple(decision.value for decision in Decision if decision.is_open)


def get(session: Session, person_id: str) -> Person | None:
    """The person of that id."""
    return session.get(Person, person_id)


def search(
    session: Session, words: Iterable[str], institution: str | None, most: int, *, contact: bool
) -> Sequence[Person]:
    """Those in whose folded name (with `contact` also address or number) every word is, by name; also of one
    institution only."""
    query = select(Person)
    for word in words:
        in_name = contains(Person.search_key, word)
        in_contact = (contains(func.lower(Person.email), word), contains(Person.phone, word)) if contact else ()
        query = query.where(or_(in_name, *in_contact))
    if institution is not None:
        member = select(Membership.person_id).where(Membership.institution_id == institution)
        query = query.where(or_(Person.institution_id == institution, col(Person.id).in_(member)))
    ordered = query.order_by(col(Person.family_name), col(Person.given_name), col(Person.id))
    return session.exec(ordered.limit(most)).all()


def memberships(session: Session, people: Iterable[str]) -> Sequence[Membership]:
    """Of these people, in the order they were made."""
    query = select(Membership).where(col(Membership.person_id).in_(list(people)))
    return session.exec(query.order_by(col(Membership.id))).all()


def end_memberships(session: Session, person_id: str) -> None:
    """Delete those of a person."""
    session.exec(delete(Membership).where(col(Membership.person_id) == person_id))


def bookings_of(session: Session, person_id: str) -> Sequence[Booking]:
    """What was booked for a person, the latest first."""
    query = select(Booking).where(Booking.person_id == person_id)
    return session.exec(query.order_by(col(Booking.starts_at).desc(), col(Booking.id))).all()


def open_bookings(session: Session, person_id: str, now: datetime) -> list[str]:
    """Bookings of a person that are still to come, from which something is out, or of which a damage is not settled."""
    query = select(Booking.id).where(Booking.person_id == person_id, is_open(now))
    return list(session.exec(query.order_by(col(Booking.starts_at))).all())


def due(session: Session, now: datetime, most: int) -> Sequence[str]:
    """People who are to be erased and with whom nothing is open any more, the longest waiting first."""
    is_busy = exists().where(col(Booking.person_id) == Person.id, is_open(now))
    query = select(Person.id).where(col(Person.restricted_at).is_not(None), ~is_busy)
    return session.exec(query.order_by(col(Person.restricted_at)).limit(most)).all()


def is_open(now: datetime) -> Any:
    """A booking that still needs its person: to come, with something out, or with a damage that is not settled."""
    out = exists().where(
        col(BookingLine.booking_id) == Booking.id,
        col(Allocation.line_id) == BookingLine.id,
        col(Allocation.status) == AllocationStatus.OUT.value,
    )
    damaged = exists().where(col(DamageCase.booking_id) == Booking.id, col(DamageCase.closed_at).is_(None))
    to_come = and_(col(Booking.decision).in_(_OPEN), col(Booking.closed_at).is_(None), col(Booking.ends_at) > now)
    return or_(out, damaged, to_come)


def pointing(session: Session, person_id: str) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table that points at the person, by table; none is left out of a report."""
    found: dict[str, list[dict[str, Any]]] = {}
    for column in pointing_at(_TABLE):
        rows = session.execute(sa_select(column.table).where(column == person_id)).mappings()
        found.setdefault(column.table.name, []).extend(dict(row) for row in rows)
    return found


def journal_of(session: Session, person_id: str) -> Sequence[JournalRow]:
    """What happened to the person's entry."""
    return session.exec(select(JournalRow).where(JournalRow.subject == person_id).order_by(col(JournalRow.seq))).all()


def remove(session: Session, person_id: str) -> None:
    """Delete the row; what points at it forgets the person, or goes too where it is nothing without one."""
    for column in pointing_at(_TABLE):
        if column.nullable:
            session.execute(sa_update(column.table).where(column == person_id).values({column.name: None}))
        else:
            session.execute(sa_delete(column.table).where(column == person_id))
    session.exec(delete(Person).where(col(Person.id) == person_id))
    session.expire_all()
