"""Baskets, series, the waitlist, trainings and the rules of the house over HTTP."""

from collections.abc import Iterator

import httpx
import pytest

from tests.fixtures.agents import ScriptedAgent
from tests.fixtures.hubs import HubInThread, until

WEEK = [[[540, 960]] for _ in range(5)] + [[], []]
TIME = {"starts": "2099-03-03T09:00:00+01:00", "ends": "2099-03-03T12:00:00+01:00"}
"""A Tuesday."""


@pytest.fixture(scope="module")
def agent(hub: HubInThread) -> Iterator[ScriptedAgent]:
    scripted = ScriptedAgent(hub.hub.broker.access("local"))
    yield scripted
    scripted.close()


@pytest.fixture(scope="module")
def staff(hub: HubInThread) -> Iterator[httpx.Client]:
    with hub.client("staff") as client:
        yield client


@pytest.fixture(scope="module")
def trainer(hub: HubInThread) -> Iterator[httpx.Client]:
    with hub.client("trainer") as client:
        yield client


@pytest.fixture(scope="module")
def model(staff: httpx.Client, agent: ScriptedAgent) -> str:
    """One with two devices, for an hour in advance."""
    names = ["robot-1", "robot-2"]
    for name in names:
        agent.report(name)

    def known() -> list[str] | None:
        rows = staff.get("/api/v1/devices", params={"limit": 500}).json()["items"]
        found = {row["name"]: row["id"] for row in rows}
        return [found[name] for name in names] if set(names) <= found.keys() else None

    ids: list[str] = until(known)
    body = {"devices": [{"device": key} for key in ids], "record_baseline": False}
    staff.post("/api/v1/adoptions", json=body).raise_for_status()
    made = staff.post("/api/v1/models", json={"name": "Roboter", "care": {"notice_h": 1}, "devices": ids})
    staff.put("/api/v1/opening", json={"version": 0, "hours": WEEK, "closures": []}).raise_for_status()
    return str(made.json()["id"])


def free(client: httpx.Client, model: str) -> int:
    return int(client.get("/api/v1/availability", params={**TIME, "model": model}).json()[0]["free"])


def test_a_basket_becomes_a_booking_or_goes_back(staff: httpx.Client, trainer: httpx.Client, model: str) -> None:
    lines = [{"model": model, "quantity": 2}]
    held = trainer.post("/api/v1/holds", json={"lines": lines, **TIME})
    assert held.status_code == 201 and held.json()["until"] and free(trainer, model) == 0
    key = held.json()["hold"]
    assert [row["state"] for row in trainer.get("/api/v1/holds").json()] == ["held"]
    refused = staff.post("/api/v1/bookings", json={"lines": lines, **TIME})
    assert (refused.status_code, refused.json()["code"]) == (409, "not-free")
    assert staff.delete(f"/api/v1/holds/{key}").status_code == 204 and free(trainer, model) == 2
    assert trainer.delete(f"/api/v1/holds/{key}").status_code == 404
    key = staff.post("/api/v1/holds", json={"lines": lines, **TIME}).json()["hold"]
    assert trainer.post(f"/api/v1/holds/{key}/booking", json={}).status_code == 404
    made = staff.post(f"/api/v1/holds/{key}/booking", json={"purpose": "AG"})
    assert (made.status_code, made.json()) == (201, {"booking": key})
    assert staff.get(f"/api/v1/bookings/{key}").json()["state"] == "confirmed"
    waiting = trainer.post("/api/v1/waitlist", json={"model": model, **TIME})
    assert waiting.status_code == 201
    assert [row["state"] for row in staff.get("/api/v1/waitlist").json()] == ["waiting"]
    assert staff.post(f"/api/v1/bookings/{key}/confirmed").status_code == 422
    assert staff.post(f"/api/v1/bookings/{key}/canceled").status_code == 204
    (offered,) = staff.get("/api/v1/waitlist").json()
    assert offered["state"] == "offered" and free(staff, model) == 1
    assert staff.delete(f"/api/v1/waitlist/{offered['id']}").status_code == 204 and free(staff, model) == 2


