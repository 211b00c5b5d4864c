"""The same hub on PostgreSQL, by changing one URL."""

from pathlib import Path

from tests.fixtures.agents import ScriptedAgent
from tests.fixtures.hubs import running_hub, until
from tests.fixtures.postgresql import postgresql_server


def test_a_device_is_found_and_adopted_and_is_there_after_a_restart(tmp_path: Path) -> None:
    with postgresql_server() as url:
        with running_hub(tmp_path, database_url=url) as hub, hub.browser() as client:
            agent = ScriptedAgent(hub.hub.broker.access("local"))
            try:
                agent.report("pad")
                device = until(lambda: client.get("/api/v1/devices").json()["items"])[0]
            finally:
                agent.close()
            body = {"devices": [{"device": device["id"]}], "record_baseline": False}
            assert client.post("/api/v1/adoptions", json=body).status_code == 201
            assert client.get("/api/v1/system").json()["database"].startswith("postgresql")
            assert client.get("/healthz").json()["status"] == "ok"
        with running_hub(tmp_path, database_url=url) as hub, hub.browser() as client:
            assert client.get(f"/api/v1/devices/{device['id']}").json()["adopted"]
            assert not (tmp_path / "hub.sqlite3").exists()
