"""A guest with a phone: what stands behind a label, and nothing about who has it."""

from datetime import UTC, datetime, timedelta

from tests.fixtures.agents import ScriptedAgent
from tests.fixtures.hubs import HubInThread, until


def test_a_stranger_sees_the_card_and_tells_of_a_defect(fresh_hub: HubInThread) -> None:
    agent = ScriptedAgent(fresh_hub.hub.broker.access("local"))
    agent.report("lent")
    with fresh_hub.client("staff") as staff, fresh_hub.stranger() as stranger:
        (row,) = until(lambda: staff.get("/api/v1/devices", params={"limit": 50}).json()["items"])
        adoption = {"devices": [{"device": row["id"]}], "record_baseline": False}
        staff.post("/api/v1/adoptions", json=adoption).raise_for_status()
        (code,) = staff.post("/api/v1/codes", json={"count": 1}).json()["codes"]
        path = f"/api/v1/guest/cards/{code}"
        assert stranger.get(path).status_code == 404, "it sticks on nothing yet"
        claim = {"noun": "device", "subject": row["id"]}
        staff.put(f"/api/v1/codes/{code}", json=claim).raise_for_status()
        person = staff.post("/api/v1/people", json={"family_name": "Kanarienvogel"}).json()["id"]
        ends = (datetime.now(UTC) + timedelta(days=3)).isoformat()
        wish = {"lines": [{"device": row["id"]}], "ends": ends, "person": person}
        lent = staff.post("/api/v1/loans", json=wish)
        assert lent.status_code in (201, 409), lent.text
        card = stranger.get(path)
        assert card.status_code == 200 and "Kanarienvogel" not in card.text and person not in card.text
        assert card.json()["is_out"] == (lent.status_code == 201)
        report = {"device": row["id"], "topic": "defect", "words": "Der Stift fehlt."}
        assert stranger.post(f"{path}/reports", json=report).status_code == 204
        assert stranger.post(f"{path}/reports", json={**report, "device": "dev-none"}).status_code == 404
        assert stranger.get("/api/v1/support-cases").status_code == 401
        (case,) = staff.get("/api/v1/support-cases", params={"is_open": True}).json()
        assert (case["history"][0]["words"], case["of_guest"]) == ("Der Stift fehlt.", True)
        until(lambda: [one for one in staff.get("/api/v1/lab").json()["issues"] if one["check"] == "support-open"])
        assert staff.post(f"/api/v1/support-cases/{case['id']}/close", json={"words": "liegt bei"}).status_code == 204
        assert staff.get("/api/v1/support-cases", params={"is_open": True}).json() == []
        answers = [stranger.post(f"{path}/reports", json=report).status_code for _ in range(8)]
        assert 429 in answers, "nobody fills the list from one phone"
    agent.close()
