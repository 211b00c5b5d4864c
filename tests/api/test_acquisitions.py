"""How a device was bought, over HTTP: only staff see it, and one that is bound is retired on purpose only."""

from datetime import UTC, datetime, timedelta

from tests.fixtures.agents import ScriptedAgent
from tests.fixtures.hubs import HubInThread, until


def test_a_bound_device_is_retired_only_on_purpose(hub: HubInThread) -> None:
    agent = ScriptedAgent(hub.hub.broker.access("local"))
    agent.report("bought")
    with hub.client("staff") as staff, hub.client("trainer") as trainer:
        rows = until(
            lambda: [
                one
                for one in staff.get("/api/v1/devices", params={"limit": 500}).json()["items"]
                if one["name"] == "bought"
            ]
        )
        path = f"/api/v1/devices/{rows[0]['id']}"
        adoption = {"devices": [{"device": rows[0]["id"]}], "record_baseline": False}
        staff.post("/api/v1/adoptions", json=adoption).raise_for_status()
        assert trainer.get(f"{path}/acquisition").status_code == 403
        end = datetime.now(UTC).date() + timedelta(days=400)
        body = {"price_cents": 39_900, "programme": "DigitalPakt", "bound_until": end.isoformat(), "version": 0}
        assert staff.put(f"{path}/acquisition", json=body).json()["version"] == 1
        assert staff.put(f"{path}/acquisition", json=body).status_code == 409
        times = {"first": "2026-01-01", "last": "2026-12-31"}
        told = staff.get("/api/v1/acquisitions/use", params=times).json()
        assert (told[0]["programme"], told[0]["devices"]) == ("DigitalPakt", 1)
        backwards = {"first": "2026-12-31", "last": "2026-01-01"}
        assert staff.get("/api/v1/acquisitions/use", params=backwards).json()["code"] == "wrong-time"
        version = staff.get(path).json()["version"]
        refused = staff.post(f"{path}/retire", json={"version": version})
        assert (refused.status_code, refused.json()["code"]) == (409, "still-bound")
        anyway = {"version": version, "despite_binding": True, "reason": "gestohlen"}
        assert staff.post(f"{path}/retire", json=anyway).json()["status"] == "retired"
        assert staff.get("/api/v1/acquisitions/use", params=times).json()[0]["retired"] == 1
    agent.close()
