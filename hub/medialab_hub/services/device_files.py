"""Devices from a table: first line by line what would happen, then exactly that, for exactly that file."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import orjson

from medialab_hub.catalogue.loader import shipped
from medialab_hub.domain.device_sheet import HEADER, Layout, Said, layout_of, said_in
from medialab_hub.domain.events import Happened
from medialab_hub.domain.institutions import Flaw
from medialab_hub.domain.tables_of_text import Sheet, Unreadable, read, write
from medialab_hub.domain.typed_words import folded
from medialab_hub.errors import Conflict
from medialab_hub.services import device_file_changes
from medialab_hub.services.refusals import not_understood
from medialab_hub.storage import device_files as rows
from medialab_hub.storage.device_files import Listed
from medialab_hub.storage.noun import Row
from medialab_hub.storage.session import Session
from medialab_hub.storage.unit_of_work import UnitOfWork
from medialab_wire.texts import Text

MOST = 2000
"""Devices in one file: the writer is needed by others, too."""
LONGEST_NOTE, MOST_COLUMNS = 20_000, 250
"""Snipe-IT exports notes and columns that people made."""


@dataclass(frozen=True)
class Line:
    """What one row of the file does; `device` None: a new one. With `flaws` it does nothing."""

    row: int
    said: Said
    before: Mapping[str, str] = field(default_factory=dict)
    device: str | None = None
    version: int = 0
    flaws: Sequence[Flaw] = ()

    @property
    def action(self) -> str:
        """`new`, `change`, `same` or `refused`."""
        if self.flaws:
            return "refused"
        if self.device is None:
            return "new"
        return "change" if self.changes else "same"

    @property
    def changes(self) -> dict[str, tuple[str, str]]:
        """By field: what is there now, and then."""
        pairs = {name: (self.before.get(name, ""), value) for name, value in self.said.given.items()}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


@dataclass
class Known:
    """What there is already, and which rows meant what."""

    tags: dict[str, Listed]
    serials: dict[str, dict[str, str]]
    """Folded: as it is shown, by device."""
    classes: dict[str, str]
    meant: dict[tuple[str, str], int] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """A file that was understood."""

    sheet: Sheet
    layout: Layout
    lines: Sequence[Line]
    new_people: Sequence[Mapping[str, str]]
    seen: str
    """Stands for the file and for everything it would change."""


def compared(session: Session, data: bytes, *, people: bool) -> Row:
    """What the file would change. Raises `HubError` for a file that cannot be read."""
    return _told(_read(session, data, people=people), is_done=False)


def take(uow: UnitOfWork, data: bytes, seen: str, actor: str, *, people: bool) -> Row:
    """Change it as it was shown, but for lines that are refused. Raises `Conflict` when it would be anything else."""
    reading = _read(uow.session, data, people=people)
    if reading.seen != seen:
        raise Conflict(
            "not-as-seen",
            Text(
                de="Die Datei oder der Bestand hat sich seit der Vorschau geändert.",
                en="The file or the inventory has changed since the preview.",
            ),
            Text(de="Die Vorschau neu ansehen, dann übernehmen.", en="Look at the preview again, then take it over."),
        )
    device_file_changes.apply(uow, [line for line in reading.lines if line.action in ("new", "change")], actor)
    device_file_changes.add_people(uow, reading.new_people, actor)
    told = _told(reading, is_done=True)
    counts = {name: told[name] for name in ("new", "change", "same", "refused", "people")}
    uow.record(Happened.DEVICES_IMPORTED, "", actor, **counts)
    return told


def exported(session: Session) -> bytes:
    """The inventory as a table in our layout; it can be imported again."""
    serials: dict[str, str] = {device: shown for _, shown, device in rows.serials(session)}
    found = (facts_of(one, serials.get(one.id, "")) for one in rows.listed(session) if one.retired_at is None)
    return write(HEADER, (list(facts.values()) for facts in found))


def facts_of(one: Listed, serial: str) -> dict[str, str]:
    """A device as a row says it, in the order of the columns."""
    cents = one.price_cents
    return {
        "tag": one.tag or "",
        "name": one.name,
        "model": one.model or "",
        "device_class": one.device_class or "",
        "serial": serial,
        "location": one.location or "",
        "kit": one.kit or "",
        "price": "" if cents is None else f"{cents // 100}.{cents % 100:02}",
        "bought_on": _iso(one.bought_on),
        "warranty_until": _iso(one.warranty_until),
        "supplier": one.supplier or "",
        "cost_center": one.cost_center or "",
        "programme": one.programme or "",
        "bound_until": _iso(one.bound_until),
    }


def _iso(value: object) -> str:
    return "" if value is None else str(value)


def _read(session: Session, data: bytes, *, people: bool) -> Reading:
    try:
        sheet = read(data, most_columns=MOST_COLUMNS, longest=LONGEST_NOTE)
        layout = layout_of(sheet.header)
    except Unreadable as error:
        raise not_understood("file-unreadable", error.text) from error
    if len(sheet.rows) > MOST:
        text = Text(de=f"Höchstens {MOST} Geräte in einer Datei: aufteilen.", en=f"At most {MOST} devices: split it.")
        raise not_understood("file-too-long", text)
    known = _known(session)
    lines = [_line(known, said_in(cells, layout, len(sheet.header)), row) for row, cells in sheet.rows]
    new_people = _new_people(session, lines) if people else []
    rows_told = [_told_of(line) for line in lines]
    digest = hashlib.sha256(data + orjson.dumps([rows_told, list(new_people)]))
    return Reading(sheet, layout, lines, new_people, digest.hexdigest())


def _known(session: Session) -> Known:
    serials: dict[str, dict[str, str]] = {}
    for value, shown, device in rows.serials(session):
        serials.setdefault(value, {})[device] = shown
    tags = {folded(one.tag): one for one in rows.listed(session) if one.tag}
    classes = {folded(name): key for key, one in shipped().classes.items() for name in (key, one.name.de, one.name.en)}
    return Known(tags, serials, classes)


def _line(known: Known, said: Said, row: int) -> Line:
    given, flaws = dict(said.given), list(said.flaws)
    if "device_class" in given:
        found_class = known.classes.get(folded(given["device_class"]))
        if found_class is None:
            flaws.append(Flaw("device_class", _NO_CLASS))
        else:
            given["device_class"] = found_class
    serial = given.get("serial", "").casefold()
    one = known.tags.get(folded(given.get("tag", "")))
    if one is not None:
        given["tag"] = one.tag or ""
        flaws += [_RETIRED] if one.retired_at is not None else []
    elif "name" not in given and "tag" in given:
        given["name"] = f"{given.get('model', '')} {given['tag']}".strip()[:80]
    flaws += _serial_flaws(known, serial, one)
    for kind, value in (("tag", folded(given.get("tag", ""))), ("serial", serial)):
        first = known.meant.setdefault((kind, value), row) if value else row
        flaws += [] if first == row else [_twice(kind, first)]
    shown = known.serials.get(serial, {}).get(one.id, "") if one is not None else ""
    before = {} if one is None else facts_of(one, given.get("serial", "") if shown else "")
    told = Said(given, said.person, ())
    return Line(row, told, before, None if one is None else one.id, 0 if one is None else one.version, flaws)


def _serial_flaws(known: Known, serial: str, one: Listed | None) -> list[Flaw]:
    holders = known.serials.get(serial, {}) if serial else {}
    return [_SERIAL_TAKEN] if holders and (one is None or one.id not in holders) else []


def _new_people(session: Session, lines: Sequence[Line]) -> list[Mapping[str, str]]:
    """Those with an address that nobody has yet, once each."""
    said = {line.said.person.get("email", "").lower(): line.said.person for line in lines if not line.flaws}
    wanted = {email: person for email, person in said.items() if email and person.get("family_name")}
    known = rows.known_addresses(session, wanted)
    return [person for email, person in wanted.items() if email not in known]


def _told(reading: Reading, *, is_done: bool) -> Row:
    actions = [line.action for line in reading.lines]
    return {
        "is_done": is_done,
        "layout": "snipe-it" if reading.layout.is_snipe else "own",
        "encoding": reading.sheet.encoding,
        "separator": reading.sheet.separator,
        "ignored": reading.layout.ignored,
        "people_columns": reading.layout.people_columns,
        **{action: actions.count(action) for action in ("new", "change", "same", "refused")},
        "people": len(reading.new_people),
        "seen": reading.seen,
        "rows": [_told_of(line) for line in reading.lines if line.action != "same"],
    }


def _told_of(line: Line) -> Row:
    return {
        "row": line.row,
        "action": line.action,
        "tag": line.said.given.get("tag", ""),
        "name": line.said.given.get("name") or line.before.get("name", ""),
        "device": line.device,
        "fields": line.changes,
        "flaws": [{"field": flaw.field, "text": flaw.text.model_dump()} for flaw in line.flaws],
    }


def _twice(kind: str, first: int) -> Flaw:
    text = Text(
        de=f"Das steht schon in Zeile {first}: eine der beiden löschen oder berichtigen.",
        en=f"This is in line {first} already: delete or correct one of both.",
    )
    return Flaw(kind, text)


_NO_CLASS = Text(
    de="Diesen Gerätetyp kennt der Katalog nicht. Die Spalte leer lassen, dann geht es auch.",
    en="The catalogue does not know this device type. Leave the cell empty, that works, too.",
)
_RETIRED = Flaw(
    "tag",
    Text(
        de="Das Gerät mit dieser Inventarnummer ist ausgemustert.",
        en="The device with this inventory number is retired.",
    ),
)
_SERIAL_TAKEN = Flaw(
    "serial",
    Text(
        de="Ein anderes Gerät hat diese Seriennummer schon: dort die Inventarnummer eintragen.",
        en="Another device has this serial number already: enter the inventory number there.",
    ),
)
