"""Labels: made in advance, claimed when they stick on something, and what a scanned text means."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from medialab_hub.domain.codes import make_code, parse
from medialab_hub.domain.events import Happened
from medialab_hub.domain.scanning import CodeNoun, Meaning
from medialab_hub.errors import Conflict
from medialab_hub.services.refusals import no_such, not_understood
from medialab_hub.storage import codes, devices, kits
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Device, Kit, LabelCode, Location, Person
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text

MOST_AT_ONCE = 1000
"""Labels in one order: some twenty sheets."""

_DRAWN_BITS = 60


@dataclass(frozen=True)
class Label:
    """A code and what it is on; `noun` None: nothing yet."""

    code: str
    noun: CodeNoun | None = None
    subject: str | None = None


def make(uow: UnitOfWork, count: int, actor: str) -> list[str]:
    """So many new codes, claimed by nobody; never one that was made before."""
    fresh: dict[str, None] = {}
    while len(fresh) < count:
        drawn = [make_code(uow.random_bits(_DRAWN_BITS)) for _ in range(count - len(fresh))]
        found = dict.fromkeys(code for code in drawn if code is not None)
        taken = codes.known(uow.session, found)
        fresh |= {code: None for code in found if code not in taken}
    uow.session.add_all([LabelCode(code=code, made_at=uow.now) for code in fresh])
    uow.session.flush()
    uow.record(Happened.CODES_MADE, "", actor, count=count)
    return list(fresh)


def claim(uow: UnitOfWork, raw: str, label: tuple[CodeNoun, str], actor: str, instead_of: str | None = None) -> str:
    """The scanned label sticks on this thing from now on; returns its code. Claimed twice, nothing changes.

    One that sticks elsewhere is moved only by who names the thing it is on, `instead_of`. Raises `Conflict`,
    `NotFound`."""
    code, (noun, subject) = require_code(raw), label
    row = codes.get(uow.session, code)
    if row is None:
        raise no_such("code", code)
    if (row.noun, row.subject_id) == (noun.value, subject):
        return code
    if row.subject_id not in (None, instead_of) and _is_there(uow, row):
        raise Conflict(
            "code-taken",
            Text(de="Dieses Etikett klebt schon auf etwas anderem.", en="This label already sticks on something else."),
            Text(de="Ein neues Etikett nehmen.", en="Take a new label."),
            f"{row.noun} {row.subject_id}",
        )
    _require_subject(uow, noun, subject)
    before = row.subject_id
    row.noun, row.subject_id, row.claimed_at, row.claimed_by = noun.value, subject, uow.now, actor
    uow.session.flush()
    uow.record(Happened.CODE_CLAIMED, code, actor, noun=noun.value, thing=subject, before=before)
    return code


def require_code(raw: str) -> str:
    """The code in a scanned or typed text; raises `HubError` when there is none."""
    code = parse(raw).code
    if code is None:
        raise not_understood("no-code", Text(de="Das ist kein Code dieses Hauses.", en="That is no code of ours."))
    return code


def label(session: Session, raw: str) -> Label:
    """What a scanned label is on. Raises `NotFound` for a code that was never made, `HubError` for none at all."""
    code = require_code(raw)
    row = codes.get(session, code)
    if row is None:
        raise no_such("code", code)
    return Label(code, CodeNoun(row.noun) if row.noun else None, row.subject_id)


def meaning(session: Session, raw: str) -> Meaning | None:
    """What a scanned text is on: by its code, else by the asset tag; None when nothing carries it."""
    found = parse(raw)
    row = None if found.code is None else codes.get(session, found.code)
    if row is not None and row.subject_id is not None:
        return named(session, CodeNoun(row.noun), row.subject_id)
    tagged = None if found.tag is None else codes.tagged(session, found.tag)
    return None if tagged is None else named(session, CodeNoun.DEVICE, tagged.id)


def named(session: Session, noun: CodeNoun, subject: str) -> Meaning | None:
    """That thing as a scan means it; None when it is gone. A merged device is the one it was merged into."""
    if noun is CodeNoun.DEVICE:
        device = devices.get(session, subject)
        while device is not None and device.merged_into is not None:
            device = devices.get(session, device.merged_into)
        return None if device is None else Meaning(noun, device.id, (device.id,))
    if noun is CodeNoun.KIT:
        return Meaning(noun, subject, _in_kit(session, subject)) if session.get(Kit, subject) is not None else None
    table = Person if noun is CodeNoun.PERSON else Location
    return None if session.get(table, subject) is None else Meaning(noun, subject)


def _in_kit(session: Session, kit: str) -> tuple[str, ...]:
    return tuple(sorted(one.id for one in kits.devices_in(session, kit) if one.retired_at is None))


def _is_there(uow: UnitOfWork, row: LabelCode) -> bool:
    return row.subject_id is not None and named(uow.session, CodeNoun(row.noun), row.subject_id) is not None


def _require_subject(uow: UnitOfWork, noun: CodeNoun, subject: str) -> None:
    if named(uow.session, noun, subject) is None:
        raise no_such(noun.value, subject)


def titled(session: Session, raw: str) -> tuple[str, str]:
    """A label as it is printed: its code, and the name of what it is on. Raises as `label` does."""
    found = label(session, raw)
    tables = {CodeNoun.DEVICE: Device, CodeNoun.KIT: Kit, CodeNoun.PLACE: Location, CodeNoun.PERSON: Person}
    thing: Any = None if found.noun is None else session.get(tables[found.noun], found.subject)
    if isinstance(thing, Person):
        return found.code, f"{thing.given_name} {thing.family_name}".strip()
    return found.code, "" if thing is None else thing.name


def on(session: Session, noun: CodeNoun, subject: str) -> Sequence[str]:
    """The codes that stick on a thing."""
    return [row.code for row in codes.on(session, noun.value, subject)]


def drop_of(uow: UnitOfWork, noun: CodeNoun, subject: str) -> int:
    """The thing is gone: its labels mean nothing any more; returns how many."""
    rows = codes.on(uow.session, noun.value, subject)
    for row in rows:
        row.noun, row.subject_id, row.claimed_at = "", None, None
    uow.session.flush()
    return len(rows)
