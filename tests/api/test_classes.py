"""Device classes over the API: the catalogue, what a device is taken for, and a person's word that goes before."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from medialab_hub.catalogue.loader import shipped
from medialab_wire.reports import Identity, IdentityKind
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


def _reported(staff: httpx.Client, agent: ScriptedAgent, dev: str, **fields: Any) -> dict[str, Any]:
    agent.report(dev, **fields)
    found = until(lambda: staff.get("/api/v1/devices", params={"q": dev}).json()["items"])
    detail: dict[str, Any] = staff.get(f"/api/v1/devices/{found[0]['id']}").json()
    return detail


def _choose(staff: httpx.Client, device: dict[str, Any], wanted: str) -> httpx.Response:
    body = {"version": device["version"], "device_class": wanted}
    return staff.patch(f"/api/v1/devices/{device['id']}", json=body)


def test_the_catalogue_is_sent_once(staff: httpx.Client) -> None:
    answer = staff.get("/api/v1/classes")
    assert [one["id"] for one in answer.json()] == list(shipped().classes)
    assert answer.headers["content-encoding"] == "gzip"
    plain = staff.get("/api/v1/classes", headers={"accept-encoding": "identity"})
    assert plain.json() == answer.json()
    again = staff.get("/api/v1/classes", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_class_tells_what_belongs_to_it(staff: httpx.Client) -> None:
    quest = staff.get("/api/v1/classes/meta-quest-3").json()
    assert quest["name"]["de"] == "Meta Quest 3"
    assert quest["accessories"][0] == {"name": {"de": "Controller", "en": "Controller"}, "count": 2, "mains": False}
    assert (quest["charging"]["plug"], quest["charging"]["data"]) == ("usb-c", True)
    assert (quest["turnaround_min"], quest["safety_test_months"], quest["age"]["years"]) == (60, 12, 13)
    assert {
        "id": "4.1",
        "name": {"de": "Medienproduktion und Präsentation", "en": "Producing and presenting media"},
    } in (quest["areas"])
    missing = staff.get("/api/v1/classes/no-such-thing")
    assert (missing.status_code, missing.json()["code"]) == (404, "no-such-class")


def test_what_is_reported_decides(staff: httpx.Client, agent: ScriptedAgent) -> None:
    facts = {"maker": "Oculus", "codename": "eureka", "model": "Quest 3"}
    device = _reported(staff, agent, "head-1", driver="android-adb", facts=facts)
    assert device["device_class"] == {
        "of": {"id": "meta-quest-3", "name": {"de": "Meta Quest 3", "en": "Meta Quest 3"}},
        "chosen": False,
        "candidates": [],
    }


def test_the_serial_number_is_read_from_what_it_is_recognised_by(staff: httpx.Client, agent: ScriptedAgent) -> None:
    serial = Identity(kind=IdentityKind.SERIAL, value="9904" + "0" * 44, scope="usb-0d28-0204")
    facts = {"vid": "0d28", "pid": "0204", "product": "BBC micro:bit CMSIS-DAP"}
    device = _reported(staff, agent, "board-1", driver=None, facts=facts, identities=(serial,))
    assert device["device_class"]["of"]["id"] == "bbc-microbit-v2"


def test_a_tie_asks_and_a_choice_goes_before_everything(staff: httpx.Client, agent: ScriptedAgent) -> None:
    device = _reported(staff, agent, "cable-1", driver=None, facts={"vid": "1a86", "pid": "7523"})
    answer = device["device_class"]
    assert answer["of"] is None
    assert {"mbot", "arduino-nano"} <= {candidate["id"] for candidate in answer["candidates"]}

    chosen = _choose(staff, device, "mbot").json()
    assert (chosen["device_class"]["of"]["id"], chosen["device_class"]["chosen"]) == ("mbot", True)
    agent.report("cable-1", driver="android-adb", facts={"maker": "Oculus", "codename": "eureka"})
    path = f"/api/v1/devices/{device['id']}"
    until(lambda: staff.get(path).json()["facts"].get("codename"))
    kept = staff.get(path).json()
    assert kept["device_class"]["of"]["id"] == "mbot"
    assert _choose(staff, kept, "").json()["device_class"]["of"]["id"] == "meta-quest-3"


def test_a_class_nobody_knows_is_refused_and_nothing_changes(staff: httpx.Client, agent: ScriptedAgent) -> None:
    device = _reported(staff, agent, "cable-2", driver=None, facts={"vid": "0694", "pid": "0009"})
    refused = _choose(staff, device, "warp-drive")
    assert refused.json()["code"] == "no-such-class"
    after = staff.get(f"/api/v1/devices/{device['id']}").json()
    assert (after["version"], after["device_class"]["of"]["id"]) == (device["version"], "lego-spike-prime")


def test_a_trainer_sees_classes_and_chooses_none(hub: HubInThread, staff: httpx.Client, agent: ScriptedAgent) -> None:
    device = _reported(staff, agent, "cable-3", driver=None, facts={"vid": "1a86", "pid": "7523"})
    with hub.client("trainer") as trainer:
        assert trainer.get("/api/v1/classes").status_code == 200
        assert _choose(trainer, device, "mbot").status_code == 403


def test_two_that_are_merged_keep_the_choice(staff: httpx.Client, agent: ScriptedAgent) -> None:
    kept, other = (_reported(staff, agent, f"merge-{n}", driver=None, facts={"vid": "1a86"}) for n in (1, 2))
    _choose(staff, other, "mbot").raise_for_status()
    merged = staff.post(f"/api/v1/devices/{kept['id']}/merge", json={"other": other["id"]}).json()
    assert merged["device_class"]["of"]["id"] == "mbot"
