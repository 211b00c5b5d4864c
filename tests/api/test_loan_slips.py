"""Loan slips over HTTP: what Poppler reads in the PDF is what was taken for the booking, and nothing else."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from medialab_hub.catalogue.loader import shipped
from medialab_hub.storage.tables import Device, Institution, Person
from medialab_hub.storage.unit_of_work import UnitOfWork
from tests.fixtures import pdf_reader as pdf
from tests.fixtures.agents import ScriptedAgent
from tests.fixtures.hubs import HubInThread, until

CLASS = "calliope-mini-1"


@pytest.fixture(scope="module")
def staff(hub: HubInThread) -> Iterator[httpx.Client]:
    hub.set_up()
    with hub.client("staff") as client:
        yield client


@pytest.fixture(scope="module")
def devices(hub: HubInThread, staff: httpx.Client) -> list[str]:
    """Thirty-one adopted ones."""
    agent = ScriptedAgent(hub.hub.broker.access("local"))
    names = [f"slip-{number:02}" for number in range(31)]
    for name in names:
        agent.report(name)

    def known() -> list[str] | None:
        rows = staff.get("/api/v1/devices", params={"limit": 500}).json()["items"]
        found = {row["name"]: row["id"] for row in rows}
        return [found[name] for name in names] if set(names) <= found.keys() else None

    ids: list[str] = until(known)
    agent.close()
    body = {"devices": [{"device": key} for key in ids], "record_baseline": False}
    staff.post("/api/v1/adoptions", json=body).raise_for_status()
    return ids


@pytest.fixture(scope="module")
def model(staff: httpx.Client, devices: list[str]) -> str:
    """Thirty of them; the last one is of no model."""
    care = {"replacement_cents": 4_250}
    body = {"name": "Calliope mini", "class_id": CLASS, "care": care, "devices": devices[:30]}
    made = staff.post("/api/v1/models", json=body)
    assert made.status_code == 201, made.text
    key: str = made.json()["id"]
    return key


@pytest.fixture(scope="module")
def school(hub: HubInThread) -> dict[str, str]:
    """A school and who stands for it."""

    def add(uow: UnitOfWork) -> dict[str, str]:
        place = Institution(
            id=uow.new_id("ins"),
            name="Schule *Am* #Markt",
            kind="school",
            school_number="123456",
            municipality="Musterstadt",
        )
        uow.session.add(place)
        uow.session.flush()
        person = Person(
            id=uow.new_id("per"), given_name="Erika", family_name="O'Mustermann", added_at=uow.now, used_at=uow.now
        )
        uow.session.add(person)
        return {"institution": place.id, "person": person.id}

    found: dict[str, str] = hub.run(add)
    return found


def booked(staff: httpx.Client, day: int, lines: list[dict[str, Any]], **more: Any) -> str:
    start = (datetime.now(UTC) + timedelta(days=day)).replace(hour=9, minute=15, second=0, microsecond=0)
    body = {"lines": lines, "starts": start.isoformat(), "ends": (start + timedelta(hours=4)).isoformat(), **more}
    made = staff.post("/api/v1/bookings", json=body)
    assert made.status_code == 201, made.text
    key: str = made.json()["booking"]
    return key


def slip(staff: httpx.Client, booking: str, language: str = "de", paper: str = "loan") -> bytes:
    answer = staff.get(f"/api/v1/bookings/{booking}/slip.pdf", params={"language": language, "paper": paper})
    assert answer.status_code == 200, answer.text
    return answer.content


def promised(staff: httpx.Client, booking: str) -> list[str]:
    """The labels of what is kept for a booking, as the API tells it."""
    view = staff.get(f"/api/v1/bookings/{booking}").json()
    units = [unit for line in view["lines"] for unit in line["units"]]
    return sorted(staff.get(f"/api/v1/devices/{unit['device']}").json()["asset_tag"] for unit in units)


def listed(paper: bytes) -> list[list[str]]:
    """The rows with a device."""
    return [row for row in pdf.cells_of(paper)[1:] if len(row) > 1]


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_text_is_the_booking(
    staff: httpx.Client, devices: list[str], model: str, school: dict[str, str], language: str
) -> None:
    lines = [{"model": model, "quantity": 3}, {"device": devices[30]}]
    booking = booked(staff, 10 if language == "de" else 11, lines, purpose="Projekt = 7a", **school)
    paper = slip(staff, booking, language)
    rows = listed(paper)
    assert sorted(row[2] for row in rows) == promised(staff, booking)
    pieces = shipped().classes[CLASS].accessories
    expected = " ".join(
        ("" if one.count == 1 else f"{one.count} × ") + (one.name.en if language == "en" else one.name.de)
        for one in pieces
    )
    assert {row[3] for row in rows} == {expected, ""}
    assert {row[4] for row in rows} == {"42,50 €" if language == "de" else "€42.50", "–"}
    words = pdf.words_of(paper)
    known = ("Medienzentrum", booking, "Schule *Am* #Markt", "123456", "Musterstadt", "Erika O'Mustermann")
    for said in (*known, "Projekt = 7a", "Calliope mini · " + ("Menge: 3" if language == "de" else "Quantity: 3")):
        assert said in words
    assert f"/Lang({language})".encode() in paper


def test_a_case_of_thirty_is_listed_whole_over_several_pages(
    staff: httpx.Client, devices: list[str], model: str
) -> None:
    assert model
    kit = staff.post("/api/v1/kits", json={"name": "Klassensatz", "devices": devices[:30]}).json()["id"]
    booking = booked(staff, 20, [{"kit": kit}])
    paper = slip(staff, booking)
    kept = promised(staff, booking)
    assert len(kept) == 30
    assert re.findall("|".join(kept), pdf.text_of(paper, "-layout")) == kept
    with_rows = [page for page in pdf.pages_of(paper) if "slip-" in page]
    assert len(with_rows) > 1
    assert all("Koffer Klassensatz · Menge: 30" in page and "Zubehör" in page for page in with_rows)
    assert "Zusammen: 30 Geräte, Ersatzwert 1.275,00 €" in pdf.words_of(paper)
    kept_for_it = staff.delete(f"/api/v1/kits/{kit}")
    assert (kept_for_it.status_code, kept_for_it.json()["code"]) == (409, "kit-in-booking")


def test_unproven_devices_are_marked_and_returned_ones_too(
    hub: HubInThread, staff: httpx.Client, devices: list[str]
) -> None:
    body = {
        "lines": [{"device": devices[28]}, {"device": devices[29]}],
        "ends": (datetime.now(UTC) + timedelta(days=2)).isoformat(),
    }
    made = staff.post("/api/v1/loans", json=body)
    assert made.status_code == 201, made.text

    def doubt(uow: UnitOfWork) -> None:
        device = uow.session.get(Device, devices[28])
        assert device is not None
        device.proven_outcome = "unverified"

    hub.run(doubt)
    booking = made.json()["booking"]
    notes = {row[1].split()[0]: row[1] for row in listed(slip(staff, booking))}
    assert "ließ sich nicht nachprüfen" in notes["slip-28"]
    assert "nachprüfen" not in notes["slip-29"]
    staff.post("/api/v1/returns", json={"devices": [devices[29]]}).raise_for_status()
    after = {row[1].split()[0]: row[1] for row in listed(slip(staff, booking))}
    assert "Schon zurückgegeben." in after["slip-29"]
    assert "Not back yet: 1 device" in pdf.words_of(slip(staff, booking, "en", "return"))
    staff.post("/api/v1/returns", json={"devices": [devices[28]]}).raise_for_status()
    assert "Everything is back." in pdf.words_of(slip(staff, booking, "en", "return"))


def test_a_packing_slip_says_where_to_find_it_and_not_who_borrows(
    staff: httpx.Client, devices: list[str], school: dict[str, str]
) -> None:
    room = staff.post("/api/v1/locations", json={"name": "Lager *1*"}).json()
    station = staff.post("/api/v1/stations", json={"name": "Fach 3", "location": room["id"]}).json()
    version = staff.get(f"/api/v1/devices/{devices[30]}").json()["version"]
    moved = staff.patch(f"/api/v1/devices/{devices[30]}", json={"version": version, "station": station["id"]})
    assert moved.status_code < 300, moved.text
    paper = slip(staff, booked(staff, 40, [{"device": devices[30]}], **school), paper="packing")
    assert [row[4] for row in listed(paper)] == ["Lager *1*, Fach 3"]
    assert "Mustermann" not in pdf.words_of(paper)


def test_a_request_has_no_slip_until_it_is_confirmed(staff: httpx.Client, model: str) -> None:
    booking = booked(staff, 30, [{"model": model}], is_request=True)
    refused = staff.get(f"/api/v1/bookings/{booking}/slip.pdf")
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing-to-hand-out")
    assert staff.post(f"/api/v1/bookings/{booking}/confirm").status_code == 204
    assert "Not agreed yet" not in pdf.words_of(slip(staff, booking, "en"))


def test_what_cannot_be_printed_is_refused_in_words(hub: HubInThread, staff: httpx.Client, model: str) -> None:
    missing = staff.get("/api/v1/bookings/bok-none/slip.pdf")
    assert (missing.status_code, missing.json()["code"]) == (404, "no-such-booking")
    booking = booked(staff, 31, [{"model": model}])
    assert staff.get(f"/api/v1/bookings/{booking}/slip.pdf", params={"language": "fr"}).status_code == 422
    answer = staff.get(f"/api/v1/bookings/{booking}/slip.pdf")
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == ("application/pdf", "no-store")
    with hub.client("trainer") as trainer:
        assert trainer.get(f"/api/v1/bookings/{booking}/slip.pdf").status_code == 403
    staff.post(f"/api/v1/bookings/{booking}/canceled").raise_for_status()
    gone = staff.get(f"/api/v1/bookings/{booking}/slip.pdf")
    assert (gone.status_code, gone.json()["code"]) == (409, "nothing-to-hand-out")
