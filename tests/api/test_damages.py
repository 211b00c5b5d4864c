"""Damage over HTTP: reported, photographed, printed for the insurer, closed; loans that last longer."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.fixtures import pdf_reader, pictures
from tests.fixtures.agents import ScriptedAgent
from tests.fixtures.hubs import HubInThread, until


@pytest.fixture(scope="module")
def staff(hub: HubInThread) -> Iterator[httpx.Client]:
    with hub.client("staff") as client:
        yield client


@pytest.fixture(scope="module")
def device(hub: HubInThread, staff: httpx.Client) -> Iterator[str]:
    agent = ScriptedAgent(hub.hub.broker.access("local"))
    agent.report("broken-0")

    def known() -> str | None:
        rows = staff.get("/api/v1/devices", params={"limit": 500}).json()["items"]
        return next((row["id"] for row in rows if row["name"] == "broken-0"), None)

    key = until(known)
    body = {"devices": [{"device": key}], "record_baseline": False}
    staff.post("/api/v1/adoptions", json=body).raise_for_status()
    yield key
    agent.close()


def test_a_case_from_the_report_to_its_end(hub: HubInThread, staff: httpx.Client, device: str) -> None:
    body = {"device": device, "kind": "damaged", "words": "Display *gesprungen* #1"}
    made = staff.post("/api/v1/damages", json=body)
    assert (made.status_code, made.json()["blocks"], made.json()["booking"]) == (201, True, None)
    url = f"/api/v1/damages/{made.json()['id']}"
    photo = f"{url}/photos/pho-{uuid.uuid4()}"
    jpeg = {"content-type": "image/jpeg"}
    kept = staff.put(photo, content=pictures.photo(), headers=jpeg).json()
    assert len(kept["photos"]) == 1
    picture = staff.get(photo)
    assert picture.headers["content-type"] == "image/jpeg" and pictures.NAME.encode() not in picture.content
    assert staff.put(photo, content=b"<html>", headers=jpeg).status_code == 422
    for language, words in (("de", "Schadensmeldung"), ("en", "Damage report")):
        pdf = staff.get(f"{url}/report.pdf", params={"language": language}).content
        assert pdf_reader.facts_of(pdf)["Tagged"] == "yes"
        said = pdf_reader.words_of(pdf)
        assert words in said and "broken-0" in said and "Display *gesprungen* #1" in said
        assert "Figure" in pdf_reader.tags_of(pdf) and "H1" in pdf_reader.tags_of(pdf)
    assert [one["id"] for one in staff.get("/api/v1/damages", params={"is_open": True}).json()] == [kept["id"]]
    assert staff.patch(url, json={"version": 99, "words": "x"}).status_code == 409
    with hub.client("trainer") as trainer:
        assert trainer.post(f"{url}/close", json={"outcome": "repaired"}).status_code == 403
        assert trainer.get(f"{url}/report.pdf").status_code == 403
    assert staff.delete(photo).status_code == 204
    closed = staff.post(f"{url}/close", json={"outcome": "repaired"}).json()
    assert (closed["is_open"], closed["outcome"], closed["photos"]) == (False, "repaired", [])
    assert staff.get("/api/v1/damages/dmg-none").status_code == 404
    (waiting,) = staff.get(f"/api/v1/devices/{device}").json()["allocations"]
    assert waiting["kind"] == "reset" and waiting["erase_from"] is not None


def test_what_is_not_there_is_neither_extended_nor_erased(staff: httpx.Client) -> None:
    assert staff.post("/api/v1/devices/dev-none/erase-now").status_code == 404
    other = staff.post("/api/v1/bookings/bok-none/extend", json={"ends": "2030-01-01T10:00:00Z"})
    assert other.status_code == 404
    late = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    assert staff.post("/api/v1/bookings/bok-none/extend", json={"ends": late, "more": 1}).status_code == 422


def test_what_belongs_to_a_model_is_kept_and_ticked_off(staff: httpx.Client, device: str) -> None:
    model = staff.post("/api/v1/models", json={"name": "Tablet mit Zubehör"}).json()["id"]
    url = f"/api/v1/models/{model}/accessories"
    assert staff.get(url).json() == {"items": [], "is_preset": True}
    cable = {"name": {"de": "Ladekabel", "en": "Charging cable"}, "count": 2}
    assert staff.put(url, json={"items": [cable]}).json() == {"items": [cable], "is_preset": False}
    assert staff.put(url, json={"items": [cable, cable]}).status_code == 400
    kit = staff.post("/api/v1/kits", json={"name": "Koffer mit Schlüssel"}).json()["id"]
    assert staff.put(f"/api/v1/kits/{kit}/accessories", json={"items": [cable]}).json()["items"] == [cable]
    assert staff.get("/api/v1/bookings/bok-none/accessories").status_code == 404
    looked = {"look": "back", "things": [{"device": device, "missing": {"Ladekabel": 1}}]}
    assert staff.post("/api/v1/bookings/bok-none/accessories", json=looked).status_code == 404


def test_tours_and_the_drop_box(staff: httpx.Client) -> None:
    assert staff.get("/api/v1/tours/2030-01-07").json() == {"day": "2030-01-07", "stops": []}
    assert staff.get("/api/v1/tours/soon").status_code == 422
    by_tour = {"mode": "tour", "transport_min": 30}
    assert staff.put("/api/v1/bookings/bok-none/delivery", json=by_tour).status_code == 404
    assert staff.put("/api/v1/bookings/bok-none/delivery", json={"mode": "drone"}).status_code == 422
    dropped = (datetime.now(UTC) - timedelta(hours=3)).isoformat()
    key = staff.post("/api/v1/scan-sessions", json={"mode": "in", "dropped": dropped}).json()["session"]
    assert staff.get(f"/api/v1/scan-sessions/{key}").json()["dropped"] is not None
