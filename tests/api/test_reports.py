"""The report of a year over HTTP as data, table and paper; refused wishes; and the audit, which finds a changed row."""

import csv
import io
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from medialab_hub.api.schemas.reports import AnnualReportView
from tests.fixtures import pdf_reader as pdf
from tests.fixtures.agents import ScriptedAgent
from tests.fixtures.hubs import HubInThread, HubProgram, until

SCHOOL = {
    "name": "Schule am Wald",
    "kind": "school",
    "school_number": "123456",
    "school_form": "grundschule",
    "municipality": "=Münster",
}

SOON = (datetime.now(UTC) + timedelta(days=30)).replace(hour=9, minute=0, second=0, microsecond=0)
"""When somebody would like to borrow."""


@pytest.fixture(scope="module")
def staff(hub: HubInThread) -> Iterator[httpx.Client]:
    hub.set_up()
    with hub.client("staff") as client:
        yield client


@pytest.fixture(scope="module")
def school(staff: httpx.Client) -> str:
    return str(staff.post("/api/v1/institutions", json=SCHOOL).raise_for_status().json()["id"])


@pytest.fixture(scope="module")
def model(hub: HubInThread, staff: httpx.Client) -> dict[str, Any]:
    agent = ScriptedAgent(hub.hub.broker.access("local"))
    for name in ("one", "two"):
        agent.report(name)
    rows = until(lambda: [row["id"] for row in staff.get("/api/v1/devices").json()["items"]][1:] and
                 [row["id"] for row in staff.get("/api/v1/devices").json()["items"]])  # fmt: skip
    agent.close()
    body = {"devices": [{"device": key} for key in rows], "record_baseline": False}
    staff.post("/api/v1/adoptions", json=body).raise_for_status()
    body = {"name": "Calliope <mini>", "class_id": "calliope-mini-1", "devices": rows}
    return {"id": staff.post("/api/v1/models", json=body).raise_for_status().json()["id"], "devices": rows}


@pytest.fixture(scope="module")
def lent(staff: httpx.Client, model: dict[str, Any], school: str) -> int:
    """Both devices were out and are back; the year of that."""
    lines = [{"device": key} for key in model["devices"]]
    ends = datetime.now(UTC) + timedelta(days=1)
    wish = {"lines": lines, "ends": ends.isoformat(), "institution": school, "group_size": 21, "excuse": "agreed"}
    staff.post("/api/v1/loans", json=wish).raise_for_status()
    staff.post("/api/v1/returns", json={"devices": model["devices"]}).raise_for_status()
    return datetime.now(UTC).year


def report(staff: httpx.Client, year: int) -> AnnualReportView:
    answer = staff.get("/api/v1/reports/annual.json", params={"year": year}).raise_for_status()
    return AnnualReportView.model_validate_json(answer.content)


def refused(staff: httpx.Client, model: str, quantity: int, **more: Any) -> None:
    times = {"starts": SOON.isoformat(), "ends": (SOON + timedelta(hours=4)).isoformat()}
    wish = {"lines": [{"model": model, "quantity": quantity}], "excuse": "agreed", **times, **more}
    answer = staff.post("/api/v1/bookings", json=wish)
    assert (answer.status_code, answer.json()["code"]) == (409, "not-free"), answer.text


def test_the_report_counts_what_was_lent(staff: httpx.Client, model: dict[str, Any], lent: int) -> None:
    told = report(staff, lent)
    assert (told.total.loans, told.total.items, told.total.participants, told.total.on_time_rate) == (1, 2, 21, 1.0)
    assert told.total.utilisation == 1.0, "adopted today and lent today"
    assert [(one.key, one.items) for one in told.groups.school_form] == [("grundschule", 2)]
    assert {one.name.de for one in told.groups.model} == {"Calliope <mini>"}
    areas = {one.key for one in told.groups.area}
    assert "6.3" in areas and "" not in areas
    assert told.groups.institution_kind[0].name.de == "Schule"
    school_year = staff.get("/api/v1/reports/annual.json", params={"kind": "school", "year": 2001}).json()
    assert (school_year["first"], school_year["last"], school_year["total"]["items"]) == ("2001-08-01", "2002-07-31", 0)


def test_a_refused_wish_is_counted_once_a_day_and_names_nobody(
    hub: HubInThread, staff: httpx.Client, model: dict[str, Any], school: str
) -> None:
    person = staff.post("/api/v1/people", json={"family_name": "Kanarienvogel", "institution": school}).json()["id"]
    refused(staff, model["id"], 3)
    refused(staff, model["id"], 4, person=person, purpose="Kanarienschau")
    refused(staff, model["id"], 3, institution=school)
    total = report(staff, SOON.year).total
    assert (total.unmet, total.unmet_units) == (1, 2), "asked again, by the same or by nobody known, it is one wish"
    assert report(staff, SOON.year).groups.school_form[0].unmet == 1, "and it is known for whom it was"
    for more, served in ((1, 0), (2, 1)):
        told = staff.get(
            "/api/v1/reports/what-if", params={"model": model["id"], "more": more, "year": SOON.year}
        ).json()
        assert told == {"model": model["id"], "more": more, "refused": 1, "served": served}
    start = SOON + timedelta(hours=5)
    times = {"starts": start.isoformat(), "ends": (start + timedelta(hours=4)).isoformat()}
    wish = {"model": model["id"], "institution": school, **times}
    assert staff.post("/api/v1/unmet-demand", json=wish).json()["code"] == "is-free"
    assert staff.post("/api/v1/unmet-demand", json={**wish, "quantity": 3}).status_code == 204
    lines = [{"model": model["id"], "quantity": 4}]
    held = staff.post("/api/v1/holds", json={"lines": lines, "excuse": "agreed", **times})
    assert (held.status_code, held.json()["code"]) == (409, "not-free")
    assert (report(staff, SOON.year).total.unmet, report(staff, SOON.year).total.unmet_units) == (2, 4)
    hub.shift(timedelta(days=1, minutes=1))
    refused(staff, model["id"], 3, institution=school)
    assert report(staff, SOON.year).total.unmet == 3
    assert staff.get("/api/v1/reports/what-if", params={"model": "mod-none"}).status_code == 404


