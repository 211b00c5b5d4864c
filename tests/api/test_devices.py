"""Devices over the API: found, adopted, changed, listed, labelled; names are hostile input."""

import gzip
import json
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.fixtures.agents import ScriptedAgent
from tests.fixtures.hubs import HubInThread, until

HOSTILE = [
    "<script>alert(1)</script>",
    "\"'; DROP TABLE device; --",
    "event: resync\ndata: {}\n\nid: 9",
    "\u202egnp.exe \u0000 \x07",
    '=HYPERLINK("http://evil.example")',
    '#panic("x") $a$ \\ @label *',
    "😀" * 100,
    "\U0001fabf\u2e3b\ue000 \u0f04",
]


@pytest.fixture(scope="module")
def agent(hub: HubInThread) -> Iterator[ScriptedAgent]:
    scripted = ScriptedAgent(hub.hub.broker.access("local"))
    yield scripted
    scripted.close()


@pytest.fixture(scope="module")
def staff(hub: HubInThread) -> Iterator[httpx.Client]:
    with hub.client("staff") as client:
        yield client


def found(staff: httpx.Client, name: str) -> dict | None:
    items = staff.get("/api/v1/devices", params={"limit": 500}).json()["items"]
    return next((item for item in items if item["name"] == name), None)


def adopted(staff: httpx.Client, agent: ScriptedAgent, dev: str) -> dict:
    agent.report(dev)
    device = until(lambda: found(staff, dev))
    body = {"devices": [{"device": device["id"]}], "record_baseline": False}
    staff.post("/api/v1/adoptions", json=body).raise_for_status()
    return staff.get(f"/api/v1/devices/{device['id']}").json()


def test_a_device_is_found_adopted_renamed_and_retired(staff: httpx.Client, agent: ScriptedAgent) -> None:
    device = adopted(staff, agent, "pad-1")
    assert device["adopted"]
    assert device["asset_tag"]
    change = {"version": device["version"], "name": "iPad 17"}
    changed = staff.patch(f"/api/v1/devices/{device['id']}", json=change).json()
    assert changed["name"] == "iPad 17"
    stale = staff.patch(f"/api/v1/devices/{device['id']}", json=change)
    assert (stale.status_code, stale.json()["code"]) == (409, "version-conflict")
    gone = staff.post(f"/api/v1/devices/{device['id']}/retire", json={"version": changed["version"]}).json()
    assert gone["status"] == "retired"
    assert found(staff, "iPad 17") is None
    retired = staff.get("/api/v1/devices", params={"status": "retired"}).json()
    assert [item["name"] for item in retired["items"]] == ["iPad 17"]


def test_maintenance_begins_and_ends(staff: httpx.Client, agent: ScriptedAgent) -> None:
    device = adopted(staff, agent, "pad-2")
    allocation = staff.post(f"/api/v1/devices/{device['id']}/maintenance", json={"reason": "Akku"}).json()
    assert allocation["kind"] == "maintenance"
    assert staff.get(f"/api/v1/devices/{device['id']}").json()["status"] == "maintenance"
    path = f"/api/v1/devices/{device['id']}/allocations/{allocation['id']}"
    assert staff.delete(path).status_code == 204
    assert staff.get(f"/api/v1/devices/{device['id']}").json()["status"] != "maintenance"


def test_pages_follow_one_another_without_gap_or_repetition(staff: httpx.Client, agent: ScriptedAgent) -> None:
    for number in range(25):
        agent.report(f"page-{number:02d}")
    until(lambda: staff.get("/api/v1/devices", params={"q": "page-"}).json()["total"] == 25)
    names, after = [], None
    while True:
        params = {"q": "page-", "limit": 10} | ({"after": after} if after else {})
        page = staff.get("/api/v1/devices", params=params).json()
        names += [item["name"] for item in page["items"]]
        after = page["after"]
        if after is None:
            break
    assert names == [f"page-{number:02d}" for number in range(25)]


def test_lists_say_when_nothing_changed(staff: httpx.Client, agent: ScriptedAgent) -> None:
    agent.report("tagged", volatile={"battery": 50})
    until(lambda: found(staff, "tagged"))
    time.sleep(1.5)  # the checks look at the news once a second
    for path in ("/api/v1/devices", "/api/v1/fleet"):
        first = staff.get(path)
        tag = first.headers["etag"]
        assert staff.get(path, headers={"If-None-Match": f'"other", {tag}'}).status_code == 304
    agent.report("tagged", volatile={"battery": 49})
    until(lambda: found(staff, "tagged")["battery"] == 49)
    assert staff.get("/api/v1/fleet", headers={"If-None-Match": tag}).status_code == 200


