"""Institutions: add, change, archive. Nothing here is about a person."""

from collections.abc import Iterable
from dataclasses import asdict, fields, replace
from typing import Any

from medialab_hub.domain.events import Happened
from medialab_hub.domain.institutions import Facts, flaws_of
from medialab_hub.domain.typed_words import folded, tidy
from medialab_hub.services.institution_rows import INSTITUTIONS
from medialab_hub.services.refusals import no_such, not_possible, not_understood, version_conflict
from medialab_hub.storage import institutions
from medialab_hub.storage.tables import Institution
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text

NUMBER_TAKEN = Text(
    de="Eine Schule mit dieser Schulnummer gibt es schon: nach der Nummer suchen und sie ändern.",
    en="There already is a school with this number: search for the number and change it.",
)


def tidied(facts: Facts) -> Facts:
    """As it is kept: each field one line, numbers without blanks."""
    words = {field.name: tidy(getattr(facts, field.name)) for field in fields(facts)}
    numbers = {name: words[name].replace(" ", "") for name in ("school_number", "municipality_key", "postal_code")}
    return Facts(**{**words, **numbers})


def facts_of(one: Institution) -> Facts:
    """What is known of it."""
    known = {field.name: getattr(one, field.name) for field in fields(Facts)}
    return Facts(**{**known, "school_number": one.school_number or ""})


def add(uow: UnitOfWork, facts: Facts, actor: str) -> str:
    """A new institution; returns its id. Raises `HubError` for what cannot be right, `Conflict` for a known number."""
    (key,) = add_checked(uow, [_checked(uow, facts, None)], actor)
    return key


def add_checked(uow: UnitOfWork, many: Iterable[Facts], actor: str) -> list[str]:
    """New institutions that were looked at before in the same transaction; returns their ids."""
    added = {uow.new_id("ins"): _columns(facts) for facts in many}
    institutions.add(uow.session, added)
    for key in added:
        uow.record(Happened.INSTITUTION_ADDED, key, actor)
        uow.touch(INSTITUTIONS, key)
    return list(added)


def change(uow: UnitOfWork, institution_id: str, version: int | None, actor: str, **given: str) -> None:
    """Only the fields of `Facts` that are given; `version` None: whatever it is. Raises `Conflict`, `NotFound`."""
    one = require_institution(uow, institution_id)
    _require_version(one, version)
    before = facts_of(one)
    facts = _checked(uow, replace(before, **given), one.id)
    changed = sorted(name for name, value in asdict(facts).items() if value != getattr(before, name))
    if not changed:
        return
    for name, value in _columns(facts).items():
        setattr(one, name, value)
    _changed(uow, one, Happened.INSTITUTION_CHANGED, actor, fields=changed)


def verify(uow: UnitOfWork, institution_id: str, actor: str, *, seen: bool) -> None:
    """Staff saw its stamp or another proof (or it was a mistake that they did)."""
    one = require_institution(uow, institution_id)
    if seen == (one.verified_at is not None):
        return
    one.verified_at = uow.now if seen else None
    _changed(uow, one, Happened.INSTITUTION_CHANGED, actor, fields=["verified"])


def archive(uow: UnitOfWork, institution_id: str, actor: str, *, away: bool) -> None:
    """No longer offered for new bookings (or again); what was booked stays."""
    one = require_institution(uow, institution_id)
    if away == (one.archived_at is not None):
        return
    one.archived_at = uow.now if away else None
    _changed(uow, one, Happened.INSTITUTION_ARCHIVED, actor, archived=away)


def remove(uow: UnitOfWork, institution_id: str, actor: str) -> bool:
    """Delete it; True when that was possible. With bookings or people it is archived instead."""
    one = require_institution(uow, institution_id)
    if institutions.is_needed(uow.session, one.id):
        archive(uow, one.id, actor, away=True)
        return False
    institutions.remove(uow.session, one.id)
    uow.record(Happened.INSTITUTION_REMOVED, one.id, actor)
    uow.touch(INSTITUTIONS, one.id)
    return True


def require_institution(uow: UnitOfWork, institution_id: str) -> Institution:
    """The institution, or `NotFound`."""
    one = institutions.get(uow.session, institution_id)
    if one is None:
        raise no_such("institution", institution_id)
    return one


def _require_version(one: Institution, version: int | None) -> None:
    if version is not None and one.version != version:
        raise version_conflict()


def _checked(uow: UnitOfWork, facts: Facts, own: str | None) -> Facts:
    facts = tidied(facts)
    for flaw in flaws_of(facts):
        raise not_understood(f"wrong-{flaw.field.replace('_', '-')}", flaw.text)
    known = institutions.numbered(uow.session, facts.school_number) if facts.school_number else None
    if known is not None and known.id != own:
        raise not_possible("school-number-taken", NUMBER_TAKEN, known.id)
    return facts


def _columns(facts: Facts) -> dict[str, Any]:
    key = folded(" ".join((facts.name, facts.school_number, facts.municipality, facts.postal_code)))
    return {**vars(facts), "school_number": facts.school_number or None, "search_key": key}


def _changed(uow: UnitOfWork, one: Institution, kind: Happened, actor: str, **data: object) -> None:
    one.version += 1
    uow.session.flush()
    uow.record(kind, one.id, actor, **data)
    uow.touch(INSTITUTIONS, one.id)
