"""What a pile of scans means: a function of the set of events, so that no order of arrival can change it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

SAME_SCAN = timedelta(seconds=10)
"""The same code within this time in one session is one scan: scanners beep twice."""

EARLIEST, LATEST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""Clocks that are wrong by more are brought to these bounds; an event is never refused for its clock."""


class ScanMode(StrEnum):
    """What a scan of a device does. `out`: it goes to the person, or comes back if it was out; `in`: it comes back;
    `count`: it is counted."""

    OUT = "out"
    IN = "in"
    COUNT = "count"


class EventKind(StrEnum):
    """A scanned or typed text; the undoing of another event; a person chosen by search."""

    SCAN = "scan"
    UNDO = "undo"
    PERSON = "person"


class CodeNoun(StrEnum):
    """What a label can be on."""

    DEVICE = "device"
    KIT = "kit"
    PLACE = "place"
    PERSON = "person"


class MoveKind(StrEnum):
    """What became of a touched device. `waits`: nobody is named yet who takes it; `stays`: it was not out."""

    OUT = "out"
    BACK = "back"
    WAITS = "waits"
    STAYS = "stays"


@dataclass(frozen=True, slots=True, order=True)
class ScanEvent:
    """Sorted by its moment, then client and sequence. `about`: the undone event; the chosen person."""

    at: datetime
    client: str
    sequence: int
    id: str
    kind: EventKind = EventKind.SCAN
    text: str = field(default="", compare=False)
    about: str = ""
    is_fact: bool = False
    """It happened while the hub could not be asked: it is recorded, not decided."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code is on; a kit is its devices."""

    noun: CodeNoun
    id: str
    devices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Touch:
    """A device that was scanned, by itself or with its kit; `person` takes it, when it goes out."""

    event: ScanEvent
    session: str
    mode: ScanMode
    device: str
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """What a touch did."""

    touch: Touch
    kind: MoveKind


@dataclass(frozen=True)
class Pile:
    """A session as it stands. `unknown`: scans that no label explains, the earliest first."""

    touches: tuple[Touch, ...]
    people: tuple[str, ...]
    place: str | None
    unknown: tuple[ScanEvent, ...]
    duplicates: frozenset[str]
    undone: frozenset[str]


def bounded(at: datetime) -> datetime:
    """The moment in UTC, within what any database can hold."""
    if at.tzinfo is None or at.year <= EARLIEST.year - 1:
        return EARLIEST
    return LATEST if at.year >= LATEST.year else max(EARLIEST, at.astimezone(UTC))


def pile_of(session: str, mode: ScanMode, events: Iterable[ScanEvent], meanings: Mapping[str, Meaning]) -> Pile:
    """`meanings`: by the id of the event; a scan without one is unknown."""
    ordered = sorted({event.id: event for event in events}.values())
    first_of, undone = _sieve(ordered, meanings)
    kept = [event for event in ordered if event.kind != EventKind.UNDO and first_of[event.id] not in undone]
    kept = [event for event in kept if first_of[event.id] == event.id]
    known = [(event, meaning) for event in kept if (meaning := meanings.get(event.id)) is not None]
    people = [(event, meaning.id) for event, meaning in known if meaning.noun is CodeNoun.PERSON]
    places = [meaning.id for _, meaning in known if meaning.noun is CodeNoun.PLACE]
    touches = [
        Touch(event, session, mode, device, _taker(event, people) if mode is ScanMode.OUT else None)
        for event, meaning in known
        for device in sorted(meaning.devices)
    ]
    return Pile(
        touches=tuple(touches),
        people=tuple(dict.fromkeys(person for _, person in people)),
        place=places[-1] if places else None,
        unknown=tuple(event for event in kept if event.id not in meanings),
        duplicates=frozenset(key for key, first in first_of.items() if key != first),
        undone=frozenset(key for key, first in first_of.items() if first in undone),
    )


def _sieve(ordered: Sequence[ScanEvent], meanings: Mapping[str, Meaning]) -> tuple[dict[str, str], set[str]]:
    """Of which event each is a repetition (itself, when of none), and which of those are undone.

    Who scans again after an undo means it, however soon."""
    first_of: dict[str, str] = {}
    latest: dict[object, ScanEvent] = {}
    undone_so_far: set[str] = set()
    for event in ordered:
        if event.kind is EventKind.UNDO:
            undone_so_far.add(first_of.get(event.about, event.about))
            continue
        said = meanings.get(event.id) or event.text or event.id
        before = latest.get(said)
        if before is None or event.at - before.at >= SAME_SCAN or before.id in undone_so_far:
            latest[said] = before = event
        first_of[event.id] = before.id
    undone = {first_of.get(event.about, "") for event in ordered if event.kind is EventKind.UNDO}
    return first_of, undone


def _taker(event: ScanEvent, people: Sequence[tuple[ScanEvent, str]]) -> str | None:
    """The person named last before the scan, else the first after it: items and person come in any order."""
    before = [person for named, person in people if named < event]
    return before[-1] if before else next((person for _, person in people), None)


def moves_of(touches: Iterable[Touch], *, is_out: bool) -> list[Move]:
    """What the touches of one device do one after the other, in whatever sessions they were made."""
    moves = []
    for touch in sorted(touches, key=lambda one: (one.event, one.session)):
        if touch.mode is ScanMode.COUNT:
            continue
        kind = kind_of(touch, is_out=is_out)
        is_out = kind is MoveKind.OUT if kind in (MoveKind.OUT, MoveKind.BACK) else is_out
        moves.append(Move(touch, kind))
    return moves


def kind_of(touch: Touch, *, is_out: bool) -> MoveKind:
    """What a touch does to a device that is out, or is not."""
    if is_out:
        return MoveKind.BACK
    if touch.mode is ScanMode.IN:
        return MoveKind.STAYS
    return MoveKind.OUT if touch.person is not None else MoveKind.WAITS
