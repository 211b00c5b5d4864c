"""Safety tests and opening hours over HTTP."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx
import pytest

from tests.fixtures.agents import ScriptedAgent
from tests.fixtures.hubs import HubInThread, until

WEEK = [[[540, 720], [780, 960]] for _ in range(5)] + [[], []]


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
def devices(staff: httpx.Client, agent: ScriptedAgent) -> list[str]:
    """Two of a model that needs a test every year."""
    names = ["beamer-1", "beamer-2"]
    for name in names:
        agent.report(name)

    def known() -> list[str] | None:
        rows = staff.get("/api/v1/devices", params={"limit": 500}).json()["items"]
        found = {row["name"]: row["id"] for row in rows}
        return [found[name] for name in names] if set(names) <= found.keys() else None

    ids: list[str] = until(known)
    body = {"devices": [{"device": key} for key in ids], "record_baseline": False}
    staff.post("/api/v1/adoptions", json=body).raise_for_status()
    model = {"name": "Beamer", "care": {"test_months": 12}, "devices": ids}
    staff.post("/api/v1/models", json=model).raise_for_status()
    return ids


def test_a_batch_is_entered_and_what_is_due_is_listed(staff: httpx.Client, devices: list[str]) -> None:
    due = staff.get("/api/v1/inspections").json()
    assert {(row["device"], row["reason"]) for row in due} == {(key, "never_tested") for key in devices}
    entries = [{"device": key, "measured": {"r_pe_ohm": 0.1, "i_leak_ma": 0.02}} for key in devices]
    made = staff.post("/api/v1/inspections", json={"entries": entries, "result": "passed"})
    assert made.status_code == 201 and len(made.json()["inspections"]) == 2
    assert staff.get("/api/v1/inspections").json() == []
    later = staff.get("/api/v1/inspections", params={"due_before": "2100-01-01T00:00:00Z"}).json()
    assert [(row["reason"], row["last_result"]) for row in later] == [("interval", "passed")] * 2
    failed = {"entries": [{"device": devices[0], "note": "Kabel"}], "result": "failed"}
    assert staff.post("/api/v1/inspections", json=failed).status_code == 201
    assert staff.get(f"/api/v1/devices/{devices[0]}").json()["status"] == "maintenance"
    first, second = staff.get(f"/api/v1/devices/{devices[0]}/inspections").json()
    assert (first["result"], first["note"], first["next_due"]) == ("failed", "Kabel", None)
    assert second["measured"] == {"r_pe_ohm": 0.1, "i_leak_ma": 0.02}
    assert second["inspector"] and second["inspector_name"]["de"]


@pytest.mark.parametrize(
    "change",
    [
        {"entries": []},
        {"result": "perhaps"},
        {"entries": [{"device": "dev-1", "measured": {"Mia Muster": 1}}]},
        {"entries": [{"device": "dev-1", "measured": {"r_pe_ohm": "low"}}]},
        {"entries": [{"device": "dev-1", "measured": {"r_pe_ohm": 1e300}}]},
    ],
)
def test_what_is_no_test_is_refused(staff: httpx.Client, change: dict[str, object]) -> None:
    body = {"entries": [{"device": "dev-1"}], "result": "passed", **change}
    assert staff.post("/api/v1/inspections", json=body).status_code == 422
    assert staff.get("/api/v1/devices/dev-none/inspections").status_code == 404


def test_hours_are_entered_and_a_loan_ends_at_closing_time(staff: httpx.Client) -> None:
    empty = staff.get("/api/v1/opening").json()
    assert (empty["version"], empty["hours"], empty["is_open"], empty["next_opening"]) == (0, [[]] * 7, False, None)
    question = {"starts": "2026-10-23T10:00:00+02:00", "count": 3}
    nothing = staff.get("/api/v1/opening/loan-end", params=question)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "never-open")
    closures = [{"first": "2026-10-26", "last": "2026-10-26", "reason": "Inventur"}]
    body = {"version": 0, "hours": WEEK, "closures": closures}
    assert staff.put("/api/v1/opening", json=body).status_code == 204
    stored = staff.get("/api/v1/opening").json()
    assert (stored["version"], stored["hours"], stored["closures"]) == (1, WEEK, closures)
    assert stored["next_opening"] and stored["public_holidays"]
    assert len(stored["days"]) == 14 and all(day["times"] or day["why"] for day in stored["days"] if _is_workday(day))
    today = stored["days"][0]["day"]
    closed = {"first": today, "last": stored["days"][13]["day"], "reason": "Umbau"}
    assert staff.put("/api/v1/opening", json={**body, "version": 1, "closures": [closed]}).status_code == 204
    told = [day for day in staff.get("/api/v1/opening").json()["days"] if _is_workday(day)]
    assert told and not any(day["times"] for day in told) and "Umbau" in {day["why"]["de"] for day in told}
    assert staff.put("/api/v1/opening", json={**body, "version": 2}).status_code == 204
    assert staff.get("/api/v1/opening/loan-end", params=question).json()["ends"] == "2026-10-27T15:00:00.000000Z"
    assert (staff.put("/api/v1/opening", json=body).json()["code"]) == "version-conflict"
    for wrong in ({"hours": WEEK[:6]}, {"hours": [[[700, 600]], *WEEK[1:]], "version": 3}):
        assert staff.put("/api/v1/opening", json={**body, **wrong}).status_code in (400, 422)


def _is_workday(day: dict[str, Any]) -> bool:
    return date.fromisoformat(day["day"]).weekday() < 5


def test_a_model_names_its_devices(staff: httpx.Client, devices: list[str]) -> None:
    (model,) = [one for one in staff.get("/api/v1/models").json() if one["name"] == "Beamer"]
    assert set(staff.get(f"/api/v1/models/{model['id']}/devices").json()["devices"]) == set(devices)
    assert staff.get("/api/v1/models/mod-none/devices").status_code == 404


def test_trainers_read_and_staff_write(hub: HubInThread, devices: list[str]) -> None:
    entered = {"entries": [{"device": devices[0]}], "result": "passed"}
    with hub.client("trainer") as trainer, hub.client("guest") as guest:
        for path in ("/api/v1/inspections", "/api/v1/opening", f"/api/v1/devices/{devices[0]}/inspections"):
            assert (trainer.get(path).status_code, guest.get(path).status_code) == (200, 403)
        assert trainer.post("/api/v1/inspections", json=entered).status_code == 403
        assert trainer.put("/api/v1/opening", json={"version": 1, "hours": WEEK}).status_code == 403