def test_the_whole_fleet_comes_compressed_and_says_the_same(staff: httpx.Client, agent: ScriptedAgent) -> None:
    agent.report("zipped")
    until(lambda: found(staff, "zipped"))
    with staff.stream("GET", "/api/v1/fleet", headers={"Accept-Encoding": "gzip"}) as answer:
        packed = json.loads(gzip.decompress(b"".join(answer.iter_raw())))
    plain = staff.get("/api/v1/fleet", headers={"Accept-Encoding": "identity"}).json()
    assert packed["columns"] == plain["columns"]
    rows = [dict(zip(packed["columns"], row, strict=True)) for row in packed["rows"]]
    assert "zipped" in [row["name"] for row in rows]
    by_list = staff.get("/api/v1/devices", params={"limit": 500}).json()["items"]
    assert sorted(by_list[0]) == sorted(packed["columns"])


def devices_in(lines: Iterator[str]) -> Iterator[dict]:
    """The device events of a stream, which must hold nothing that a name made up."""
    event = ""
    for line in lines:
        assert line == "" or line.split(":")[0] in {"id", "event", "data", ""}
        event = line.partition(": ")[2] if line.startswith("event: ") else event
        assert event != "resync"
        if line.startswith("data: ") and event == "device":
            yield json.loads(line[6:])


def is_from(staff: httpx.Client, row: dict, dev: str) -> bool:
    detail = staff.get(f"/api/v1/devices/{row['id']}").json()
    return [connection["dev"] for connection in detail["connections"]] == [dev]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_data(hub: HubInThread, staff: httpx.Client, agent: ScriptedAgent, name: str) -> None:
    dev = f"hostile-{HOSTILE.index(name)}"
    with hub.client("trainer") as client, client.stream("GET", "/api/v1/stream", timeout=20) as answer:
        lines = answer.iter_lines()
        next(lines)
        agent.report(dev, name=name)
        device = next(row for row in devices_in(lines) if is_from(staff, row, dev))
    assert found(staff, device["name"])["id"] == device["id"]
    body = {"devices": [{"device": device["id"]}], "record_baseline": False}
    staff.post("/api/v1/adoptions", json=body).raise_for_status()
    pdf = staff.get("/api/v1/labels.pdf", params={"devices": device["id"]})
    assert pdf.content.startswith(b"%PDF-")


@pytest.mark.parametrize("sheet", ["a4-55", "single"])
def test_labels_are_tagged_pdfs_with_a_page_each(staff: httpx.Client, agent: ScriptedAgent, sheet: str) -> None:
    ids = [adopted(staff, agent, f"label-{sheet}-{number}")["id"] for number in range(2)]
    answer = staff.get("/api/v1/labels.pdf", params={"devices": ",".join(ids), "sheet": sheet})
    assert answer.headers["content-type"] == "application/pdf"
    assert b"/StructTreeRoot" in answer.content, "a reader needs the tags"
    assert staff.get("/api/v1/labels.pdf", params={"devices": ids[0], "sheet": "a3"}).status_code == 400


def test_places_addresses_and_lists_for_everybody(hub: HubInThread, staff: httpx.Client) -> None:
    room = staff.post("/api/v1/locations", json={"name": "Raum 2"}).json()
    station = staff.post("/api/v1/stations", json={"name": "Tisch 1", "location": room["id"]}).json()
    assert staff.get("/api/v1/places").json()["stations"] == [station]
    address = "octoprint://192.0.2.7:5000"
    assert staff.post("/api/v1/manual-addresses", json={"address": address}).status_code == 201
    assert staff.get("/api/v1/manual-addresses").json() == [address]
    assert staff.delete("/api/v1/manual-addresses", params={"address": address}).status_code == 204
    assert staff.delete(f"/api/v1/stations/{station['id']}").status_code == 204
    assert staff.delete(f"/api/v1/locations/{room['id']}").status_code == 204
    with hub.client("trainer") as trainer:
        for path in ("agents", "drivers", "issues", "jobs", "places"):
            assert trainer.get(f"/api/v1/{path}").status_code == 200, path


def test_what_is_not_understood_is_recorded_and_does_no_harm(hub: HubInThread, agent: ScriptedAgent) -> None:
    agent.say("ml/1/a/local/up/d/x/rep", b"\xff not json")
    agent.say("ml/1/a/local/up/state", b"{}")
    with hub.client("admin") as admin:
        until(lambda: "wire.invalid" in admin.get("/api/v1/journal").text)
        assert admin.get("/healthz").json()["status"] == "ok"
