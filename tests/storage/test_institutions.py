"""Institutions are kept once, found by name or number, archived while needed; tables come in and go out unharmed."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from medialab_hub.domain.allocation import Interval
from medialab_hub.domain.institutions import Facts
from medialab_hub.errors import Conflict, HubError
from medialab_hub.services import bookings, institution_files, institution_rows, institutions, people
from medialab_hub.services.bookings import LineWish, Wish
from medialab_hub.services.people import Contact
from medialab_hub.storage.tables import Booking, Institution, JournalRow
from tests.fixtures.hub_core import HubCore

WALD = Facts("Grundschule am Wald", "school", "123456", "grundschule", "Münster", "05515000", "Am Wald 1", "48143")
HEADER = "Name;Art;Schulnummer;Schulform;Gemeinde;AGS;Straße;PLZ"


def found(core: HubCore, query: str = "", *, archived: bool = False) -> list[str]:
    return [row["name"] for row in core.read(institution_rows.found, query, 50, archived=archived)]


def row(core: HubCore, key: str) -> dict[str, Any]:
    told: dict[str, Any] = core.read(institution_rows.one, key)
    return told


def compared(core: HubCore, *lines: str, encoding: str = "utf-8") -> dict[str, Any]:
    told: dict[str, Any] = core.read(institution_files.compared, "\r\n".join(lines).encode(encoding))
    return told


def take(core: HubCore, *lines: str) -> dict[str, Any]:
    told: dict[str, Any] = core.do(institution_files.take, "\r\n".join(lines).encode(), "staff")
    return told


def counts(told: dict[str, Any]) -> tuple[int, int, int, int]:
    return told["new"], told["change"], told["same"], told["refused"]


def test_one_is_added_found_changed_and_verified(core: HubCore) -> None:
    key = core.do(institutions.add, WALD, "staff")
    core.do(institutions.add, Facts("Kita Spatzennest", "daycare", municipality="Greven"), "staff")
    for query in ("wald", "WALD grund", "123456", "muenster", "48143"):
        assert found(core, query) == ["Grundschule am Wald"], query
    core.do(institutions.change, key, 0, "staff", name="Waldschule")
    core.do(institutions.verify, key, "staff", seen=True)
    assert (row(core, key)["name"], row(core, key)["version"]) == ("Waldschule", 2)
    assert row(core, key)["verified"] is not None
    assert found(core, "waldsch") == ["Waldschule"]
    with pytest.raises(Conflict, match="version-conflict"):
        core.do(institutions.change, key, 0, "staff", name="x")
    with pytest.raises(Conflict, match="school-number-taken"):
        core.do(institutions.add, Facts("Andere", "school", "123 456"), "staff")
    lines = core.read(lambda session: [one.kind for one in session.exec(select(JournalRow)).all()])
    assert lines[-3:] == ["institution.added", "institution.changed", "institution.changed"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"name": "  "}, "wrong-name"),
        ({"name": "a\x00b"}, "wrong-name"),
        ({"kind": "shop"}, "wrong-kind"),
        ({"school_number": "12345"}, "wrong-school-number"),
        ({"school_number": "١٢٣٤٥٦"}, "wrong-school-number"),
        ({"municipality_key": "5515000"}, "wrong-municipality-key"),
        ({"postal_code": "4814"}, "wrong-postal-code"),
        ({"school_form": "zauberschule"}, "wrong-school-form"),
        ({"kind": "association"}, "wrong-school-number"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_cannot_be_right_is_refused(core: HubCore, wrong: dict[str, str], code: str) -> None:
    with pytest.raises(HubError, match=code):
        core.do(institutions.add, Facts(**{**vars(WALD), **wrong}), "staff")


def test_with_people_it_is_archived_and_without_it_goes(core: HubCore) -> None:
    key = core.do(institutions.add, WALD, "staff")
    person = core.do(people.add, Contact("Bleibt"), key, (), "staff")
    assert not core.do(institutions.remove, key, "staff")
    assert (found(core), found(core, archived=True)) == ([], ["Grundschule am Wald"])
    core.do(institutions.archive, key, "staff", away=False)
    assert found(core) == ["Grundschule am Wald"]
    core.do(people.erase, person, "staff")
    assert core.do(institutions.remove, key, "staff")
    assert found(core, archived=True) == []
    assert (core.news[-1].news[0].event, core.news[-1].news[0].row) == ("institution", None)


def test_a_table_is_compared_first_and_then_taken(core: HubCore) -> None:
    key = core.do(institutions.add, WALD, "staff")
    core.do(institutions.add, Facts("Kita Spatzennest", "daycare", municipality="Greven"), "staff")
    lines = (
        HEADER,
        "Grundschule im Wald;;123456;;;;;",
        "KITA Spatzennest;Kita;;;greven;5515000;;",
        "Neue Schule;;654321;Gymnasium;Münster;;;",
        '"Verein ""Töne""; e. V.";Verein;;;Münster;;;48143',
    )
    told = compared(core, *lines)
    assert counts(told) == (2, 2, 0, 0) and not told["is_done"]
    assert told["rows"][0] == {
        "row": 2,
        "action": "change",
        "name": "Grundschule im Wald",
        "institution": key,
        "fields": {"name": ("Grundschule am Wald", "Grundschule im Wald")},
        "flaws": [],
    }
    assert len(found(core)) == 2, "comparing changes nothing"
    assert take(core, *lines) == {**told, "is_done": True}
    assert found(core) == ["Grundschule im Wald", "KITA Spatzennest", "Neue Schule", 'Verein "Töne"; e. V.']
    assert row(core, key)["street"] == "Am Wald 1", "an empty cell changes nothing"
    assert counts(take(core, *lines)) == (0, 0, 4, 0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [";", ","])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_programs_make_is_read(core: HubCore, encoding: str, separator: str) -> None:
    lines = [HEADER.replace(";", separator), separator.join(("Förderschule Süd", "Schule", "", "Förderschule"))]
    told = compared(core, f"sep={separator}", *lines, encoding=encoding)
    assert (told["encoding"], told["separator"], counts(told)) == (encoding, separator, (1, 0, 0, 0))
    assert told["rows"][0]["name"] == "Förderschule Süd"


def test_each_wrong_row_says_what_is_wrong_and_nothing_is_taken(core: HubCore) -> None:
    lines = (
        "name,kind,school_number,school_form",
        "Gut,school,111111,grundschule",
        "Kurz,school,1234,zauberschule",
        ",school,,",
        "Doppelt,school,111111,",
        "Zuviel,school,,,x",
        "Laden,shop,,",
    )
    told = take(core, *lines)
    assert counts(told) == (1, 0, 0, 5) and not told["is_done"] and found(core) == []
    wrong = {one["row"]: [flaw["field"] for flaw in one["flaws"]] for one in told["rows"] if one["flaws"]}
    assert wrong == {3: ["school_number", "school_form"], 4: ["name"], 5: [""], 6: [""], 7: ["kind"]}
    assert all(flaw["text"]["de"] and flaw["text"]["en"] for one in told["rows"] for flaw in one["flaws"])


def test_of_two_with_one_name_the_number_decides(core: HubCore) -> None:
    for number in ("111111", "222222"):
        core.do(institutions.add, Facts("Marienschule", "school", number), "staff")
    told = compared(core, HEADER, "Marienschule;Schule;;;;;;", "Marienschule;;222222;;;;;48143")
    assert [one["action"] for one in told["rows"]] == ["refused", "change"]
    other = compared(core, HEADER, "Marienschule;;333333;;;;;")
    assert [one["action"] for one in other["rows"]] == ["new"]


HOSTILE = {
    "nothing": b"",
    "only blanks": b"\r\n ; ; \r\n",
    "no header": b"Grundschule;Schule\r\n",
    "twice the same column": b"Name;PLZ;Postleitzahl\r\n",
    "UTF-16": "Name;Art\r\n".encode("utf-16"),
    "a zero byte": b"Name;Art\r\nA\0;Schule\r\n",
    "a picture": b"\x89PNG\r\n\x1a\n\x81\x8d\x00",
    "no encoding": b"Name;Art\r\n\x81\x8d;Schule\r\n",
    "an open quotation mark": b'Name;Art\r\n"Gut;Schule\r\nNoch;Schule\r\n',
    "a wide row": b"Name\r\n" + b"x;" * 100,
    "a long cell": b"Name\r\n" + b"x" * 200_000,
    "too many rows": b"Name;Art\r\n" + b"A;Schule\r\n" * 20_002,
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_that_is_no_such_table_is_refused_in_words(core: HubCore, data: bytes) -> None:
    with pytest.raises(HubError, match="file-unreadable") as refusal:
        core.do(institution_files.take, data, "staff")
    assert refusal.value.status == 400 and refusal.value.title.de.strip()
    assert found(core) == []


def test_no_cell_that_goes_out_is_computed_and_it_comes_back_as_it_was(core: HubCore, twin: HubCore) -> None:
    names = ['=HYPERLINK("http://evil.example";"klick")', "+49", "-1+1", "@SUM(A1)", "'=1", "''x", 'Gut; "und"\xa0ä']
    for name in names:
        core.do(institutions.add, Facts(name, "other", street="=cmd|' /C calc'!A0"), "staff")
    core.do(institutions.add, WALD, "staff")
    data: bytes = core.read(institution_files.exported)
    assert data.startswith(b"\xef\xbb\xbf") and b"05515000" in data
    cells = [cell.strip('"') for line in data.decode("utf-8-sig").splitlines()[1:] for cell in line.split(";")]
    assert len(cells) >= 64 and not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    told = twin.do(institution_files.take, data, "staff")
    assert counts(told) == (8, 0, 0, 0), told
    assert sorted(found(twin)) == sorted(found(core))
    same = core.do(institution_files.take, data, "staff")
    assert counts(same) == (0, 0, 8, 0), same


def test_nothing_of_a_table_is_in_the_journal(core: HubCore) -> None:
    take(core, HEADER, "Kanarienschule;Schule;;;;;;")
    core.clock.pass_time(timedelta(days=1).total_seconds())
    lines = core.read(lambda session: str([one.model_dump() for one in session.exec(select(JournalRow)).all()]))
    names = core.read(lambda session: [one.name for one in session.exec(select(Institution)).all()])
    assert names == ["Kanarienschule"] and "Kanarien" not in lines


def test_an_archived_one_gets_nothing_new_and_keeps_what_was_booked(core: HubCore) -> None:
    key = core.do(institutions.add, WALD, "staff")
    device = core.prepare()
    start = core.clock.now() + timedelta(days=1)

    def book(days: int) -> str:
        interval = Interval(start + timedelta(days=days), start + timedelta(days=days + 1))
        return core.do(bookings.book, Wish([LineWish(device=device)], interval, institution=key), "staff")

    first = book(0)
    assert not core.do(institutions.remove, key, "staff")
    with pytest.raises(Conflict, match="institution-archived"):
        book(2)
    kept = core.read(lambda session: session.get_one(Booking, first))
    assert (kept.institution_id, kept.decision) == (key, "confirmed")
