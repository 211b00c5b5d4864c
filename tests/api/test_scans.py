"""Labels and scan sessions over HTTP: claimed by scanning, taken once, the same however often and late they come."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from medialab_hub.storage.tables import Person
from medialab_hub.storage.unit_of_work import UnitOfWork
from tests.fixtures.agents import ScriptedAgent
from tests.fixtures.hubs import HubInThread, until

START = datetime.now(UTC) - timedelta(hours=1)


@pytest.fixture(scope="module")
def staff(hub: HubInThread) -> Iterator[httpx.Client]:
    with hub.client("staff") as client:
        yield client


@pytest.fixture(scope="module")
def devices(hub: HubInThread, staff: httpx.Client) -> Iterator[list[str]]:
    """Two adopted ones."""
    agent = ScriptedAgent(hub.hub.broker.access("local"))
    for name in ("scan-0", "scan-1"):
        agent.report(name)

    def known() -> list[str] | None:
        rows = staff.get("/api/v1/devices", params={"limit": 500}).json()["items"]
        found = {row["name"]: row["id"] for row in rows}
        return [found["scan-0"], found["scan-1"]] if {"scan-0", "scan-1"} <= found.keys() else None

    ids: list[str] = until(known)
    body = {"devices": [{"device": key} for key in ids], "record_baseline": False}
    staff.post("/api/v1/adoptions", json=body).raise_for_status()
    yield ids
    agent.close()


@pytest.fixture(scope="module")
def labels(hub: HubInThread, staff: httpx.Client, devices: list[str]) -> list[str]:
    """On both devices, on a person, and one that sticks nowhere."""

    def person(uow: UnitOfWork) -> None:
        uow.session.add(Person(id="per-scan", given_name="A", family_name="B", added_at=uow.now, used_at=uow.now))

    hub.run(person)
    made = staff.post("/api/v1/codes", json={"count": 4})
    assert made.status_code == 201
    codes: list[str] = made.json()["codes"]
    things = [("device", devices[0]), ("device", devices[1]), ("person", "per-scan")]
    for code, (noun, subject) in zip(codes, things, strict=False):
        claimed = staff.put(f"/api/v1/codes/{code}", json={"noun": noun, "subject": subject})
        assert claimed.json() == {"code": code, "noun": noun, "subject": subject}
    return codes


def event(number: int, seconds: float, raw: str = "", **more: Any) -> dict[str, Any]:
    at = (START + timedelta(seconds=seconds)).isoformat()
    return {
        "id": str(uuid.uuid4()),
        "client": "phone",
        "sequence": number,
        "at": at,
        "raw": raw,
        "is_fact": True,
        **more,
    }


def test_a_label_is_read_and_never_moved_silently(staff: httpx.Client, devices: list[str], labels: list[str]) -> None:
    read = staff.post("/api/v1/codes/read", json={"raw": f"HTTP://HUB/I/{labels[0]}"})
    assert read.json() == {"code": labels[0], "noun": "device", "subject": devices[0]}
    assert staff.get(f"/api/v1/codes/{labels[3].lower()}").json()["noun"] is None
    moved = {"noun": "device", "subject": devices[1]}
    taken = staff.put(f"/api/v1/codes/{labels[0]}", json=moved)
    assert (taken.status_code, taken.json()["code"]) == (409, "code-taken")
    assert staff.post("/api/v1/codes/read", json={"raw": "nonsense"}).json()["code"] == "no-code"
    assert staff.put("/api/v1/codes/7K3F9QX", json=moved).status_code == 404
    assert staff.post("/api/v1/codes", json={"count": 0}).status_code == 422


def test_a_session_is_the_same_however_it_arrives(staff: httpx.Client, devices: list[str], labels: list[str]) -> None:
    opening = {"mode": "out", "client_key": "tour-2026-11-23"}
    opened = [staff.post("/api/v1/scan-sessions", json=opening).json()["session"] for _ in range(2)]
    assert len(set(opened)) == 1
    url = f"/api/v1/scan-sessions/{opened[0]}"
    out, twice = event(2, 10, labels[0]), event(3, 12, labels[0].lower())
    events = [event(1, 0, labels[2]), out, twice, event(4, 20, labels[1]), event(5, 30, "?4"), event(6, 60, labels[1])]
    undo = event(7, 15, kind="undo", about=out["id"])
    for batch in ([undo, *events[3:]], events[:4], events[::-1], [*events, undo, undo]):
        answer = staff.post(f"{url}/events", json={"events": batch})
        assert answer.status_code == 200, answer.text
    assert (answer.json()["taken"], answer.json()["known"]) == (0, 7)
    view = staff.get(url).json()
    assert view == answer.json()["session"]
    assert [(item["device"], item["state"], item["person"]) for item in view["items"]] == [
        (devices[1], "back", "per-scan")
    ]
    assert [(one["code"], one["raw"]) for one in view["conflicts"]] == [("unknown-code", "")]
    assert (view["events"], view["duplicates"], view["undone"]) == (7, 1, 2)
    assert {"session": opened[0]} in staff.get("/api/v1/scan-sessions").json()


def test_no_single_event_can_stop_an_outbox(staff: httpx.Client) -> None:
    key = staff.post("/api/v1/scan-sessions", json={"mode": "count"}).json()["session"]
    odd = [
        event(1, 0, "\0\u202e" + "x" * 3000),
        {**event(2, 0, "a"), "at": "0001-01-01T00:00:00+14:00"},
        {**event(3, 0, "b"), "at": "9999-12-31T23:59:59-14:00"},
        event(4, 0, kind="undo", about="nothing"),
        event(5, 0, kind="person", about="per-none"),
    ]
    answer = staff.post(f"/api/v1/scan-sessions/{key}/events", json={"events": odd})
    assert (answer.status_code, answer.json().get("taken")) == (200, 5)
    assert len(answer.json()["session"]["conflicts"]) == 4


def test_who_may_scan(hub: HubInThread, staff: httpx.Client) -> None:
    assert staff.get("/api/v1/scan-sessions/scs-none").status_code == 404
    assert staff.post("/api/v1/scan-sessions/scs-none/events", json={"events": []}).status_code == 404
    with hub.client("trainer") as trainer:
        assert trainer.post("/api/v1/scan-sessions", json={"mode": "out"}).status_code == 403
        assert trainer.post("/api/v1/codes", json={"count": 1}).status_code == 403


def test_one_scan_lends_a_case_and_its_list_says_who_is_inside(
    staff: httpx.Client, devices: list[str], labels: list[str]
) -> None:
    kit = staff.post("/api/v1/kits", json={"name": "Koffer Scan", "devices": devices}).json()["id"]
    staff.put(f"/api/v1/codes/{labels[3]}", json={"noun": "kit", "subject": kit}).raise_for_status()
    key = staff.post("/api/v1/scan-sessions", json={"mode": "out"}).json()["session"]
    url = f"/api/v1/scan-sessions/{key}/events"
    scans = [event(1, 0, labels[2], is_fact=False), event(2, 1, labels[3], is_fact=False)]
    (case,) = staff.post(url, json={"events": scans}).json()["session"]["kits"]
    assert (case["kit"], case["name"], case["asked"]) == (kit, "Koffer Scan", 0)
    assert {member["seen"] for member in case["members"]} == {True}
    if case["state"] == "refused":  # one of them has been returned by another test and is not proven yet
        refused = [member for member in case["members"] if member["state"] == "refused"]
        assert {member["code"] for member in refused} == {"not-proven"} and refused[0]["label"]
        without = [event(3 + at, 20, kind="without", about=one["device"]) for at, one in enumerate(refused)]
        (case,) = staff.post(url, json={"events": without}).json()["session"]["kits"]
    assert case["state"] == "out"
    assert {member["state"] for member in case["members"]} <= {"out", "left"}
    undone = staff.post(url, json={"events": [event(9, 40, kind="undo", about=scans[1]["id"])]}).json()
    assert (undone["session"]["kits"], undone["session"]["items"]) == ([], [])
