"""A table of devices over HTTP, with the real agent's checklist behind it: staff only, shown before it is done."""

from medialab_hub.api.schemas.device_files import DevicesImported
from tests.fixtures.hubs import HubInThread

TABLE = "Inventarnummer;Name\r\nK-1;Biene 1\r\n".encode("cp1252")
HEADERS = {"Content-Type": "text/csv"}


def test_staff_look_first_and_others_do_not(hub: HubInThread) -> None:
    path = "/api/v1/device-files"
    with hub.client("staff") as staff, hub.client("trainer") as trainer:
        shown = staff.post(path, content=TABLE, headers=HEADERS)
        told = DevicesImported.model_validate_json(shown.content)
        assert (told.new, told.is_done, told.rows[0].action) == (1, False, "new")
        nobody = staff.post(path, params={"seen": told.seen}, content=TABLE, headers=HEADERS)
        assert (nobody.status_code, nobody.json()["code"]) == (409, "no-driver-by-hand"), "no agent is there"
        assert (
            staff.post(path, params={"seen": "0" * 64}, content=TABLE, headers=HEADERS).json()["code"] == "not-as-seen"
        )
        assert staff.post(path, params={"seen": "x"}, content=TABLE, headers=HEADERS).status_code == 422
        assert trainer.post(path, content=TABLE, headers=HEADERS).status_code == 403
        assert trainer.get(path).status_code == 403
        assert staff.get(path).text.startswith("\ufeffInventarnummer;Name;Modell")
        assert staff.post(path, content=b"x" * 1_100_000, headers=HEADERS).status_code == 413
