"""What every screen shares comes in one answer, and says what the single lists say."""

import itertools
from collections.abc import Iterator

import httpx
import pytest

from medialab_wire import topics
from tests.fixtures import lab_words as say
from tests.fixtures.agents import ScriptedAgent
from tests.fixtures.hubs import HubInThread, until


@pytest.fixture(scope="module")
def agent(hub: HubInThread) -> Iterator[ScriptedAgent]:
    scripted = ScriptedAgent(hub.hub.broker.access("local"))
    scripted.say(topics.inventory("local"), say.inventory("pad-lab").encode())
    yield scripted
    scripted.close()


def test_one_answer_holds_open_jobs_issues_agents_drivers_and_places(hub: HubInThread, agent: ScriptedAgent) -> None:
    with hub.client("staff") as staff:
        device = _adopted(staff, agent)
        staff.post("/api/v1/locations", json={"name": "Raum 1"}).raise_for_status()
        staff.post(f"/api/v1/devices/{device}/baseline").raise_for_status()
        until(lambda: staff.get("/api/v1/jobs", params={"open": True}).json()["items"])
        until(lambda: staff.get("/api/v1/issues").json())
        lab = staff.get("/api/v1/lab").json()
        assert [job["device"] for job in lab["jobs"]] == [device]
        assert lab["agents"] and lab["drivers"] and lab["issues"]
        assert lab["places"]["locations"][0]["name"] == "Raum 1"
        for name in ("agents", "issues", "places"):
            assert lab[name] == staff.get(f"/api/v1/{name}").json()
        assert lab["counts"] == {"no_baseline": 1}
        assert lab["session"] == staff.get("/api/v1/session").json()
        assert lab["drivers"] == staff.get("/api/v1/drivers").json()["items"]


def test_the_stream_leads_on_from_the_answer(hub: HubInThread, agent: ScriptedAgent) -> None:
    with hub.client("staff") as staff:
        seq = staff.get("/api/v1/lab").json()["seq"]
        place = staff.post("/api/v1/locations", json={"name": "Raum 2"}).json()["id"]
        with staff.stream("GET", "/api/v1/stream", headers={"Last-Event-ID": str(seq)}) as stream:
            assert "event: resync" not in _until_places(stream)
        assert place in [one["id"] for one in staff.get("/api/v1/lab").json()["places"]["locations"]]


def test_nothing_is_fetched_twice_because_of_what_nobody_is_told(hub: HubInThread) -> None:
    """A refused sign-in goes to the journal, so that the sequence goes on without an event."""
    with hub.client("staff") as staff:
        staff.post("/api/v1/session", json={"name": "nobody", "password": "wrong"})
        seq = staff.get("/api/v1/lab").json()["seq"]
        with staff.stream("GET", "/api/v1/stream", headers={"Last-Event-ID": str(seq)}) as stream:
            with hub.client("staff") as another:
                another.post("/api/v1/locations", json={"name": "Raum 3"}).raise_for_status()
            assert "event: resync" not in _until_places(stream)


def _until_places(stream: httpx.Response) -> list[str]:
    """The events before that of the places."""
    return list(itertools.takewhile(lambda line: line != "event: places", stream.iter_lines()))


def _adopted(staff: httpx.Client, agent: ScriptedAgent) -> str:
    agent.report("pad-lab", driver="tablet", volatile={"battery": 5})
    items = until(lambda: [d for d in staff.get("/api/v1/devices").json()["items"] if d["name"] == "pad-lab"])
    device: str = items[0]["id"]
    body = {"devices": [{"device": device}], "record_baseline": False}
    staff.post("/api/v1/adoptions", json=body).raise_for_status()
    return device
