"""Kits over HTTP: made, filled, counted, emptied; and things without an interface."""

from collections.abc import Iterator

import httpx
import pytest

from medialab_hub.services import agents
from tests.fixtures import lab_words as say
from tests.fixtures.agents import ScriptedAgent
from tests.fixtures.hubs import HubInThread, until


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
    """Three adopted ones."""
    names = [f"kit-{number}" for number in range(3)]
    for name in names:
        agent.report(name)

    def known() -> list[str] | None:
        rows = staff.get("/api/v1/devices", params={"limit": 500}).json()["items"]
        found = {row["name"]: row["id"] for row in rows}
        return [found[name] for name in names] if set(names) <= found.keys() else None

    ids: list[str] = until(known)
    body = {"devices": [{"device": key} for key in ids], "record_baseline": False}
    staff.post("/api/v1/adoptions", json=body).raise_for_status()
    return ids


def test_a_kit_is_filled_counted_and_emptied(staff: httpx.Client, devices: list[str]) -> None:
    made = staff.post("/api/v1/kits", json={"name": "Roboterkoffer", "devices": devices[:2]})
    assert made.status_code == 201
    kit = made.json()["id"]
    assert staff.get("/api/v1/kits").json() == [
        {"id": kit, "name": "Roboterkoffer", "devices": 2, "ready": 0, "by_hand": 0}
    ]
    change = {"name": "Robotik", "put_in": [devices[2]], "take_out": [devices[0]]}
    assert staff.patch(f"/api/v1/kits/{kit}", json=change).status_code == 204
    listed = staff.get("/api/v1/devices", params={"kit": kit}).json()
    assert {row["id"] for row in listed["items"]} == set(devices[1:])
    assert {row["kit"] for row in listed["items"]} == {kit}
    assert staff.get("/api/v1/lab").json()["kits"] == [{"id": kit, "name": "Robotik"}]
    assert staff.delete(f"/api/v1/kits/{kit}").status_code == 204
    assert staff.get("/api/v1/kits").json() == []
    assert staff.get(f"/api/v1/devices/{devices[1]}").json()["kit"] is None


def test_what_does_not_fit_is_refused_in_words(staff: httpx.Client, devices: list[str]) -> None:
    kit = staff.post("/api/v1/kits", json={"name": "Film"}).json()["id"]
    taken = staff.post("/api/v1/kits", json={"name": "Film"})
    assert (taken.status_code, taken.json()["code"]) == (409, "name-taken")
    assert staff.post("/api/v1/kits", json={"name": "", "devices": devices}).status_code == 422
    assert staff.patch("/api/v1/kits/kit-none", json={"name": "x"}).status_code == 404
    assert staff.patch(f"/api/v1/kits/{kit}", json={"put_in": ["dev-none"]}).status_code == 404


def test_things_are_entered_by_class_and_number(hub: HubInThread, staff: httpx.Client) -> None:
    by_hand = say.MANIFEST.model_copy(update={"id": "checklist", "by_hand": True})
    announced = say.inventory(version="by-hand").model_copy(update={"drivers": (by_hand,)})
    hub.run(lambda uow: agents.take_inventory(uow, "by-hand", announced))
    made = staff.post("/api/v1/things", json={"device_class": "bee-bot", "count": 3})
    assert made.json() == [f"checklist://bee-bot.{number}" for number in (1, 2, 3)]
    assert set(made.json()) <= set(staff.get("/api/v1/manual-addresses").json())
    for wrong in ({"device_class": "../x", "count": 1}, {"device_class": "bee-bot", "count": 0}):
        assert staff.post("/api/v1/things", json=wrong).status_code == 422
    with hub.client("trainer") as trainer:
        assert trainer.post("/api/v1/things", json={"device_class": "bee-bot", "count": 1}).status_code == 403
