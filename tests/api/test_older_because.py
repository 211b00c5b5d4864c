"""Ordering an older firmware over the API: by staff, with one line of words, which the wire never carries."""

from collections.abc import Iterator

import pytest

from medialab_hub.domain.jobs import OLDER_BECAUSE
from medialab_wire import topics
from tests.fixtures import lab_words as say
from tests.fixtures.agents import ScriptedAgent
from tests.fixtures.hubs import HubInThread, until

WHY = "Mia braucht die ältere"
RESET, BY_ACTION = "/api/v1/devices/x/reset", "/api/v1/devices/x/actions/reset"


@pytest.fixture
def agent(hub: HubInThread) -> Iterator[ScriptedAgent]:
    scripted = ScriptedAgent(hub.hub.broker.access("local"))
    yield scripted
    scripted.close()


def test_staff_order_it_and_the_words_stay_in_the_hub(hub: HubInThread, agent: ScriptedAgent) -> None:
    agent.say(topics.inventory("local"), say.inventory("t1").encode())
    agent.say(topics.report("local", "t1"), say.report("t1").encode())
    with hub.client("staff") as staff:
        (row,) = until(lambda: staff.get("/api/v1/devices", params={"q": "Tab t1"}).json()["items"])
        body = {"devices": [{"device": row["id"]}], "record_baseline": True}
        until(lambda: staff.get(f"/api/v1/devices/{row['id']}").json()["driver"])
        (first,) = staff.post("/api/v1/adoptions", json=body).json()["jobs"]
        agent.say(topics.execution("local", first), say.recorded(first, "t1").encode())
        until(lambda: staff.get(f"/api/v1/jobs/{first}").json()["ended"])
        body = {"grace_s": 0, "older_because": f" {WHY} "}
        job = staff.post(f"/api/v1/devices/{row['id']}/reset", json=body).raise_for_status().json()["job"]
        assert staff.get(f"/api/v1/jobs/{job}").json()["older_because"] == WHY
    until(lambda: [data for _, data in agent.heard if job.encode() in data and OLDER_BECAUSE.encode() in data])
    assert not [topic for topic, data in agent.heard if b"Mia" in data]


def test_nobody_else_may(hub: HubInThread) -> None:
    with hub.client("trainer") as trainer, hub.client("staff") as staff:
        assert trainer.post(RESET, json={"older_because": WHY}).status_code == 403
        assert trainer.post(RESET, json={}).status_code == 404
        assert staff.post(RESET, json={"older_because": WHY}).status_code == 404
        for client in (trainer, staff):
            assert client.post(BY_ACTION, json={"params": {OLDER_BECAUSE: WHY}}).status_code == 422


@pytest.mark.parametrize("words", ["", "  ", "x" * 201, "a\nb", "a\x00b", "\x1b[31m", "a\x85b", 1])
def test_it_is_one_line_of_words(hub: HubInThread, words: object) -> None:
    with hub.client("staff") as staff:
        assert staff.post(RESET, json={"older_because": words}).status_code == 422
        assert staff.post(RESET, json={"older_because": "x" * 200}).status_code == 404
