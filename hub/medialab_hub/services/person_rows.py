"""What is shown of people, and that they changed. The stream says only that: names are asked for, never sent round."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from medialab_hub.domain.people import standing_of
from medialab_hub.domain.scanning import CodeNoun
from medialab_hub.domain.typed_words import folded
from medialab_hub.services import booking_rows, codes
from medialab_hub.services.refusals import no_such
from medialab_hub.services.stamps import stamp
from medialab_hub.storage import devices, institutions, models, people
from medialab_hub.storage.noun import Noun, Row
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Kit, Membership, Person

KNOWN_TABLES = ("booking", "membership")
"""Told in words in a report; other tables as they are."""


def found(
    session: Session, query: str, institution: str | None, most: int, now: datetime, *, contact: bool
) -> list[Row]:
    """People whose name has every word of `query`; with `contact` also by address and number, which are shown then."""
    known = people.search(session, folded(query).split(), institution, most, contact=contact)
    return views(session, known, now, contact=contact)


def one(session: Session, person_id: str, now: datetime, *, contact: bool) -> Row:
    """One of them. Raises `NotFound`."""
    return views(session, [_require(session, person_id)], now, contact=contact)[0]


def views(session: Session, known: Iterable[Person], now: datetime, *, contact: bool) -> list[Row]:
    """The fields of `PersonView`, in the order given."""
    known = list(known)
    member: dict[str, list[Row]] = {person.id: [] for person in known}
    for row in people.memberships(session, member):
        member[row.person_id].append(_membership(row))
    return [{**_row(person, now, contact=contact), "memberships": member[person.id]} for person in known]


def booked(session: Session, person_id: str, most: int) -> list[Row]:
    """What was booked for a person, the latest first: the fields of `BookingView`. Raises `NotFound`."""
    _require(session, person_id)
    return booking_rows.views(session, people.bookings_of(session, person_id)[:most])


def report(session: Session, person_id: str, now: datetime) -> Row:
    """Everything that is stored about one person (Art. 15 GDPR). Raises `NotFound`."""
    person = _require(session, person_id)
    row = views(session, [person], now, contact=True)[0]
    for entry in row["memberships"]:
        entry["institution_name"] = _institution_name(session, entry["institution"])
    pointing = people.pointing(session, person_id)
    return {
        "at": stamp(now),
        "person": {**row, "institution_name": _institution_name(session, person.institution_id)},
        "labels": list(codes.on(session, CodeNoun.PERSON, person_id)),
        "bookings": _bookings(session, person_id),
        "journal": [{"at": stamp(line.at), "kind": line.kind} for line in people.journal_of(session, person_id)],
        "others": {name: [_plain(entry) for entry in rows] for name, rows in pointing.items() if _is_other(name, rows)},
    }


def _is_other(name: str, rows: list[Row]) -> bool:
    return bool(rows) and name not in KNOWN_TABLES


def _bookings(session: Session, person_id: str) -> list[Row]:
    booked = people.bookings_of(session, person_id)
    return [
        {
            "booking": row,
            "purpose": booking.purpose,
            "made": stamp(booking.created_at),
            "institution_name": _institution_name(session, booking.institution_id),
            "things": [_name_of(session, line) for line in row["lines"]],
        }
        for row, booking in zip(booking_rows.views(session, booked), booked, strict=True)
    ]


def _name_of(session: Session, line: Row) -> str:
    known: Any = None
    if line["model"] is not None:
        known = models.get(session, line["model"])
    elif line["kit"] is not None:
        known = session.get(Kit, line["kit"])
    elif line["device"] is not None:
        known = devices.get(session, line["device"])
    return "" if known is None else known.name


def _institution_name(session: Session, institution_id: str | None) -> str:
    known = None if institution_id is None else institutions.get(session, institution_id)
    return "" if known is None else known.name


def _row(person: Person, now: datetime, *, contact: bool) -> Row:
    return {
        "id": person.id,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "email": person.email if contact else None,
        "phone": person.phone if contact else None,
        "institution": person.institution_id,
        "standing": standing_of(person.restricted_at, person.blocked_until, now).value,
        "blocked_until": stamp(person.blocked_until),
        "restricted": stamp(person.restricted_at),
        "added": stamp(person.added_at),
        "used": stamp(person.used_at),
        "version": person.version,
    }


def _membership(row: Membership) -> Row:
    return {"institution": row.institution_id, "role": row.role, "valid_to": stamp(row.valid_to)}


def _plain(entry: Row) -> Row:
    return {name: stamp(value) if isinstance(value, datetime) else value for name, value in entry.items()}


def _require(session: Session, person_id: str) -> Person:
    person = people.get(session, person_id)
    if person is None:
        raise no_such("person", person_id)
    return person


def _rows(session: Session, ids: Collection[str], _seq: int) -> dict[str, Row]:
    known = (people.get(session, key) for key in ids)
    return {person.id: {"id": person.id, "version": person.version} for person in known if person is not None}


PEOPLE = Noun("person", _rows)
