"""What is shown of scan sessions, derived from everything that was scanned; and that they changed."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from medialab_hub.domain.scanning import (
    CodeNoun,
    EventKind,
    Found,
    Meaning,
    MoveKind,
    Pile,
    ScanEvent,
    ScanMode,
    Touch,
    pile_of,
)
from medialab_hub.errors import HubError
from medialab_hub.services.kit_scan_rows import is_held_back, kits_of
from medialab_hub.services.refusals import no_such
from medialab_hub.services.stamps import stamp
from medialab_hub.storage import scans
from medialab_hub.storage.noun import Noun, Row
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import ScanMove, ScanRow, ScanSession
from medialab_wire.texts import Text

_UNKNOWN = {
    "code": "unknown-code",
    "title_de": "Diesen Code kennt das Haus nicht.",
    "title": "Nobody knows this code.",
    "remedy_de": "Das Etikett einem Gerät, Koffer, Ort oder einer Person zuordnen oder den Scan zurücknehmen.",
    "remedy": "Assign the label to a device, case, place or person, or undo the scan.",
}
_WAITS = {
    "code": "no-person-yet",
    "title_de": "Noch ist niemand genannt, der dieses Gerät bekommt.",
    "title": "Nobody is named yet who gets this device.",
    "remedy_de": "Die Karte der Person scannen oder ihren Namen wählen.",
    "remedy": "Scan the person's card or choose their name.",
}
_STAYS = {
    "code": "not-out",
    "title_de": "Dieses Gerät war nicht verliehen.",
    "title": "This device was not on loan.",
    "remedy_de": "Es braucht nichts weiter: zurück ins Regal, oder prüfen, ob das richtige Etikett gescannt wurde.",
    "remedy": "Nothing more is needed: put it back, or check that the right label was scanned.",
}
_MISSING = {
    "code": "kit-member-missing",
    "title_de": "Dieses Gerät fehlt im Koffer.",
    "title": "This device is missing from its case.",
    "remedy_de": "Nachsehen und scannen oder abhaken, wenn es doch da ist. Sonst bleibt es ausgeliehen.",
    "remedy": "Look again, and scan or tick it if it is there after all. Else it stays on loan.",
}
NOT_WHOLE = Text(
    de="Der Koffer geht nur ganz: Etwas davon kann nicht mit.",
    en="The case goes out whole only: something of it cannot go.",
)
_WORDS = {MoveKind.WAITS: _WAITS, MoveKind.STAYS: _STAYS, MoveKind.MISSING: _MISSING}


def in_words(error: HubError) -> dict[str, str]:
    """Why something could not be done, as it is kept and shown."""
    remedy = error.remedy or Text(de="", en="")
    return {
        "code": error.code,
        "title_de": error.title.de,
        "title": error.title.en,
        "remedy_de": remedy.de,
        "remedy": remedy.en,
    }


def pile(row: ScanSession, events: Iterable[ScanRow]) -> Pile:
    """What the session means."""
    events = list(events)
    meanings = {
        one.event_id: Meaning(CodeNoun(one.noun), one.subject_id, tuple(one.devices), tuple(one.seen))
        for one in events
        if one.noun and one.subject_id is not None
    }
    return pile_of(row.id, ScanMode(row.mode), map(_event, events), meanings)


def _event(row: ScanRow) -> ScanEvent:
    return ScanEvent(
        at=row.at,
        client=row.client,
        sequence=row.sequence,
        id=row.event_id,
        kind=EventKind(row.kind),
        text=row.raw,
        about=row.about,
        is_fact=row.is_fact,
    )


def order_of(move: ScanMove) -> tuple[Any, ...]:
    """As the events are ordered."""
    return (move.at, move.client, move.sequence, move.event_id, move.session_id)


def view(session: Session, row: ScanSession) -> Row:
    """The fields of `ScanSessionView`."""
    events = scans.events(session, row.id)
    found = pile(row, events)
    moves = sorted(scans.moves(session, row.id), key=lambda one: (order_of(one), one.device_id))
    if row.mode == ScanMode.COUNT:
        items = [_item(touch.device, _counted(touch), touch.person, touch.event) for touch in found.touches]
    else:
        by_id = {one.event_id: _event(one) for one in events}
        items = [_item(one.device_id, _state(one), one.person_id, by_id[one.event_id]) for one in moves]
    return {
        "id": row.id,
        "mode": row.mode,
        "institution": row.institution_id,
        "ends": stamp(row.ends_at),
        "opened": stamp(row.opened_at),
        "dropped": stamp(row.dropped_at),
        "people": list(found.people),
        "person": found.people[-1] if found.people else None,
        "place": found.place,
        "bookings": scans.bookings_of(session, row.id),
        "items": list({item["device"]: item for item in items}.values()),
        "kits": kits_of(session, events, moves),
        "conflicts": [*map(_unknown, found.unknown), *_conflicts(moves)],
        "events": len(events),
        "duplicates": len(found.duplicates),
        "undone": len(found.undone),
    }


def _item(device: str, state: str, person: str | None, event: ScanEvent) -> Row:
    return {"device": device, "state": state, "person": person, "event": event.id, "at": stamp(event.at)}


def _counted(touch: Touch) -> str:
    return "counted" if touch.found is Found.INSIDE else "asked"


def _state(move: ScanMove) -> str:
    if move.kind == MoveKind.ALONG:
        return MoveKind.OUT.value
    if move.problem is None or move.allocation_id is not None:
        return move.kind
    return MoveKind.WAITS.value if is_held_back(move) else "refused"


def _unknown(event: ScanEvent) -> Row:
    return {"event": event.id, "device": None, "raw": event.text, **_UNKNOWN}


def _conflicts(moves: Iterable[ScanMove]) -> Iterator[Row]:
    """What a case waits for as a whole is said once."""
    moves = list(moves)
    said: set[str] = set()
    touched = {one.event_id for one in moves if one.kind != MoveKind.STAYS}
    for move in moves:
        words = move.problem or _WORDS.get(MoveKind(move.kind))
        if words is None or is_held_back(move):
            continue
        if move.kit_id is not None and move.problem is None and move.kind != MoveKind.MISSING:
            is_news = move.event_id not in said and move.person_id is None
            if not is_news or (move.kind == MoveKind.STAYS and move.event_id in touched):
                continue
            said.add(move.event_id)
        yield {"event": move.event_id, "device": move.device_id, "raw": "", **words}


def latest(session: Session, most: int) -> list[Row]:
    """The newest sessions, by their ids."""
    return [{"session": row.id} for row in scans.latest(session, most)]


def one(session: Session, session_id: str) -> Row:
    """One session. Raises `NotFound`."""
    row = scans.get(session, session_id)
    if row is None:
        raise no_such("scan_session", session_id)
    return view(session, row)


def _rows(session: Session, ids: Collection[str], _seq: int) -> dict[str, Row]:
    """Who looks at it fetches it again: a session may hold thousands of scans."""
    return {key: {"id": key} for key in ids if scans.get(session, key) is not None}


SCANS = Noun("scan_session", _rows)
