"""The export over HTTP: for staff without people, for administrators with them, and never for others."""

import io
import zipfile

from tests.fixtures.hubs import HubInThread


def test_who_may_carry_what_away(hub: HubInThread) -> None:
    hub.set_up()
    with hub.client("admin") as admin, hub.client("staff") as staff, hub.client("trainer") as trainer:
        staff.post("/api/v1/people", json={"family_name": "Kanarienvogel"}).raise_for_status()
        assert trainer.get("/api/v1/export.zip").status_code == 403
        assert staff.get("/api/v1/export.zip", params={"people": True}).status_code == 403
        answers = [staff.get("/api/v1/export.zip"), admin.get("/api/v1/export.zip", params={"people": True})]
        for answer in answers:
            assert answer.headers["content-type"] == "application/zip" and answer.status_code == 200
            assert answer.headers["content-disposition"].startswith('attachment; filename="medialab-')
        without, whole = [zipfile.ZipFile(io.BytesIO(answer.content)) for answer in answers]
        assert "zeilen/person.jsonl" not in without.namelist()
        assert b"Kanarienvogel" in whole.read("zeilen/person.jsonl")
        assert b"data.exported" in whole.read("zeilen/journal.jsonl")
