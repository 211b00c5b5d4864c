"""Supplies over HTTP: staff keep the list, trainers note what was used, guests see nothing."""

from tests.fixtures.hubs import HubInThread


def test_a_trainer_notes_what_was_used(hub: HubInThread) -> None:
    with hub.client("staff") as staff, hub.client("trainer") as trainer, hub.client("guest") as guest:
        body = {"name": "PETG rot", "unit": "Rolle", "minimum": 1}
        (row,) = staff.post("/api/v1/supplies", json=body).raise_for_status().json()
        path = f"/api/v1/supplies/{row['id']}"
        assert trainer.post("/api/v1/supplies", json=body).status_code == 403
        assert guest.get("/api/v1/supplies").status_code == 403
        bought = {"kind": "bought", "quantity": 2, "client_key": "a"}
        assert staff.post(f"{path}/moves", json=bought).json()[0]["there"] == 2
        assert trainer.post(f"{path}/moves", json={"kind": "used", "quantity": 1}).json()[0]["there"] == 1
        refused = trainer.post(f"{path}/moves", json={"kind": "used", "quantity": 2})
        assert (refused.status_code, refused.json()["code"]) == (409, "not-that-many")
        assert trainer.post(f"{path}/moves", json={"kind": "eaten", "quantity": 2}).status_code == 422
        assert [one["change"] for one in trainer.get(f"{path}/moves").json()] == [-1, 2]
        changed = {**body, "minimum": 5, "version": 0}
        assert staff.put(path, json=changed).json()[0]["is_low"]
        assert staff.put(path, json=changed).status_code == 409
        assert staff.delete(path).status_code == 204
        assert staff.get("/api/v1/supplies").json() == []
