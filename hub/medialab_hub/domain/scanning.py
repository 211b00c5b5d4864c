"""What a pile of scans means: a function of the set of events, so that no order of arrival can change it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

SAME_SCAN = timedelta(seconds=10)
"""The same code within this time in one session is one scan: scanners beep twice."""

ASKS_FOR = timedelta(minutes=30)
"""So long a case that is not complete takes the scan of a member as "it is inside", and not as a hand-over."""

EARLIEST, LATEST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""Clocks that are wrong by more are brought to these bounds; an event is never refused for its clock."""


class ScanMode(StrEnum):
    """What a scan of a device does. `out`: it goes to the person, or comes back if it was out; `in`: it comes back;
    `count`: it is counted."""

    OUT = "out"
    IN = "in"
    COUNT = "count"


class EventKind(StrEnum):
    """A scanned or typed text; the undoing of another event; a person chosen by search; a device that somebody sees
    in its case; one without which its case goes."""

    SCAN = "scan"
    UNDO = "undo"
    PERSON = "person"
    TICK = "tick"
    WITHOUT = "without"


_MARKS = frozenset({EventKind.TICK, EventKind.WITHOUT})


class CodeNoun(StrEnum):
    """What a label can be on."""

    DEVICE = "device"
    KIT = "kit"
    PLACE = "place"
    PERSON = "person"


class MoveKind(StrEnum):
    """What became of a touched device. `waits`: for a person, or for the rest of its case; `stays`: nothing.

    Of a case: `asked`, nobody has seen it inside yet; `missing`, it is out and did not come back with the case;
    `left`, the case goes without it; `along`, it was handed out by a scan of its own before."""

    OUT = "out"
    BACK = "back"
    WAITS = "waits"
    STAYS = "stays"
    ASKED = "asked"
    MISSING = "missing"
    LEFT = "left"
    ALONG = "along"


class Found(StrEnum):
    """Whether a member is in its case, as far as anybody knows."""

    INSIDE = "inside"
    ASKED = "asked"
    LEFT = "left"


@dataclass(frozen=True, slots=True, order=True)
class ScanEvent:
    """Sorted by its moment, then client and sequence. `about`: the undone event; the chosen person; the ticked
    device."""

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
    """What a code is on; a kit is its devices, of which some were `seen` to be there when it was scanned."""

    noun: CodeNoun
    id: str
    devices: tuple[str, ...] = ()
    seen: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Touch:
    """A device that was scanned, by itself or with its kit; `person` takes it, when it goes out."""

    event: ScanEvent
    session: str
    mode: ScanMode
    device: str
    person: str | None = None
    kit: str | None = None
    """The case that was scanned; None: the device itself was."""
    found: Found = Found.INSIDE


@dataclass
class _Case:
    """A scanned case, and what is known of its members."""

    event: ScanEvent
    meaning: Meaning
    inside: set[str]
    left: set[str] = field(default_factory=set)

    def mark(self, device: str, kind: EventKind) -> None:
        """The last word counts."""
        self.left.discard(device)
        self.inside.discard(device)
        (self.left if kind is EventKind.WITHOUT else self.inside).add(device)

    def asks(self, event: ScanEvent) -> bool:
        """True when a scan at that moment can say that a member is inside."""
        is_complete = self.inside | self.left >= set(self.meaning.devices)
        return not is_complete and event.at - self.event.at < ASKS_FOR

    def found(self, device: str) -> Found:
        """Of a member."""
        if device in self.left:
            return Found.LEFT
        return Found.INSIDE if device in self.inside else Found.ASKED


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
    cases, spent = _cases(known, _seen(first_of, meanings))
    touches = [
        Touch(event, session, mode, device, person, meaning.id if case else None, _found(case, device))
        for event, meaning in known
        if event.id not in spent
        for case, person in [(cases.get(event.id), _taker(event, people) if mode is ScanMode.OUT else None)]
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
        said = event.id if event.kind in _MARKS else meanings.get(event.id) or event.text or event.id
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


def _seen(first_of: Mapping[str, str], meanings: Mapping[str, Meaning]) -> dict[str, set[str]]:
    """Members that were seen at a scan of their case or a repetition of it."""
    seen: dict[str, set[str]] = {}
    for key, first in first_of.items():
        seen.setdefault(first, set()).update(meanings[key].seen if key in meanings else ())
    return seen


def _cases(
    known: Iterable[tuple[ScanEvent, Meaning]], seen: Mapping[str, set[str]]
) -> tuple[dict[str, _Case], set[str]]:
    """The scanned cases by event, and the events that say something about a case and touch nothing themselves.

    Who scans a case again while it asks for members has it looked at again. What was scanned by itself shortly before
    its case is inside, too."""
    cases: dict[str, _Case] = {}
    spent: set[str] = set()
    early: list[tuple[ScanEvent, str]] = []
    for event, meaning in known:
        if meaning.noun is CodeNoun.KIT:
            asking = _asking(cases, event, meaning)
            if asking is None:
                cases[event.id] = _new_case(event, meaning, seen[event.id], early)
            else:
                asking.inside |= seen[event.id] - asking.left
                spent.add(event.id)
        elif meaning.noun is CodeNoun.DEVICE:
            of_it = next((one for one in reversed(list(cases.values())) if meaning.id in one.meaning.devices), None)
            is_mark = event.kind is not EventKind.SCAN
            if is_mark or (of_it is not None and of_it.asks(event)):
                spent.add(event.id)
            if of_it is not None and event.id in spent:
                of_it.mark(meaning.id, event.kind)
            elif of_it is None:
                early.append((event, meaning.id))
    return cases, spent


def _new_case(event: ScanEvent, meaning: Meaning, seen: set[str], early: Iterable[tuple[ScanEvent, str]]) -> _Case:
    case = _Case(event, meaning, seen & set(meaning.devices))
    for mark, device in early:
        if device in meaning.devices and event.at - mark.at < ASKS_FOR:
            case.mark(device, mark.kind)
    return case


def _asking(cases: Mapping[str, _Case], event: ScanEvent, meaning: Meaning) -> _Case | None:
    of_it = [one for one in cases.values() if one.meaning.id == meaning.id]
    latest = of_it[-1] if of_it else None
    if latest is None or event.is_fact or latest.event.is_fact or not latest.asks(event):
        return None
    return latest


def _found(case: _Case | None, device: str) -> Found:
    return Found.INSIDE if case is None else case.found(device)
