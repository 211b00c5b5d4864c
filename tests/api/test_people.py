"""Institutions and people over HTTP: who may do what, what is told, and what is refused in words."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from medialab_hub.api.schemas.people import PersonReport, PersonView
from tests.fixtures.agents import ScriptedAgent
from tests.fixtures.hubs import HubInThread, until
from tests.fixtures.pdf_reader import words_of

SCHOOL = {"name": "Grundschule am Wald", "kind": "school", "school_number": "123456", "school_form": "grundschule"}
MIA = {"family_name": "Kanarienvogel", "given_name": "Mia", "email": "mia@voliere.example", "phone": "0251 98 76"}


@pytest.fixture(scope="module")
def staff(hub: HubInThread) -> Iterator[httpx.Client]:
    with hub.client("staff") as client:
        yield client


@pytest.fixture(scope="module")
def school(staff: httpx.Client) -> str:
    made = staff.post("/api/v1/institutions", json=SCHOOL)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def person(staff: httpx.Client, school: str) -> dict[str, Any]:
    member = {"institution": school, "role": "teacher"}
    made = staff.post("/api/v1/people", json={**MIA, "institution": school, "memberships": [member]})
    assert made.status_code == 201, made.text
    told: dict[str, Any] = made.json()
    return told


def test_an_institution_is_found_changed_and_archived(staff: httpx.Client, school: str) -> None:
    (row,) = staff.get("/api/v1/institutions", params={"query": "wald 1234"}).json()
    assert (row["id"], row["verified"], row["version"]) == (school, None, 0)
    path = f"/api/v1/institutions/{school}"
    changed = staff.patch(path, json={"version": 0, "municipality": "Münster", "verified": True}).json()
    assert changed["municipality"] == "Münster" and changed["verified"] is not None
    assert staff.get(path).json() == changed
    assert staff.patch(path, json={"version": 0, "name": "x"}).status_code == 409
    wrong = staff.patch(path, json={"version": changed["version"], "school_number": "12"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "wrong-school-number")
    assert "sechs Ziffern" in wrong.json()["title_de"] and "six digits" in wrong.json()["title"]
    assert staff.post("/api/v1/institutions", json=SCHOOL).json()["code"] == "school-number-taken"
    other = staff.post("/api/v1/institutions", json={"name": "Verein Ton", "kind": "association"}).json()["id"]
    assert staff.delete(f"/api/v1/institutions/{other}").json() == {"archived": False}
    assert staff.get(f"/api/v1/institutions/{other}").status_code == 404


def test_the_words_come_in_both_languages(staff: httpx.Client) -> None:
    words = staff.get("/api/v1/institutions/words").json()
    assert words["kinds"]["daycare"] == {"de": "Kita", "en": "Daycare centre"}
    assert words["school_forms"]["gymnasium"]["de"] == "Gymnasium" and "teacher" in words["roles"]


def test_a_table_is_looked_at_first_and_goes_out_again(staff: httpx.Client) -> None:
    table = "Name;Art;Schulnummer\r\nKita Mond;Kita;\r\nSternschule;Schule;777777\r\n".encode("cp1252")
    path, headers = "/api/v1/institutions/import", {"Content-Type": "text/csv"}
    first = staff.post(path, content=table, headers=headers)
    assert (first.status_code, first.json()["is_done"], first.json()["new"]) == (200, False, 2)
    assert staff.get("/api/v1/institutions", params={"query": "mond"}).json() == []
    assert staff.post(path, params={"dry_run": False}, content=table, headers=headers).json()["is_done"]
    assert staff.post(path, content=table, headers=headers).json()["same"] == 2
    out = staff.get("/api/v1/institutions/export")
    assert out.headers["content-type"].startswith("text/csv") and "Sternschule;Schule;777777" in out.text
    broken = staff.post(path, content=b"\xff\xfeN\0", headers=headers)
    assert (broken.status_code, broken.json()["code"]) == (400, "file-unreadable")
    assert staff.post(path, content=b"x" * 1_100_000, headers=headers).status_code == 413


def test_a_person_is_added_found_changed_reported_and_erased(staff: httpx.Client, school: str) -> None:
    row = person(staff, school)
    assert (row["standing"], row["memberships"][0]["role"]) == ("welcome", "teacher")
    for query in ("kanarien mia", "VOLIERE", "98 76"):
        assert [one["id"] for one in staff.get("/api/v1/people", params={"query": query}).json()] == [row["id"]]
    path = f"/api/v1/people/{row['id']}"
    assert staff.patch(path, json={"version": 0, "given_name": "Maria"}).json()["given_name"] == "Maria"
    assert staff.patch(path, json={"version": 0, "given_name": "x"}).status_code == 409
    assert staff.patch(path, json={"version": 1, "email": "nobody"}).json()["code"] == "wrong-email"
    report = staff.get(f"{path}/report")
    assert report.headers["cache-control"] == "no-store"
    assert report.json()["person"]["email"] == MIA["email"]
    assert report.json()["person"]["memberships"][0]["institution_name"].startswith("Grundschule")
    assert staff.delete(path).json() == {"erased": True, "open_bookings": []}
    assert staff.get(path).status_code == 404 and staff.delete(path).status_code == 404
    assert staff.get("/api/v1/people", params={"query": "kanarien"}).json() == []


def test_trainers_look_without_addresses_and_guests_do_not(hub: HubInThread, staff: httpx.Client, school: str) -> None:
    key = person(staff, school)["id"]
    with hub.client("trainer") as trainer, hub.client("guest") as guest, hub.stranger() as stranger:
        (row,) = trainer.get("/api/v1/people", params={"query": "kanarien"}).json()
        assert (row["id"], row["email"], row["phone"]) == (key, None, None)
        assert trainer.get("/api/v1/people", params={"query": "voliere"}).json() == []
        assert trainer.get("/api/v1/institutions").status_code == 200
        for method, path in (
            ("POST", "/people"),
            ("PATCH", f"/people/{key}"),
            ("DELETE", f"/people/{key}"),
            ("GET", f"/people/{key}/report"),
            ("POST", "/institutions"),
            ("PATCH", f"/institutions/{school}"),
            ("DELETE", f"/institutions/{school}"),
            ("POST", "/institutions/import"),
        ):
            assert trainer.request(method, f"/api/v1{path}", json={}).status_code == 403, path
            assert stranger.request(method, f"/api/v1{path}", json={}).status_code == 401, path
        for path in ("/people", f"/people/{key}", "/institutions", "/institutions/export", "/institutions/words"):
            assert guest.get(f"/api/v1{path}").status_code == 403, path
    assert staff.get(f"/api/v1/people/{key}").status_code == 200, "none of them changed anything"
    assert staff.delete(f"/api/v1/people/{key}").json()["erased"], "the next test finds its own person only"


def adopted(hub: HubInThread, staff: httpx.Client) -> str:
    """One device of the inventory."""
    agent = ScriptedAgent(hub.hub.broker.access("local"))
    agent.report("lent")
    (row,) = until(lambda: staff.get("/api/v1/devices", params={"limit": 50}).json()["items"])
    body = {"devices": [{"device": row["id"]}], "record_baseline": False}
    staff.post("/api/v1/adoptions", json=body).raise_for_status()
    agent.close()
    return str(row["id"])


def test_an_erased_person_is_in_no_file_of_a_running_hub(
    fresh_hub: HubInThread, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with fresh_hub.client("staff") as staff:
        key = person(staff, staff.post("/api/v1/institutions", json=SCHOOL).json()["id"])["id"]
        start = datetime.now(UTC) + timedelta(hours=1)
        wish = {"lines": [{"device": adopted(fresh_hub, staff)}], "person": key, "purpose": "Kanarienvogel-Schau"}
        times = {"starts": start.isoformat(), "ends": (start + timedelta(hours=1)).isoformat()}
        booking = staff.post("/api/v1/bookings", json={**wish, **times}).json()["booking"]
        report = PersonReport.model_validate_json(staff.get(f"/api/v1/people/{key}/report").content)
        assert [one.purpose for one in report.bookings] == ["Kanarienvogel-Schau"]
        school = str(PersonView.model_validate_json(staff.get(f"/api/v1/people/{key}").content).institution)
        assert staff.get(f"/api/v1/bookings/{booking}").json()["purpose"] == "Kanarienvogel-Schau"
        (booked,) = staff.get(f"/api/v1/people/{key}/bookings").json()
        assert (booked["id"], booked["person"]) == (booking, key)
        assert staff.get(f"/api/v1/institutions/{school}/bookings").json() == [], "it was booked for the person alone"
        (card,) = staff.post("/api/v1/codes", json={"count": 1}).json()["codes"]
        staff.put(f"/api/v1/codes/{card}", json={"noun": "person", "subject": key}).raise_for_status()
        assert staff.get("/api/v1/codes", params={"noun": "person", "subject": key}).json() == {"codes": [card]}
        printed = words_of(staff.get("/api/v1/labels.pdf", params={"codes": card, "sheet": "single"}).content)
        assert card in printed and "Mia Kanarienvogel" in printed
        for path in ("people/per-none", "institutions/ins-none"):
            assert staff.get(f"/api/v1/{path}/bookings").status_code == 404
        assert "Kanarienvogel" in files(tmp_path), "the test would not find anything"
        assert staff.delete(f"/api/v1/people/{key}").json() == {"erased": False, "open_bookings": [booking]}
        row = PersonView.model_validate_json(staff.get(f"/api/v1/people/{key}").content)
        assert row.standing == "restricted"
        staff.post(f"/api/v1/bookings/{booking}/canceled").raise_for_status()
        assert staff.delete(f"/api/v1/people/{key}").json() == {"erased": True, "open_bookings": []}
        assert staff.get(f"/api/v1/bookings/{booking}").json()["person"] is None
        left = files(tmp_path) + caplog.text
        assert key in left and not [word for word in MIA.values() if len(word) > 5 and word in left]


def files(folder: Path) -> str:
    """All that the hub keeps, as text."""
    return "".join(file.read_bytes().decode("latin-1") for file in folder.rglob("*") if file.is_file())
