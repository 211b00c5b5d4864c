"""Finds institutions, and what still refers to one."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, delete, select

from medialab_hub.storage.chunks import IDS, fetch
from medialab_hub.storage.references import pointing_at
from medialab_hub.storage.tables import Booking, Institution

_OF_IDS = select(Institution).where(col(Institution.id).in_(IDS))
_ESCAPE = "\\"


def get(session: Session, institution_id: str) -> Institution | None:
    """The institution of that id."""
    return session.get(Institution, institution_id)


def many(session: Session, ids: Iterable[str]) -> list[Institution]:
    """Those of these ids that there are."""
    return fetch(session, _OF_IDS, ids)


def add(session: Session, added: Mapping[str, Mapping[str, Any]]) -> None:
    """New ones by id; a whole list of a country's schools takes a second that way."""
    rows = [{"id": key, "version": 0, **columns} for key, columns in added.items()]
    if rows:
        session.execute(insert(Institution), rows)


def numbered(session: Session, school_number: str) -> Institution | None:
    """The school of that number."""
    return session.exec(select(Institution).where(Institution.school_number == school_number)).first()


def every(session: Session) -> Sequence[Institution]:
    """All of them, archived ones too, by name."""
    return session.exec(select(Institution).order_by(col(Institution.name), col(Institution.id))).all()


def search(session: Session, words: Iterable[str], most: int, *, archived: bool = False) -> Sequence[Institution]:
    """Those in whose folded name, number or place every word is, by name; without words all."""
    query = select(Institution).where(*(contains(Institution.search_key, word) for word in words))
    if not archived:
        query = query.where(col(Institution.archived_at).is_(None))
    return session.exec(query.order_by(col(Institution.name), col(Institution.id)).limit(most)).all()


def contains(column: Any, word: str) -> Any:
    """Condition: the word is somewhere in the column, taken literally."""
    escaped = word.replace(_ESCAPE, _ESCAPE * 2).replace("%", _ESCAPE + "%").replace("_", _ESCAPE + "_")
    return column.like(f"%{escaped}%", escape=_ESCAPE)


def bookings_of(session: Session, institution_id: str, most: int) -> Sequence[Booking]:
    """What was booked for it, the latest first."""
    query = select(Booking).where(Booking.institution_id == institution_id)
    return session.exec(query.order_by(col(Booking.starts_at).desc(), col(Booking.id)).limit(most)).all()


def is_needed(session: Session, institution_id: str) -> bool:
    """True while anything refers to it: a booking, a person, a pile of scans."""
    columns = pointing_at("institution")
    return any(session.execute(sa_select(one).where(one == institution_id).limit(1)).first() for one in columns)


def remove(session: Session, institution_id: str) -> None:
    """Delete its row; nothing may refer to it."""
    session.exec(delete(Institution).where(col(Institution.id) == institution_id))
