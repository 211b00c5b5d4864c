"""People who borrow: add, change, restrict, erase. Neither the journal nor the stream ever hears a name."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from medialab_hub.domain.events import Happened
from medialab_hub.domain.people import MemberRole
from medialab_hub.domain.scanning import CodeNoun
from medialab_hub.domain.typed_words import folded, has_hidden, tidy
from medialab_hub.services import codes, erasure
from medialab_hub.services.booking_rows import BOOKINGS
from medialab_hub.services.institutions import require_institution
from medialab_hub.services.person_rows import PEOPLE
from medialab_hub.services.refusals import no_such, not_understood, version_conflict
from medialab_hub.storage import people
from medialab_hub.storage.tables import Membership, Person
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text

MOST_AT_ONCE = 200
"""People erased in one transaction: the writer is needed by others, too."""
LONGEST = {"given_name": 80, "family_name": 80, "email": 254, "phone": 40}
"""Characters; RFC 5321 §4.5.3.1.3 for an address."""
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")
_PHONE = re.compile(r"[0-9+() /.-]*[0-9][0-9+() /.-]*")


@dataclass(frozen=True)
class Contact:
    """Whom to call, and how."""

    family_name: str
    given_name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Member:
    """What the person is in an institution, until and without `valid_to`."""

    institution: str
    role: MemberRole = MemberRole.OTHER
    valid_to: datetime | None = None


@dataclass(frozen=True)
class Change:
    """Only what is given changes; `members` are all there are then. `institution` "": none any more.

    `keep`: the wish to be erased is taken back. `unblock`: something is lent to the person again."""

    contact: dict[str, str]
    institution: str | None = None
    members: Sequence[Member] | None = None
    blocked_until: datetime | None = None
    unblock: bool = False
    keep: bool = False


@dataclass(frozen=True)
class Erased:
    """Whether it is done, or waits for these bookings to be over."""

    is_done: bool
    open_bookings: Sequence[str] = ()


def add(uow: UnitOfWork, contact: Contact, institution: str | None, members: Iterable[Member], actor: str) -> str:
    """A new person; returns the id. Raises `HubError` for what cannot be right, `NotFound`."""
    columns = _columns(contact)
    if institution is not None:
        require_institution(uow, institution)
    person = Person(id=uow.new_id("per"), institution_id=institution, added_at=uow.now, used_at=uow.now, **columns)
    uow.session.add(person)
    uow.session.flush()
    _join(uow, person.id, members)
    uow.record(Happened.PERSON_ADDED, person.id, actor)
    uow.touch(PEOPLE, person.id)
    return person.id


def change(uow: UnitOfWork, person_id: str, version: int, wish: Change, actor: str) -> None:
    """Raises `Conflict` when somebody else changed it first, `NotFound`, `HubError`."""
    person = require_person(uow, person_id)
    if person.version != version:
        raise version_conflict()
    before = Contact(**{name: getattr(person, name) for name in LONGEST})
    for name, value in _columns(replace(before, **wish.contact)).items():
        setattr(person, name, value)
    if wish.institution is not None:
        person.institution_id = require_institution(uow, wish.institution).id if wish.institution else None
    if wish.members is not None:
        people.end_memberships(uow.session, person.id)
        _join(uow, person.id, wish.members)
    if wish.blocked_until is not None or wish.unblock:
        person.blocked_until = None if wish.unblock else wish.blocked_until
    if wish.keep:
        person.restricted_at = None
    person.version += 1
    uow.session.flush()
    uow.record(Happened.PERSON_CHANGED, person.id, actor)
    uow.touch(PEOPLE, person.id)


def erase(uow: UnitOfWork, person_id: str, actor: str) -> Erased:
    """Forget a person; while something is out or to come, nothing new is lent and `erase_due` does it later."""
    person = require_person(uow, person_id)
    waiting = open_matters(uow, person_id)
    if not waiting:
        forget(uow, person_id, actor)
        return Erased(is_done=True)
    if person.restricted_at is None:
        person.restricted_at = uow.now
        person.version += 1
        uow.record(Happened.PERSON_RESTRICTED, person.id, actor, open=len(waiting))
        uow.touch(PEOPLE, person.id)
    return Erased(is_done=False, open_bookings=waiting)


def erase_due(uow: UnitOfWork) -> int:
    """Erase those who asked for it and with whom nothing is open any more; returns how many, `MOST_AT_ONCE` at most."""
    due = people.due(uow.session, uow.now, MOST_AT_ONCE)
    for person_id in due:
        forget(uow, person_id, "")
    return len(due)


def open_matters(uow: UnitOfWork, person_id: str) -> list[str]:
    """Bookings that still need the person: to come, or with something out."""
    return people.open_bookings(uow.session, person_id, uow.now)


def report_given(uow: UnitOfWork, person_id: str, actor: str) -> None:
    """Somebody asked for everything that is stored about the person. Raises `NotFound`."""
    require_person(uow, person_id)
    uow.record(Happened.PERSON_REPORTED, person_id, actor)


def require_person(uow: UnitOfWork, person_id: str) -> Person:
    """The person, or `NotFound`."""
    person = people.get(uow.session, person_id)
    if person is None:
        raise no_such("person", person_id)
    return person


def forget(uow: UnitOfWork, person_id: str, actor: str) -> None:
    """Leave nothing of a person, whatever is open; who calls it has looked."""
    uow.session.flush()
    texts = erasure.blank_texts(uow, person_id)
    codes.drop_of(uow, CodeNoun.PERSON, person_id)
    booked = people.bookings_of(uow.session, person_id)
    for booking in booked:
        booking.client_key = None  # chosen by who asked: it may say who
        booking.version += 1
        uow.touch(BOOKINGS, booking.id)
    uow.session.flush()
    people.remove(uow.session, person_id)
    uow.leave_no_trace(person_id)
    uow.record(Happened.PERSON_ERASED, person_id, actor, bookings=len(booked), texts=texts)
    uow.touch(PEOPLE, person_id)


def _join(uow: UnitOfWork, person_id: str, members: Iterable[Member]) -> None:
    for member in {one.institution: one for one in members}.values():
        require_institution(uow, member.institution)
        uow.session.add(
            Membership(
                id=uow.new_id("mem"),
                person_id=person_id,
                institution_id=member.institution,
                role=member.role.value,
                valid_to=member.valid_to,
            )
        )
    uow.session.flush()


def _columns(contact: Contact) -> dict[str, Any]:
    words = {name: tidy(value) for name, value in asdict(contact).items()}
    for name, most in LONGEST.items():
        if len(words[name]) > most or has_hidden(words[name]):
            text = Text(de=f"Höchstens {most} sichtbare Zeichen.", en=f"At most {most} characters that can be seen.")
            raise not_understood(f"wrong-{name.replace('_', '-')}", text)
    if not words["family_name"]:
        raise not_understood("name-missing", Text(de="Der Nachname fehlt.", en="The family name is missing."))
    if words["email"] and _EMAIL.fullmatch(words["email"]) is None:
        text = Text(de="Das ist keine E-Mail-Adresse.", en="This is no e-mail address.")
        raise not_understood("wrong-email", text)
    if words["phone"] and _PHONE.fullmatch(words["phone"]) is None:
        text = Text(de="Das ist keine Telefonnummer.", en="This is no phone number.")
        raise not_understood("wrong-phone", text)
    return {**words, "search_key": folded(f"{words['given_name']} {words['family_name']}")}
