"""Institutions from a table and into one: first what a file would change, then all of it or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from medialab_hub.domain.events import Happened
from medialab_hub.domain.institution_sheet import HEADER, columns_of, completed, given_in, row_of, too_many
from medialab_hub.domain.institutions import Facts, Flaw, flaws_of
from medialab_hub.domain.tables_of_text import Sheet, Unreadable, read, write
from medialab_hub.domain.typed_words import folded
from medialab_hub.services import institutions
from medialab_hub.services.refusals import not_understood
from medialab_hub.storage import institutions as rows
from medialab_hub.storage.noun import Row
from medialab_hub.storage.session import Session
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text

CUT_OFF = not_understood(
    "file-cut-off", Text(de="Die Datei kam nicht ganz an: noch einmal senden.", en="The file was cut off: send again.")
)
_EVERY = 1_000_000
"""Institutions in one file that we write."""
Name = tuple[str, str]
"""Folded name and municipality, by which one without a number is found."""


@dataclass(frozen=True)
class Line:
    """What one row of the file does. `key` None: a new institution. With `flaws` it does nothing."""

    row: int
    facts: Facts
    before: Facts | None = None
    key: str | None = None
    flaws: Sequence[Flaw] = ()

    @property
    def action(self) -> str:
        """`new`, `change`, `same` or `refused`."""
        if self.flaws:
            return "refused"
        if self.before is None:
            return "new"
        return "same" if self.before == self.facts else "change"

    @property
    def changes(self) -> dict[str, tuple[str, str]]:
        """By field: what is there now, and then."""
        now = {} if self.before is None else vars(self.before)
        pairs = {name: (now.get(name, ""), value) for name, value in vars(self.facts).items()}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


@dataclass
class Known:
    """What there is already, to find what a row means; and which rows meant what."""

    numbers: dict[str, str]
    names: dict[Name, list[str]]
    facts: dict[str, Facts]
    meant: dict[str | Name, int]


def compared(session: Session, data: bytes) -> Row:
    """What the file would change. Raises `HubError` for a file that cannot be read."""
    sheet = _sheet(data)
    return _told(sheet, _lines(session, sheet), is_done=False)


def take(uow: UnitOfWork, data: bytes, actor: str) -> Row:
    """Change it, all or, with a row that is refused, nothing. Raises `HubError` for a file that cannot be read."""
    sheet = _sheet(data)
    lines = _lines(uow.session, sheet)
    if any(line.flaws for line in lines):
        return _told(sheet, lines, is_done=False)
    institutions.add_checked(uow, [line.facts for line in lines if line.key is None], actor)
    for line in lines:
        if line.key is not None and line.action == "change":
            given = {name: after for name, (_, after) in line.changes.items()}
            institutions.change(uow, line.key, None, actor, **given)
    told = _told(sheet, lines, is_done=True)
    uow.record(Happened.INSTITUTIONS_IMPORTED, "", actor, new=told["new"], change=told["change"], same=told["same"])
    return told


def exported(session: Session) -> bytes:
    """All that are not archived, as a table in our layout."""
    known = rows.search(session, (), _EVERY)
    return write(HEADER, (row_of(institutions.facts_of(one)) for one in known))


def _sheet(data: bytes) -> Sheet:
    try:
        sheet = read(data)
        columns_of(sheet.header)
    except Unreadable as error:
        raise not_understood("file-unreadable", error.text) from error
    return sheet


def _lines(session: Session, sheet: Sheet) -> list[Line]:
    known, columns = _known(session), columns_of(sheet.header)
    return [_line(known, columns, row, cells, len(sheet.header)) for row, cells in sheet.rows]


def _known(session: Session) -> Known:
    numbers: dict[str, str] = {}
    names: dict[Name, list[str]] = {}
    facts: dict[str, Facts] = {}
    for one in rows.every(session):
        facts[one.id] = institutions.facts_of(one)
        names.setdefault(_name(facts[one.id]), []).append(one.id)
        if one.school_number:
            numbers[one.school_number] = one.id
    return Known(numbers, names, facts, {})


def _line(known: Known, columns: Mapping[str, int], row: int, cells: Sequence[str], width: int) -> Line:
    given = given_in(cells, columns)
    found = institutions.tidied(completed(given))
    keys = _meant_by(known, found)
    before = known.facts[keys[0]] if len(keys) == 1 else None
    facts = found if before is None else institutions.tidied(replace(before, **given))
    flaws = [flaw for flaw in (too_many(cells, width), *flaws_of(facts), _unclear(keys)) if flaw is not None]
    if not flaws:
        first = known.meant.setdefault(keys[0] if before else facts.school_number or _name(facts), row)
        flaws = [] if first == row else [_twice(first)]
    return Line(row, facts, before, keys[0] if before else None, flaws=flaws)


def _meant_by(known: Known, facts: Facts) -> Sequence[str]:
    """By its number; else by name and place, unless the one of that name has another number."""
    if facts.school_number in known.numbers:
        return [known.numbers[facts.school_number]]
    named = known.names.get(_name(facts), [])
    if not facts.school_number:
        return named
    return [key for key in named if not known.facts[key].school_number]


def _name(facts: Facts) -> Name:
    return folded(facts.name), folded(facts.municipality)


def _unclear(keys: Sequence[str]) -> Flaw | None:
    if len(keys) < 2:
        return None
    text = Text(
        de="Mehrere Einrichtungen heißen dort so: Schulnummer angeben oder eine umbenennen.",
        en="Several institutions there have this name: give the school number, or rename one.",
    )
    return Flaw("name", text)


def _twice(first: int) -> Flaw:
    text = Text(
        de=f"Diese Einrichtung steht schon in Zeile {first}: eine der beiden löschen.",
        en=f"This institution is in line {first} already: delete one of both.",
    )
    return Flaw("", text)


def _told(sheet: Sheet, lines: Sequence[Line], *, is_done: bool) -> Row:
    actions = [line.action for line in lines]
    counts = {action: actions.count(action) for action in ("new", "change", "same", "refused")}
    return {
        "is_done": is_done,
        "encoding": sheet.encoding,
        "separator": sheet.separator,
        **counts,
        "rows": [_told_of(line) for line in lines if line.action != "same"],
    }


def _told_of(line: Line) -> Row:
    return {
        "row": line.row,
        "action": line.action,
        "name": line.facts.name,
        "institution": line.key,
        "fields": line.changes,
        "flaws": [{"field": flaw.field, "text": flaw.text.model_dump()} for flaw in line.flaws],
    }
