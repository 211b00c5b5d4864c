"""What an export of everything holds, for whom, and the page that explains it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

SECRET_TABLES = {
    "login_session": "who is signed in",
    "first_admin_link": "a key",
    "entered_access": "sealed for one computer: nobody else can read it",
    "photo_bytes": "pictures; their table is in the export, themselves are in the backup",
    "damage_photo_bytes": "pictures; their table is in the export, themselves are in the backup",
}
"""Tables nobody gets, and why."""
SECRET_COLUMNS = frozenset({"password_hash", "secret_hash", "csrf", "sealed", "seal_key"})
PEOPLE_TABLES = frozenset({"person", "membership", "user_account"})
"""Only for administrators who ask for them."""


@dataclass(frozen=True)
class TableFacts:
    """A table; `typed`: the columns in which people write what they like."""

    name: str
    columns: Sequence[str]
    typed: frozenset[str]


@dataclass(frozen=True)
class Part:
    """A table of an export, and its columns."""

    name: str
    columns: Sequence[str]


def parts_of(tables: Iterable[TableFacts], *, people: bool) -> list[Part]:
    """What goes in: without people neither them nor what somebody wrote, for that may be about people."""
    found = []
    for table in tables:
        if table.name in SECRET_TABLES or (table.name in PEOPLE_TABLES and not people):
            continue
        hidden = SECRET_COLUMNS if people else SECRET_COLUMNS | table.typed
        found.append(Part(table.name, [name for name in table.columns if name not in hidden]))
    return found


def readme(centre: str, version: str, made: datetime, counts: Mapping[str, int], *, people: bool) -> str:
    """The page inside, German first."""
    files = "\n".join(f"  {name}: {count}" for name, count in counts.items())
    with_de = "mit Personen und Freitexten" if people else "ohne Personen und ohne Freitexte"
    with_en = "with people and free texts" if people else "without people and without free texts"
    return f"""{centre}: alle Daten ({with_de})
{made:%Y-%m-%d %H:%M} UTC, MediaLab Hub {version}

Jede Tabelle liegt zweimal vor:
  tabellen/<Name>.csv   für Excel und LibreOffice (UTF-8, Semikolon). Was eine Formel wäre, hat ein ' davor.
  zeilen/<Name>.jsonl   für Programme: eine Zeile JSON je Datensatz, unverändert.
Zeiten sind UTC. Spalten, die auf _id enden, zeigen auf die Spalte id einer anderen Tabelle.
Nicht dabei: Passwörter, Schlüssel, eingegebene Zugänge und die Bilder selbst. Die liegen in der Datensicherung.
{"Diese Datei enthält Daten von Personen. Nur so lange aufheben wie nötig." if people else ""}

--------------------------------------------------------------------------------

{centre}: all data ({with_en})
{made:%Y-%m-%d %H:%M} UTC, MediaLab Hub {version}

Each table is there twice:
  tabellen/<name>.csv   for Excel and LibreOffice (UTF-8, semicolon). What would be a formula has a ' in front.
  zeilen/<name>.jsonl   for programs: one line of JSON for each row, unchanged.
Times are UTC. Columns that end in _id point at the column id of another table.
Not inside: passwords, keys, entered access and the pictures themselves. These are in the backup.
{"This file holds data of people. Keep it only as long as you need it." if people else ""}

Zeilen / rows
{files}
"""
