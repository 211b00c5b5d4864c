"""Tables of devices, our own and those of Snipe-IT: which column says what, and what a row says.

Columns of Snipe-IT: resources/lang/{en,de}/admin/hardware, app/Presenters/AssetPresenter.php and sample_csvs of
https://github.com/grokability/snipe-it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import unescape

from medialab_hub.domain.institutions import Flaw
from medialab_hub.domain.tables_of_text import Unreadable
from medialab_hub.domain.typed_words import folded, has_hidden, tidy
from medialab_wire.texts import Text

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "tag": ("Inventarnummer", "Asset Tag", "Asset ID", "Etikett"),
    "name": ("Name", "Asset Name", "Item Name", "Gerät", "Bezeichnung"),
    "model": ("Modell", "Model", "Model Name"),
    "device_class": ("Gerätetyp", "Device type"),
    "serial": ("Seriennummer", "Serial", "Serial number"),
    "location": ("Raum", "Location", "Standort", "Ort"),
    "kit": ("Koffer", "Kit"),
    "price": ("Preis", "Purchase Cost", "Cost", "Kaufpreis", "Kosten"),
    "bought_on": ("Kaufdatum", "Purchase Date", "Purchased", "Anschaffungsdatum"),
    "warranty_until": ("Garantie bis", "Warranty Expires", "Garantie Ablaufdatum"),
    "supplier": ("Lieferant", "Supplier"),
    "cost_center": ("Kostenstelle", "Cost centre", "Cost center"),
    "programme": ("Förderprogramm", "Funding programme"),
    "bound_until": ("Zweckbindung bis", "Bound until"),
}
"""By field; the first name is the one we write, all are understood, and so is the field itself."""
PEOPLE: Mapping[str, tuple[str, ...]] = {
    "given_name": ("Checked Out To: First Name",),
    "family_name": ("Checked Out To: Last Name",),
    "email": ("Checked Out To: Email",),
}
"""Columns about people; nothing of them is taken unless somebody asks for it."""
_ALSO_PEOPLE = ("Checked Out To", "Checked Out To: Username", "Employee No.", "Employee Number", "Herausgegeben an")
_ONLY_SNIPE = ("Asset Tag", "Asset ID", "Asset Name", "Checked Out To", "Checkout Type", "Herausgegeben an")
HEADER = tuple(names[0] for names in COLUMNS.values())
LONGEST = {"tag": 40, "name": 80, "model": 80, "location": 80, "kit": 80}
"""Characters; of others 120."""
DATES, PRICES = ("bought_on", "warranty_until", "bound_until"), ("price",)
_MARKUP = re.compile(r"<[^<>]*>")
_FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%Y-%m-%d %H:%M:%S", "%a %b %d, %Y", "%b %d, %Y", "%d %b %Y")
_AMOUNT = re.compile(r"[0-9]{1,8}(?:[.,][0-9]{1,2})?")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:([.,' ])[0-9]{3})(?:\1[0-9]{3})*(?:[.,][0-9]{1,2})?")


@dataclass(frozen=True)
class Layout:
    """Where each field is. `ignored`: names of columns that are not taken; `people`: those about people."""

    is_snipe: bool
    fields: Mapping[str, int]
    people: Mapping[str, int]
    people_columns: Sequence[str]
    ignored: Sequence[str]


@dataclass(frozen=True)
class Said:
    """What a row says, by field, in one spelling: days as ISO 8601, prices with two decimals; empty cells none."""

    given: Mapping[str, str]
    person: Mapping[str, str]
    flaws: Sequence[Flaw]


def layout_of(header: Sequence[str]) -> Layout:
    """Raises `Unreadable` without a column for the inventory number, or when a field is there twice."""
    names = [folded(tidy(name)) for name in header]
    fields = _found(names, COLUMNS)
    if "tag" not in fields:
        known = ", ".join(HEADER)
        raise Unreadable(
            Text(
                de=f"In der ersten Zeile müssen die Namen der Spalten stehen: {known}. „Inventarnummer“ (in Snipe-IT "
                "„Asset Tag“) fehlt.",
                en=f"The first line has to name the columns: {known}. “Inventarnummer” (in Snipe-IT “Asset Tag”) is "
                "missing.",
            )
        )
    people = _found(names, PEOPLE)
    about = {folded(name) for group in (*PEOPLE.values(), _ALSO_PEOPLE) for name in group}
    taken = {*fields.values(), *people.values()}
    return Layout(
        is_snipe=any(folded(name) in names for name in _ONLY_SNIPE),
        fields=fields,
        people=people,
        people_columns=[tidy(name) for name, key in zip(header, names, strict=True) if key in about],
        ignored=[tidy(name) for place, name in enumerate(header) if place not in taken and names[place] not in about],
    )


def said_in(cells: Sequence[str], layout: Layout, width: int) -> Said:
    """What the row says, and what is wrong with it."""
    raw = {field: _cell(cells, place) for field, place in layout.fields.items()}
    given: dict[str, str] = {}
    flaws = [] if not any(cell.strip() for cell in cells[width:]) else [_TOO_MANY]
    for field, typed in raw.items():
        value, flaw = _read(field, typed)
        if flaw is not None:
            flaws.append(flaw)
        elif value:
            given[field] = value
    if not raw.get("tag"):
        flaws.append(Flaw("tag", Text(de="Die Inventarnummer fehlt.", en="The inventory number is missing.")))
    return Said(given, {field: _cell(cells, place) for field, place in layout.people.items()}, flaws)


def day(typed: str) -> str | None:
    """A day as ISO 8601; None when it is none, or may be two different ones (02/03/2026)."""
    for form in _FORMATS if typed.isascii() else ():
        try:
            found = datetime.strptime(typed, form).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
        return found.isoformat() if date(1950, 1, 1) <= found <= date(2150, 1, 1) else None
    return None


def price(typed: str) -> str | None:
    """An amount with two decimals, `1.234,50 €` as well as `1,234.50`; None when it is none, or may be two (1.234)."""
    plain = typed.replace("\u00a0", " ").replace("€", "").replace("EUR", "").strip()
    if _THOUSANDS.fullmatch(plain):
        if re.fullmatch(r"\d{1,3}[.,]\d{3}", plain):
            return None
        mark = re.sub(r"\d", "", plain)[0]
        plain = plain.replace(mark, "")
    if _AMOUNT.fullmatch(plain) is None:
        return None
    whole, _, rest = plain.replace(",", ".").partition(".")
    return f"{int(whole)}.{rest.ljust(2, '0')}"


def _found(names: Sequence[str], columns: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    spelt = {folded(name): field for field, all_names in columns.items() for name in (*all_names, field)}
    found: dict[str, int] = {}
    for place, name in enumerate(names):
        field = spelt.get(name)
        if field in found:
            text = columns[field][0]
            raise Unreadable(Text(de=f"Die Spalte „{text}“ gibt es zweimal.", en=f"There are two columns “{text}”."))
        if field is not None:
            found[field] = place
    return found


def _cell(cells: Sequence[str], place: int) -> str:
    """Without the markup that some exports of Snipe-IT have in their cells."""
    typed = cells[place] if place < len(cells) else ""
    return tidy(unescape(_MARKUP.sub(" ", typed))) if "<" in typed or "&" in typed else tidy(typed)


def _read(field: str, typed: str) -> tuple[str, Flaw | None]:
    if not typed:
        return "", None
    most = LONGEST.get(field, 120)
    if len(typed) > most or has_hidden(typed):
        text = Text(de=f"Höchstens {most} sichtbare Zeichen.", en=f"At most {most} characters that can be seen.")
        return "", Flaw(field, text)
    readers: Mapping[str, Callable[[str], str | None]] = {**dict.fromkeys(DATES, day), **dict.fromkeys(PRICES, price)}
    value = readers[field](typed) if field in readers else typed
    if value is None:
        return "", Flaw(field, _NO_DAY if field in DATES else _NO_PRICE)
    return value, None


_NO_DAY = Text(de="Das ist kein eindeutiger Tag: 31.12.2026 schreiben.", en="No clear day: write 2026-12-31.")
_NO_PRICE = Text(de="Das ist kein eindeutiger Betrag: 1234,50 schreiben.", en="No clear amount: write 1234.50.")
_TOO_MANY = Flaw(
    "",
    Text(
        de="In dieser Zeile stehen mehr Felder, als es Spalten gibt. Fehlt ein Anführungszeichen?",
        en="There are more cells in this line than columns. Is a quotation mark missing?",
    ),
)
