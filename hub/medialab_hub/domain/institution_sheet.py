"""Our layout of a table of institutions: its columns in German and English, and what a row says."""

from collections.abc import Mapping, Sequence

from medialab_hub.domain.institutions import KINDS, SCHOOL_FORMS, Facts, Flaw, InstitutionKind
from medialab_hub.domain.tables_of_text import Unreadable
from medialab_hub.domain.typed_words import folded, tidy
from medialab_wire.texts import Text

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("Name", "Einrichtung", "Schulname"),
    "kind": ("Art", "Kind"),
    "school_number": ("Schulnummer", "School number", "SchulNr"),
    "school_form": ("Schulform", "School form"),
    "municipality": ("Gemeinde", "Municipality", "Ort"),
    "municipality_key": ("Gemeindeschlüssel", "AGS", "Municipality key"),
    "street": ("Straße", "Street", "Anschrift"),
    "postal_code": ("Postleitzahl", "PLZ", "Postal code"),
}
"""By the field of `Facts`; the first name is the one we write, all are understood, and so is the field itself."""
HEADER = tuple(names[0] for names in COLUMNS.values())
_ZEROS = {"municipality_key": 8, "postal_code": 5}
"""Excel drops the zero in front of these numbers; a single missing digit is that zero."""


def _spelt(words: Mapping[str, Text]) -> dict[str, str]:
    return {folded(name): key for key, text in words.items() for name in (key, text.de, text.en)}


_KINDS = _spelt({str(key): text for key, text in KINDS.items()})
_FORMS = _spelt(SCHOOL_FORMS)


def columns_of(header: Sequence[str]) -> dict[str, int]:
    """Where each field is. Raises `Unreadable` without a name, or when a field is there twice."""
    spelt = {folded(name): field for field, names in COLUMNS.items() for name in (*names, field)}
    found: dict[str, int] = {}
    for place, name in enumerate(header):
        field = spelt.get(folded(tidy(name)))
        if field in found:
            text = COLUMNS[field][0]
            raise Unreadable(Text(de=f"Die Spalte „{text}“ gibt es zweimal.", en=f"There are two columns “{text}”."))
        if field is not None:
            found[field] = place
    if "name" not in found:
        known = ", ".join(HEADER)
        raise Unreadable(
            Text(
                de=f"In der ersten Zeile müssen die Namen der Spalten stehen: {known}. „Name“ fehlt.",
                en=f"The first line has to name the columns: {known}. “Name” is missing.",
            )
        )
    return found


def given_in(cells: Sequence[str], columns: Mapping[str, int]) -> dict[str, str]:
    """What the row says, by field; an empty cell says nothing."""
    said = {field: tidy(cells[place]) for field, place in columns.items() if place < len(cells)}
    given = {field: value for field, value in said.items() if value}
    for field, length in _ZEROS.items():
        number = given.get(field, "")
        if number.isascii() and number.isdigit() and len(number) == length - 1:
            given[field] = f"0{number}"
    if "kind" in given:
        given["kind"] = _KINDS.get(folded(given["kind"]), given["kind"])
    if "school_form" in given:
        given["school_form"] = _FORMS.get(folded(given["school_form"]), given["school_form"])
    return given


def too_many(cells: Sequence[str], columns: int) -> Flaw | None:
    """More cells than columns: some text has a separator in it and no quotation marks."""
    if not any(cell.strip() for cell in cells[columns:]):
        return None
    text = Text(
        de="Mehr Felder als Spalten: Text mit Trennzeichen in Anführungszeichen setzen.",
        en="More cells than columns: put text with a separator into quotation marks.",
    )
    return Flaw("", text)


def completed(given: Mapping[str, str]) -> Facts:
    """A new institution; who has a school number or form is a school."""
    is_school = "school_number" in given or "school_form" in given
    return Facts(**{"name": "", "kind": InstitutionKind.SCHOOL.value if is_school else "", **given})


def row_of(facts: Facts) -> list[str]:
    """As it is written, in the order of `HEADER`."""
    words = {
        "kind": {str(key): text.de for key, text in KINDS.items()}.get(facts.kind, facts.kind),
        "school_form": SCHOOL_FORMS[facts.school_form].de if facts.school_form in SCHOOL_FORMS else facts.school_form,
    }
    return [words.get(field, getattr(facts, field)) for field in COLUMNS]