def test_what_is_not_free_is_explained_by_kind_and_what_else_would_do(staff: httpx.Client, model: str) -> None:
    made = staff.post("/api/v1/bookings", json={"lines": [{"model": model}], **TIME, "purpose": "Frau Muster"}).json()
    question = {**TIME, "model": model, "quantity": 2}
    (seen,) = staff.get("/api/v1/availability", params=question).json()
    assert seen["words"]["de"] == "Roboter: 1 von 2 in dieser Zeit frei, 1 verliehen oder gebucht."
    later, fewer = seen["alternatives"]
    assert (later["kind"], later["starts"], later["ends"]) == (
        "later",
        "2099-03-03T11:00:00.000000Z",
        "2099-03-03T14:00:00.000000Z",
    )
    assert later["words"]["en"] == "2 × Roboter from Tuesday 03/03/2099, 12:00"
    assert (fewer["kind"], fewer["quantity"]) == ("fewer", 1) and "Muster" not in str(seen)
    until_closing = {**question, "starts": TIME["starts"], "ends": "2099-03-03T16:00:00+01:00"}
    staff.post(f"/api/v1/bookings/{made['booking']}/canceled").raise_for_status()
    body = {"lines": [{"model": model}], "starts": TIME["starts"], "ends": until_closing["ends"]}
    made = staff.post("/api/v1/bookings", json=body).json()
    (seen,) = staff.get("/api/v1/availability", params=until_closing).json()
    assert seen["alternatives"][0]["starts"] == "2099-03-04T08:00:00.000000Z"
    staff.post(f"/api/v1/bookings/{made['booking']}/canceled").raise_for_status()


def test_trainers_ask_and_staff_decide(staff: httpx.Client, trainer: httpx.Client, model: str) -> None:
    asked = trainer.post("/api/v1/bookings", json={"lines": [{"model": model}], **TIME})
    assert asked.status_code == 201 and free(staff, model) == 2
    key = asked.json()["booking"]
    assert staff.get(f"/api/v1/bookings/{key}").json()["state"] == "requested"
    assert staff.post(f"/api/v1/bookings/{key}/confirm").status_code == 204 and free(staff, model) == 1
    evening = {"starts": "2099-03-03T20:00:00+01:00", "ends": "2099-03-04T12:00:00+01:00"}
    move = {**evening, "following": False}
    closed = staff.post(f"/api/v1/bookings/{key}/move", json=move).json()
    assert (closed["code"], closed["detail"]) == ("closed-at-start", "2099-03-04T08:00:00.000000Z")
    assert "Mittwoch, 04.03.2099, 9:00 Uhr" in closed["remedy_de"]
    assert staff.post(f"/api/v1/bookings/{key}/move", json={**move, "excuse": "Mia"}).status_code == 422
    assert staff.post(f"/api/v1/bookings/{key}/move", json={**move, "excuse": "event"}).json() == {"bookings": 1}
    assert staff.post(f"/api/v1/bookings/{key}/rejected").status_code == 204


def test_a_series_is_shown_and_saved(staff: httpx.Client, model: str) -> None:
    rhythm = {"until": "2099-03-24", "leave_out": ["2099-03-10"]}
    body = {"booking": {"lines": [{"model": model}], **TIME}, "rhythm": rhythm}
    shown = staff.post("/api/v1/bookings/series", params={"dry_run": True}, json=body).json()
    assert [(row["day"], row["state"]) for row in shown["dates"]] == [
        ("2099-03-03", "free"),
        ("2099-03-10", "left_out"),
        ("2099-03-17", "free"),
        ("2099-03-24", "free"),
    ]
    assert free(staff, model) == 2
    made = staff.post("/api/v1/bookings/series", json=body).json()
    assert made["series"] and len(made["bookings"]) == 3 and free(staff, model) == 1
    gone = staff.post(f"/api/v1/bookings/{made['bookings'][0]}/canceled", params={"following": True})
    assert gone.status_code == 204 and free(staff, model) == 2


def test_trainings_are_entered_with_the_person(staff: httpx.Client, trainer: httpx.Client, model: str) -> None:
    person = staff.post("/api/v1/people", json={"family_name": "Probe"}).json()["id"]
    path = f"/api/v1/people/{person}/trainings"
    made = staff.post(path, json={"proven_on": "2026-01-01", "model": model, "valid_until": "2099-12-31"})
    assert made.status_code == 201
    (entry,) = staff.get(path).json()
    assert (entry["model"], entry["valid_until"]) == (model, "2099-12-31") and trainer.get(path).status_code == 403
    assert staff.delete(f"/api/v1/trainings/{entry['id']}").status_code == 204 and staff.get(path).json() == []
    assert staff.post(path, json={"proven_on": "2026-01-01"}).status_code == 400
