"""Tables as text (CSV, RFC 4180) that people made with whatever they have, and such that no program runs a cell."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from medialab_wire.texts import Text

MOST_ROWS = 20_000
MOST_COLUMNS = 60
LONGEST_CELL = 500
SEPARATORS = (";", ",")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet compute a cell (https://owasp.org/www-community/attacks/CSV_Injection)."""
_QUOTE = "'"
_ENCODINGS = ("utf-8-sig", "utf-8", "cp1252")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Unreadable(Exception):
    """The file as a whole cannot be read; `text` says what to do."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@dataclass(frozen=True)
class Sheet:
    """`rows` are the number of the line in which a row ends, and its cells; empty rows are left out."""

    encoding: str
    separator: str
    header: Sequence[str]
    rows: Sequence[tuple[int, Sequence[str]]]


def read(data: bytes, *, most_columns: int = MOST_COLUMNS, longest: int = LONGEST_CELL) -> Sheet:
    """The table in a file; cells of at most `longest` characters. Raises `Unreadable`."""
    encoding, text = _decoded(data)
    first, _, rest = text.partition("\n")
    if first.strip().lower() in ("sep=;", "sep=,"):
        text, first = rest, rest.partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    rows = _rows(text, separator, most_columns, longest)
    if not rows:
        raise Unreadable(Text(de="Die Datei ist leer.", en="The file is empty."))
    (_, header), *others = rows
    return Sheet(encoding, separator, header, others)


def write(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """For Excel: UTF-8 with a mark, separated by `;`. What would be a formula gets an apostrophe in front."""
    return b"".join(written(header, rows))


def written(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The same, row by row."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(header)
    yield out.getvalue().encode("utf-8-sig")
    for row in rows:
        out.seek(0)
        out.truncate()
        writer.writerow([_safe(cell) for cell in row])
        yield out.getvalue().encode()


def _safe(cell: str) -> str:
    return _QUOTE + cell if cell.lstrip(_QUOTE + " ").startswith(FORMULA) else cell


def _unsafe(cell: str) -> str:
    """The same cell as before `_safe`."""
    bare = cell[1:]
    return bare if cell.startswith(_QUOTE) and bare.lstrip(_QUOTE + " ").startswith(FORMULA) else cell


def _decoded(data: bytes) -> tuple[str, str]:
    if data.startswith(_UTF16) or b"\0" in data:
        raise Unreadable(
            Text(
                de="Diese Art Datei geht nicht: in Excel als „CSV UTF-8 (durch Trennzeichen getrennt)“ speichern.",
                en="This kind of file does not work: in Excel, save it as “CSV UTF-8 (comma delimited)”.",
            )
        )
    for encoding in _ENCODINGS if data.startswith(b"\xef\xbb\xbf") else _ENCODINGS[1:]:
        try:
            return encoding, data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(
        Text(
            de="Die Umlaute sind nicht lesbar: in Excel als „CSV UTF-8“ speichern.",
            en="The umlauts cannot be read: save it as “CSV UTF-8” in Excel.",
        )
    )


def _rows(text: str, separator: str, most_columns: int, longest: int) -> list[tuple[int, Sequence[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    found: list[tuple[int, Sequence[str]]] = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                found.append((reader.line_num, _checked(row, reader.line_num, most_columns, longest)))
            if len(found) > MOST_ROWS + 1:
                text = f"{MOST_ROWS:,}"
                raise Unreadable(
                    Text(
                        de=f"Höchstens {text.replace(',', '.')} Zeilen in einer Datei: die Datei aufteilen.",
                        en=f"At most {text} rows in one file: split the file.",
                    )
                )
    except csv.Error as error:
        line = reader.line_num
        raise Unreadable(
            Text(
                de=f"Zeile {line}: ein Anführungszeichen ist nicht geschlossen oder steht an falscher Stelle.",
                en=f"Line {line}: a quotation mark is not closed or stands in the wrong place.",
            )
        ) from error
    return found


def _checked(row: Sequence[str], line: int, most_columns: int, longest: int) -> Sequence[str]:
    if len(row) > most_columns or max(map(len, row)) > longest:
        raise Unreadable(
            Text(
                de=f"Zeile {line}: höchstens {most_columns} Spalten und {longest} Zeichen je Feld.",
                en=f"Line {line}: at most {most_columns} columns, and {longest} characters in a cell.",
            )
        )
    return [_unsafe(cell) for cell in row]
