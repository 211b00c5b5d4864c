"""An export holds every row of every table, twice, and nothing it must not; read back by plain programs."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select
from sqlmodel import SQLModel

from medialab_hub.adapters.archive import Exporter
from medialab_hub.domain.acquisitions import Acquired
from medialab_hub.domain.exports import PEOPLE_TABLES, SECRET_COLUMNS, SECRET_TABLES
from medialab_hub.services import accounts, acquisitions, institutions, people
from medialab_hub.services.institutions import Facts
from medialab_hub.services.people import Contact
from medialab_hub.services.stamps import stamp
from medialab_hub.storage.unit_of_work import UnitOfWork
from tests.fixtures.hub_core import HubCore
from tests.storage.test_bookings import LineWish as Line
from tests.storage.test_bookings import Wish, bookings, days, lab

FORMULA = '=HYPERLINK("http://evil.example";"x")'


def fill(core: HubCore) -> None:
    """Something in many tables, with formulas, umlauts and line ends."""
    model, tablets = lab(core, 2)
    school = core.do(institutions.add, Facts(name=FORMULA, kind="school", municipality='Münster;"x"'), "usr-1")
    mia = core.do(people.add, Contact("Kanarienvogel", "Mia", "mia@voliere.example"), school, (), "usr-1")
    wish = Wish([Line(model)], days(core, 1, 3), person=mia, institution=school, purpose="Fest der\r\nKanarienvögel")
    core.do(bookings.book, wish, "usr-1")
    core.do(accounts.add_user, accounts.Person("Ada", accounts.Role.ADMIN, "$argon2id$hash"), "setup")
    core.do(acquisitions.note, tablets[0], Acquired(7990, date(2025, 8, 1), supplier="-x"), "usr-1")


def unpacked(core: HubCore, folder: Path, *, people: bool) -> dict[str, str]:
    exporter = Exporter(core.database, folder, core.clock)
    data = b"".join(exporter.chunks(exporter.make(people=people)))
    assert list(folder.glob("*tmp*")) == []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode("utf-8") for name in archive.namelist()}


def stored(core: HubCore, table: Table) -> list[Mapping[str, Any]]:
    def look(uow: UnitOfWork) -> list[Mapping[str, Any]]:
        return [dict(row) for row in uow.session.execute(select(table).order_by(*table.primary_key)).mappings()]

    return core.do(look)


def plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    return value.isoformat() if isinstance(value, date) else value


def text(value: Any) -> str:
    """As it stands in a cell of the CSV; a formula has an apostrophe in front."""
    shown = "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{shown}" if shown.startswith(("=", "+", "-", "@", "\t", "\r")) else shown


def test_every_row_of_every_table_is_there_twice(core: HubCore, tmp_path: Path) -> None:
    fill(core)
    found = unpacked(core, tmp_path, people=True)
    seen = 0
    for table in SQLModel.metadata.sorted_tables:
        if table.name in SECRET_TABLES:
            assert not [name for name in found if f"/{table.name}." in name]
            continue
        wanted = [{k: plain(v) for k, v in row.items() if k not in SECRET_COLUMNS} for row in stored(core, table)]
        assert [json.loads(line) for line in found[f"zeilen/{table.name}.jsonl"].splitlines()] == wanted, table.name
        assert found[f"tabellen/{table.name}.csv"].startswith("\ufeff")
        sheet = csv.DictReader(io.StringIO(found[f"tabellen/{table.name}.csv"].removeprefix("\ufeff"), newline=""),
                               delimiter=";")  # fmt: skip
        compact = [{k: text(v) if not isinstance(v, dict | list) else v for k, v in row.items()} for row in wanted]
        read = [{k: json.loads(v) if isinstance(w.get(k), dict | list) else v for k, v in row.items()}
                for row, w in zip(sheet, wanted, strict=True)]  # fmt: skip
        assert read == compact, table.name
        assert f"  {table.name}: {len(wanted)}\r\n" in found["LIESMICH-README.txt"]
        seen += len(wanted)
    assert seen > 20 and f"'{FORMULA}" in found["tabellen/institution.csv"].replace('""', '"')
    assert "Kanarienvögel" in found["zeilen/booking.jsonl"] and "$argon2id" not in "".join(found.values())


def test_without_people_neither_they_nor_what_somebody_wrote(core: HubCore, tmp_path: Path) -> None:
    fill(core)
    found = unpacked(core, tmp_path, people=False)
    assert not [name for name in found for table in PEOPLE_TABLES if f"/{table}." in name]
    assert "Kanarienv" not in "".join(found.values()) and "voliere" not in "".join(found.values())
    assert "ohne Personen" in found["LIESMICH-README.txt"] and '"purpose"' not in found["zeilen/booking.jsonl"]


def test_secrets_and_people_stand_where_the_export_knows_them() -> None:
    secret, personal = ("secret", "password", "csrf", "sealed"), ("email", "phone", "family_name", "given_name")
    for table in SQLModel.metadata.sorted_tables:
        for column in table.columns:
            if table.name not in SECRET_TABLES:
                assert column.name in SECRET_COLUMNS or not any(word in column.name for word in secret), str(column)
            if table.name not in PEOPLE_TABLES:
                assert column.name not in personal, str(column)
