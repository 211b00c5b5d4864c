"""Packs every table into one ZIP: CSV for people, JSON lines for programs, and a page that explains them."""

import base64
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

import orjson

from medialab_hub.clock import Clock
from medialab_hub.domain.exports import Part, parts_of, readme
from medialab_hub.domain.tables_of_text import written
from medialab_hub.services.accounts import CENTRE
from medialab_hub.services.stamps import stamp
from medialab_hub.settings import VERSION
from medialab_hub.storage import accounts, exports
from medialab_hub.storage.database import Database
from medialab_hub.storage.session import Session

CHUNK = 256 * 1024
"""Bytes that are sent together."""
_AS_LINE = orjson.OPT_APPEND_NEWLINE | orjson.OPT_PASSTHROUGH_DATETIME


class Exporter:
    """Writes into a file without a name: after a crash nothing of it can be found in the folder."""

    def __init__(self, database: Database, folder: Path, clock: Clock) -> None:
        self._database, self._folder, self._clock = database, folder, clock

    def make(self, *, people: bool) -> IO[bytes]:
        """The whole archive, to be read from its beginning and closed. Slow; call it in a thread."""
        out = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - whoever reads it closes it
        try:
            exports.at_one_moment(self._database, lambda session: self._pack(session, out, people=people))
        except BaseException:
            out.close()
            raise
        out.seek(0)
        return out

    def chunks(self, archive: IO[bytes]) -> Iterator[bytes]:
        """The archive in parts; closes it."""
        with archive:
            while part := archive.read(CHUNK):
                yield part

    def _pack(self, session: Session, out: IO[bytes], *, people: bool) -> None:
        counts: dict[str, int] = {}
        centre = accounts.settings(session).get(CENTRE) or "MediaLab"
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for part in parts_of(exports.tables(), people=people):
                counts[part.name] = _write(archive, f"zeilen/{part.name}.jsonl", _lines(session, part))
                _write(archive, f"tabellen/{part.name}.csv", _table(session, part))
            page = readme(centre, VERSION, self._clock.now(), counts, people=people)
            archive.writestr("LIESMICH-README.txt", page.replace("\n", "\r\n").encode("utf-8-sig"))


def _write(archive: zipfile.ZipFile, name: str, parts: Iterable[bytes]) -> int:
    count = 0
    with archive.open(name, "w", force_zip64=True) as file:
        for part in parts:
            file.write(part)
            count += 1
    return count


def _lines(session: Session, part: Part) -> Iterator[bytes]:
    for row in exports.rows(session, part.name, part.columns):
        yield orjson.dumps(dict(row), default=_plain, option=_AS_LINE)


def _table(session: Session, part: Part) -> Iterator[bytes]:
    return written(part.columns, (_cells(row) for row in exports.rows(session, part.name, part.columns)))


def _cells(row: Mapping[str, Any]) -> list[str]:
    return [_cell(value) for value in row.values()]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    return orjson.dumps(value, default=_plain).decode()


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"cannot write {type(value).__name__}")
