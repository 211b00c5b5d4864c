"""Calendar feeds over HTTP: made by staff, read by their address alone, never with a person's name."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from icalendar import Calendar

from tests.api.test_people import SCHOOL, adopted
from tests.fixtures.hubs import HubInThread

MODEL = {"name": "Tablet 10 Zoll"}


def events(answer: httpx.Response) -> dict[str, tuple[str, str]]:
    """Summary and status by booking."""
    assert answer.status_code == 200, answer.text
    calendar = Calendar.from_ical(answer.content)
    return {str(one["UID"]).partition("@")[0]: (str(one["SUMMARY"]), str(one["STATUS"])) for one in calendar.events}


def lab(hub: HubInThread, staff: httpx.Client) -> tuple[str, str, str]:
    """A device, its model, and a school with a person of a name that shall be nowhere."""
    hub.set_up()
    device = adopted(hub, staff)
    model = staff.post("/api/v1/models", json=MODEL).raise_for_status().json()["id"]
    staff.post(f"/api/v1/models/{model}/devices", json={"put_in": [device]}).raise_for_status()
    return device, model, staff.post("/api/v1/institutions", json=SCHOOL).json()["id"]


def book(staff: httpx.Client, start: int, **given: object) -> str:
    starts = datetime.now(UTC) + timedelta(days=start)
    body = {"starts": starts.isoformat(), "ends": (starts + timedelta(hours=20)).isoformat(), **given}
    made = staff.post("/api/v1/bookings", json={**body, "purpose": "Kanarienvogel"})
    return str(made.raise_for_status().json()["booking"])


def test_a_feed_tells_what_it_is_of_and_never_a_name(fresh_hub: HubInThread, tmp_path: Path) -> None:
    with fresh_hub.client("staff") as staff, fresh_hub.client("trainer") as trainer, fresh_hub.stranger() as stranger:
        device, model, school = lab(fresh_hub, staff)
        mia = staff.post("/api/v1/people", json={"family_name": "Kanarienvogel", "institution": school}).json()["id"]
        ours = book(staff, 2, lines=[{"model": model, "quantity": 1}], institution=school, person=mia)
        theirs = book(staff, 4, lines=[{"device": device}], person=mia)
        wishes = [
            {"scope": "lab"},
            {"scope": "institution", "subject": school},
            {"scope": "model", "subject": model},
            {"scope": "model", "subject": model, "public": True},
        ]
        assert trainer.post("/api/v1/calendars", json=wishes[0]).status_code == 403
        made = [staff.post("/api/v1/calendars", json=wish).raise_for_status().json() for wish in wishes]
        found = [stranger.get(one["path"]) for one in made]
        assert found[0].headers["content-type"] == "text/calendar; charset=utf-8"
        of_lab, of_school, of_model, public = [events(answer) for answer in found]
        assert of_lab[ours] == ("Tablet 10 Zoll – Grundschule am Wald", "CONFIRMED")
        assert set(of_lab) == {ours, theirs} and set(of_school) == {ours}
        assert of_model[theirs] == ("Tablet 10 Zoll", "CONFIRMED")
        assert set(public.values()) == {("gebucht", "CONFIRMED")}
        assert not [1 for answer in found if "Kanarienvogel" in answer.text]
        secrets = [one["path"].split("/")[-1].removesuffix(".ics").encode() for one in made]
        kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        assert not [secret for secret in secrets if secret in kept], "only their hashes are kept"


def test_a_feed_is_read_until_it_is_revoked_and_only_when_it_changed(hub: HubInThread) -> None:
    with hub.client("staff") as staff, hub.stranger() as stranger:
        device, model, _ = lab(hub, staff)
        ours, theirs = (book(staff, day, lines=[{"device": device}]) for day in (2, 4))
        feed = staff.post("/api/v1/calendars", json={"scope": "lab"}).json()
        tag = stranger.get(feed["path"]).headers["etag"]
        assert stranger.get(feed["path"], headers={"If-None-Match": tag}).status_code == 304
        staff.post(f"/api/v1/bookings/{ours}/canceled").raise_for_status()
        again = stranger.get(feed["path"], headers={"If-None-Match": tag})
        assert events(again)[ours][1] == "CANCELLED" and again.headers["etag"] != tag
        assert int(Calendar.from_ical(again.content).events[0]["SEQUENCE"]) > 0
        hub.shift(timedelta(days=40))
        assert set(events(stranger.get(feed["path"]))) == {theirs}, "long enough"

        staff.post("/api/v1/calendars", json={"scope": "model", "subject": model, "public": True}).raise_for_status()
        rows = staff.get("/api/v1/calendars").json()
        told = [(row["scope"], row["name"], row["public"]) for row in rows]
        assert told == [("lab", "", False), ("model", "Tablet 10 Zoll", True)]
        staff.delete(f"/api/v1/calendars/{feed['id']}").raise_for_status()
        assert stranger.get(feed["path"]).status_code == 404
        assert staff.delete(f"/api/v1/calendars/{feed['id']}").status_code == 404
        wrong = {"scope": "model", "subject": "mod-none"}
        assert staff.post("/api/v1/calendars", json=wrong).status_code == 404
        assert staff.post("/api/v1/calendars", json={"scope": "school"}).status_code == 422
        assert staff.post("/api/v1/calendars", json={"scope": "model"}).json()["code"] == "wrong-scope"