def test_the_table_opens_in_a_spreadsheet_and_runs_nothing(staff: httpx.Client, lent: int) -> None:
    answer = staff.get("/api/v1/reports/annual.csv", params={"year": lent}).raise_for_status()
    assert (
        answer.content.startswith(b"\xef\xbb\xbfGliederung;") and "attachment" in answer.headers["content-disposition"]
    )
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert {len(row) for row in rows} == {len(rows[0])}
    (place,) = [row for row in rows if row[0] == "Nach Ort" and "Münster" in row[2]]
    assert place[1:3] == ["'=Münster", "'=Münster"] and place[3:6] == ["1", "2", "2"]
    assert place[rows[0].index("Pünktlich zurück")] == "100,0 %"
    english = staff.get("/api/v1/reports/annual.csv", params={"year": lent, "language": "en"}).text
    assert "By municipality" in english and "100.0 %" in english


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_paper_says_the_same(staff: httpx.Client, lent: int, language: str) -> None:
    answer = staff.get("/api/v1/reports/annual.pdf", params={"year": lent, "language": language}).raise_for_status()
    paper, told = answer.content, report(staff, lent)
    words = pdf.words_of(paper)
    title = "Jahresbericht" if language == "de" else "Annual report"
    last = f"31.12.{lent}" if language == "de" else f"31/12/{lent}"
    for said in (f"{title} {lent}", last, "Medienzentrum", "Calliope <mini>", "=Münster"):
        assert said in words
    rows = pdf.cells_of(paper)
    total = next(row for row in rows if row[0] == ("Zusammen" if language == "de" else "Total"))
    assert total[1:5] == [str(getattr(told.total, name)) for name in ("loans", "items", "loan_days", "participants")]
    assert "Table" in pdf.tags_of(paper) and "TH" in pdf.tags_of(paper) and f"/Lang({language})".encode() in paper


def test_trainers_and_strangers_get_no_report(hub: HubInThread, staff: httpx.Client) -> None:
    with hub.client("trainer") as trainer, hub.stranger() as stranger:
        for path in ("annual.json", "annual.csv", "annual.pdf", "what-if?model=x"):
            assert trainer.get(f"/api/v1/reports/{path}").status_code == 403, path
            assert stranger.get(f"/api/v1/reports/{path}").status_code == 401, path
    assert staff.get("/api/v1/reports/annual.json", params={"year": 1}).status_code == 422
    assert staff.get("/api/v1/journal/check").status_code == 403


CHANGES = {
    "changed": ("UPDATE journal SET actor = 'somebody' WHERE seq = 3", 3),
    "moved in time": ("UPDATE journal SET at = replace(at, '20', '19') WHERE seq = 2", 2),
    "taken out": ("DELETE FROM journal WHERE seq = 3", 3),
    "cut off": ("DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)", None),
    "added": ("INSERT INTO journal SELECT seq + 1, at, kind, subject, actor, data, hash FROM journal "
              "WHERE seq = (SELECT max(seq) FROM journal)", None),
}  # fmt: skip
"""What somebody does to the file, and at which number that is found; None: at the end."""


def test_the_audit_names_the_first_broken_link(fresh_hub: HubInThread, tmp_path: Path) -> None:
    with fresh_hub.client("staff") as staff, fresh_hub.client("admin") as admin:
        for number in range(5):
            staff.post("/api/v1/institutions", json={"name": f"Verein {number}", "kind": "association"})
        whole = admin.get("/api/v1/journal/check").raise_for_status().json()
        assert whole["is_whole"] and whole["broken_at"] is None and whole["rows"] > 5
        database = fresh_hub.hub.database.reader.url.database
        rows = whole["rows"]
        with sqlite3.connect(database) as file:
            before = file.execute("SELECT * FROM journal").fetchall()
        for what, (statement, number) in CHANGES.items():
            with sqlite3.connect(database) as file:
                file.execute(statement)
            found = admin.get("/api/v1/journal/check").json()
            end = rows if what == "cut off" else rows + 1
            assert (found["is_whole"], found["broken_at"]) == (False, number or end), what
            with sqlite3.connect(database) as file:
                file.execute("DELETE FROM journal")
                file.executemany(f"INSERT INTO journal VALUES ({', '.join('?' * len(before[0]))})", before)
        assert admin.get("/api/v1/journal/check").json()["is_whole"]


def test_the_program_says_where_the_journal_is_broken(program: HubProgram) -> None:
    program.url()
    assert program.admin("token", "create", "--role", "staff", "--label", "x").returncode == 0
    assert program.admin("check").stdout.strip() == "ok"
    with sqlite3.connect(next(program.folder.glob("*.sqlite3"))) as file:
        file.execute("UPDATE journal SET subject = 'x' WHERE seq = 1")
    assert "journal broken at 1" in program.admin("check").stdout
