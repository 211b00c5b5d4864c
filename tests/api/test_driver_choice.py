"""Which driver a device gets, over the API: chosen, chosen anew, taken back; by staff, and never under a job."""

from collections.abc import Iterator

import pytest

from medialab_wire.reports import Access, Presence
from tests.fixtures.agents import ScriptedAgent
from tests.fixtures.hubs import HubInThread, until

TIE = ("rocket", "tablet")


@pytest.fixture
def agent(hub: HubInThread) -> Iterator[ScriptedAgent]:
    scripted = ScriptedAgent(hub.hub.broker.access("local"))
    yield scripted
    scripted.close()


def test_a_choice_can_be_changed_and_taken_back(hub: HubInThread, agent: ScriptedAgent) -> None:
    with hub.client("staff") as staff, hub.client("trainer") as trainer:
        agent.report("seen-1", driver=None, access=Access.NEEDS_PERSON, identities=(), candidates=TIE)
        (found,) = until(lambda: staff.get("/api/v1/devices", params={"q": "seen-1"}).json()["items"])
        device = f"/api/v1/devices/{found['id']}"
        (asked,) = staff.get(device).json()["connections"]
        assert (asked["candidates"], asked["chosen"]) == (list(TIE), False)
        body = {"connection": asked["id"], "driver": "rocket"}
        assert trainer.post(f"{device}/driver", json=body).status_code == 403
        (asked,) = staff.post(f"{device}/driver", json=body).json()["connections"]
        assert asked["chosen"] is True
        agent.report("seen-1", driver=None, presence=Presence.ABSENT, identities=(), candidates=TIE)
        agent.report("rocket-1", driver="rocket", identities=(), candidates=TIE, formerly="seen-1")
        (rocket,) = until(lambda: [c for c in staff.get(device).json()["connections"] if c["driver"] == "rocket"])
        assert (rocket["candidates"], rocket["chosen"]) == (list(TIE), True)
        wrong = staff.post(f"{device}/driver", json={"connection": rocket["id"], "driver": "warp"})
        assert (wrong.status_code, wrong.json()["code"]) == (400, "no-candidate")
        anew = staff.post(f"{device}/driver", json={"connection": rocket["id"], "driver": "tablet"})
        assert (anew.status_code, anew.json()["driver"]) == (200, None)
        (seen,) = (c for c in anew.json()["connections"] if c["dev"] == "seen-1")
        back = staff.post(f"{device}/driver", json={"connection": seen["id"], "driver": None})
        assert [c["chosen"] for c in back.json()["connections"]] == [False, False]
