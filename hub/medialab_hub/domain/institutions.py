"""Who borrows as an institution: its kinds, the forms of schools in NRW, and what its numbers look like."""

import re
from dataclasses import dataclass
from enum import StrEnum

from medialab_hub.domain.typed_words import has_hidden
from medialab_wire.texts import Text


class InstitutionKind(StrEnum):
    """What an institution is."""

    SCHOOL = "school"
    DAYCARE = "daycare"
    YOUTH = "youth"
    AUTHORITY = "authority"
    ASSOCIATION = "association"
    OTHER = "other"


KINDS: dict[InstitutionKind, Text] = {
    InstitutionKind.SCHOOL: Text(de="Schule", en="School"),
    InstitutionKind.DAYCARE: Text(de="Kita", en="Daycare centre"),
    InstitutionKind.YOUTH: Text(de="Jugendhilfe", en="Youth work"),
    InstitutionKind.AUTHORITY: Text(de="Behörde", en="Authority"),
    InstitutionKind.ASSOCIATION: Text(de="Verein", en="Association"),
    InstitutionKind.OTHER: Text(de="Sonstige", en="Other"),
}

SCHOOL_FORMS: dict[str, Text] = {
    "grundschule": Text(de="Grundschule", en="Primary school"),
    "hauptschule": Text(de="Hauptschule", en="Lower secondary school (Hauptschule)"),
    "realschule": Text(de="Realschule", en="Intermediate secondary school (Realschule)"),
    "sekundarschule": Text(de="Sekundarschule", en="Secondary school (Sekundarschule)"),
    "gesamtschule": Text(de="Gesamtschule", en="Comprehensive school"),
    "gemeinschaftsschule": Text(de="Gemeinschaftsschule", en="Community school"),
    "primus": Text(de="PRIMUS-Schule", en="PRIMUS school, years 1 to 10"),
    "gymnasium": Text(de="Gymnasium", en="Grammar school (Gymnasium)"),
    "waldorf": Text(de="Freie Waldorfschule", en="Waldorf school"),
    "foerderschule": Text(de="Förderschule", en="Special school"),
    "klinikschule": Text(de="Klinikschule", en="Hospital school"),
    "berufskolleg": Text(de="Berufskolleg", en="Vocational college"),
    "foerderberufskolleg": Text(de="Förderberufskolleg", en="Special vocational college"),
    "weiterbildungskolleg": Text(de="Weiterbildungskolleg", en="Adult education college"),
}
"""Schulformen of SchulG NRW §§ 11 to 24 and of its trials, by the word that is stored."""

LONGEST = {"name": 120, "municipality": 80, "street": 120}
"""Characters of what people type freely."""
_NUMBERS = {
    "school_number": (
        re.compile(r"[0-9]{6}"),
        Text(
            de="Eine Schulnummer in NRW hat genau sechs Ziffern, zum Beispiel 123456.",
            en="A school number in NRW has exactly six digits, for example 123456.",
        ),
    ),
    "municipality_key": (
        re.compile(r"[0-9]{8}"),
        Text(
            de="Der Gemeindeschlüssel hat genau acht Ziffern, zum Beispiel 05515000.",
            en="The municipality key (AGS) has exactly eight digits, for example 05515000.",
        ),
    ),
    "postal_code": (
        re.compile(r"[0-9]{5}"),
        Text(de="Eine Postleitzahl hat genau fünf Ziffern.", en="A postal code has exactly five digits."),
    ),
}


@dataclass(frozen=True)
class Facts:
    """What is known of an institution; see `Institution`. Empty: not known."""

    name: str
    kind: str
    school_number: str = ""
    school_form: str = ""
    municipality: str = ""
    municipality_key: str = ""
    street: str = ""
    postal_code: str = ""


@dataclass(frozen=True)
class Flaw:
    """What is wrong with one field, and what to do about it."""

    field: str
    text: Text


def flaws_of(facts: Facts) -> list[Flaw]:
    """Everything that is wrong with it, field by field; empty when it can be kept."""
    found = [_flaw_of_text(field, getattr(facts, field), most) for field, most in LONGEST.items()]
    if not facts.name:
        found.append(Flaw("name", Text(de="Der Name fehlt.", en="The name is missing.")))
    if facts.kind not in set(InstitutionKind):
        found.append(Flaw("kind", Text(de=f"Art angeben: {_words('de')}.", en=f"Say what it is: {_words('en')}.")))
    for field, (pattern, text) in _NUMBERS.items():
        value = getattr(facts, field)
        if value and pattern.fullmatch(value) is None:
            found.append(Flaw(field, text))
    return [flaw for flaw in (*found, *_flaws_of_school(facts)) if flaw is not None]


def _words(language: str) -> str:
    return ", ".join(getattr(text, language) for text in KINDS.values())


def _flaw_of_text(field: str, value: str, most: int) -> Flaw | None:
    if len(value) > most:
        return Flaw(field, Text(de=f"Höchstens {most} Zeichen.", en=f"At most {most} characters."))
    if has_hidden(value):
        return Flaw(field, Text(de="Nur sichtbare Zeichen.", en="Only characters that can be seen."))
    return None


def _flaws_of_school(facts: Facts) -> list[Flaw]:
    if facts.school_form and facts.school_form not in SCHOOL_FORMS:
        text = Text(de="Diese Schulform gibt es in NRW nicht.", en="There is no such form of school in NRW.")
        return [Flaw("school_form", text)]
    if facts.kind == InstitutionKind.SCHOOL:
        return []
    text = Text(
        de="Nur eine Schule hat Schulnummer und Schulform: Art ändern oder leer lassen.",
        en="Only a school has a school number and a form: change what it is, or leave it empty.",
    )
    return [Flaw(field, text) for field in ("school_number", "school_form") if getattr(facts, field)]
