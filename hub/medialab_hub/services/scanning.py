"""Scan sessions: takes events once, whatever order they come in, and carries out what they mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from medialab_hub.domain.codes import keepable
from medialab_hub.domain.events import Happened
from medialab_hub.domain.scanning import CodeNoun, EventKind, Meaning, ScanMode, bounded
from medialab_hub.services import codes
from medialab_hub.services.kit_presence import seen_now
from medialab_hub.services.refusals import no_such, not_possible
from medialab_hub.services.scan_moves import Settling
from medialab_hub.services.scan_rows import SCANS
from medialab_hub.storage import scans
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Institution, ScanRow, ScanSession
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text

DUE_AFTER = timedelta(days=14)
"""When what goes out is due, unless who opens the session says so."""

MOST_EVENTS = 10_000
"""Of one session; a full day at a busy desk is a tenth."""


@dataclass(frozen=True)
class Opening:
    """A session as somebody would like it. `client_key`: sent again, it stays one session. `dropped`: when what comes
    back was put into the drop box."""

    mode: ScanMode
    ends: datetime | None = None
    institution: str | None = None
    client_key: str | None = None
    dropped: datetime | None = None


@dataclass(frozen=True)
class Told:
    """An event as its client tells it."""

    id: str
    client: str
    sequence: int
    at: datetime
    kind: EventKind = EventKind.SCAN
    raw: str = ""
    about: str = ""
    is_fact: bool = False


@dataclass(frozen=True)
class Taken:
    """How many were new and how many known; `differing`: ids under which something else was kept before."""

    taken: int
    known: int
    differing: tuple[str, ...]


def start(uow: UnitOfWork, wish: Opening, actor: str) -> str:
    """A new session, or the one that was opened with this key; returns its id. Raises `NotFound`."""
    if wish.client_key and (known := scans.by_client_key(uow.session, wish.client_key)):
        return known.id
    if wish.institution is not None and uow.session.get(Institution, wish.institution) is None:
        raise no_such("institution", wish.institution)
    row = ScanSession(
        id=uow.new_id("scs"),
        mode=wish.mode.value,
        institution_id=wish.institution,
        ends_at=bounded(wish.ends) if wish.ends else uow.now + DUE_AFTER,
        client_key=wish.client_key,
        dropped_at=None if wish.dropped is None else min(bounded(wish.dropped), uow.now),
        opened_at=uow.now,
        opened_by=actor,
    )
    uow.session.add(row)
    uow.session.flush()
    uow.record(Happened.SCANNING_STARTED, row.id, actor, mode=row.mode)
    uow.touch(SCANS, row.id)
    return row.id


def take(uow: UnitOfWork, session_id: str, told: Sequence[Told], actor: str) -> Taken:
    """Keep what is new of these events and carry out what the session means now. Raises `NotFound`, `Conflict`."""
    row = scans.get(uow.session, session_id)
    if row is None:
        raise no_such("scan_session", session_id)
    first = {one.id: one for one in reversed(told)}
    known = {one.event_id: one for one in scans.these(uow.session, session_id, first)}
    fresh = [one for one in first.values() if one.id not in known]
    everything = scans.events(uow.session, session_id)
    if len(everything) + len(fresh) > MOST_EVENTS:
        text = Text(de="Diese Sitzung ist voll: bitte eine neue beginnen.", en="This session is full: start a new one.")
        raise not_possible("session-full", text, session_id)
    uow.session.add_all([_row(uow, session_id, one, actor) for one in fresh])
    uow.session.flush()
    for old in everything:
        _explain(uow.session, old, old.raw)
    differing = [one.id for one in first.values() if one.id in known and _differs(known[one.id], one)]
    if fresh:
        uow.record(Happened.SCANS_TAKEN, session_id, actor, events=len(fresh))
        uow.touch(SCANS, session_id)
    Settling(uow, actor).settle(row)
    return Taken(len(fresh), len(first) - len(fresh), tuple(sorted(differing)))


def _row(uow: UnitOfWork, session_id: str, told: Told, actor: str) -> ScanRow:
    row = ScanRow(
        session_id=session_id,
        event_id=told.id,
        client=told.client,
        sequence=told.sequence,
        at=bounded(told.at),
        kind=told.kind.value,
        raw=keepable(told.raw) if told.kind is EventKind.SCAN else "",
        about="" if told.kind is EventKind.SCAN else told.about,
        is_fact=told.is_fact,
        taken_at=uow.now,
        actor=actor,
    )
    _explain(uow.session, row, told.raw)
    return row


def _explain(session: Session, row: ScanRow, raw: str) -> None:
    """What was unknown may have been claimed since; what was known stays what it was."""
    if row.noun or row.kind == EventKind.UNDO:
        return
    found = _meaning(session, row, raw)
    if found is not None:
        row.noun, row.subject_id, row.devices = found.noun.value, found.id, list(found.devices)
    if found is not None and found.noun is CodeNoun.KIT and not row.is_fact:
        row.seen = seen_now(session, found.devices)


def _meaning(session: Session, row: ScanRow, raw: str) -> Meaning | None:
    if row.kind == EventKind.SCAN:
        return codes.meaning(session, raw)
    return codes.named(session, CodeNoun.PERSON if row.kind == EventKind.PERSON else CodeNoun.DEVICE, row.about)


def _differs(row: ScanRow, told: Told) -> bool:
    said = (told.client, told.sequence, bounded(told.at), told.kind.value)
    return (row.client, row.sequence, row.at, row.kind) != said
