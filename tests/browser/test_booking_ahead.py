"""Booking ahead by keyboard: what is not free says why and what else would do, a series is shown before it is saved."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab, running_lab
from tests.browser.paper_words import PaperDevice
from tests.browser.visitor import Visitor
from tests.browser.work import until

NAMES = ["Kamera 1", "Kamera 2"]
HOURS = [[[540, 960]] for _ in range(5)] + [[], []]
FROM, TO = "2099-03-03", "2099-03-04"
"""A Tuesday and a Wednesday."""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Two cameras of one model, one of them booked for that Tuesday."""
    devices = [PaperDevice(f"k{n}", name) for n, name in enumerate(NAMES)]
    with running_lab(tmp_path_factory.mktemp("ahead"), devices) as running:
        running.hub.set_up()
        until(lambda: len(running.rows()) == len(NAMES), "the hub did not hear of all devices")
        ids = [row["id"] for row in running.rows()]
        with running.hub.client() as client:
            wishes = {"devices": [{"device": key} for key in ids], "record_baseline": False}
            client.post("/api/v1/adoptions", json=wishes).raise_for_status()
            made = client.post("/api/v1/models", json={"name": "Kamera", "devices": ids}).raise_for_status().json()
            client.put("/api/v1/opening", json={"version": 0, "hours": HOURS, "closures": []}).raise_for_status()
            times = {"starts": f"{FROM}T09:00:00+01:00", "ends": f"{TO}T16:00:00+01:00"}
            client.post("/api/v1/bookings", json={"lines": [{"model": made["id"]}], **times}).raise_for_status()
        yield running


def states(lab: Lab) -> list[str]:
    with lab.hub.client() as client:
        question = {"starts": "2099-01-01T00:00:00Z", "ends": "2099-12-31T00:00:00Z"}
        return sorted(row["state"] for row in client.get("/api/v1/bookings", params=question).json())


def kinds(lab: Lab) -> list[str]:
    with lab.hub.client() as client:
        return [str(kind) for kind in client.get("/api/v1/models").json()[0]["lends_to"]]


def test_a_booking_and_a_series_are_made_by_keyboard(visitor: Visitor) -> None:
    page = visitor.open("/lending")
    page.get_by_role("link", name="Im Voraus buchen").press("Enter")
    expect(page.get_by_role("heading", name="Buchen", exact=True)).to_be_visible()
    page.get_by_label("Modell oder Koffer 1").select_option(label="Kamera")
    page.get_by_label("Wie viele?", exact=True).fill("2")
    page.get_by_label("Abholen am").fill(FROM)
    page.get_by_label("Abholen um").fill("09:00")
    page.get_by_label("Zurück am").fill(TO)
    page.get_by_label("Zurück um").fill("12:00")
    expect(page.get_by_text("Kamera: 1 von 2 in dieser Zeit frei, 1 verliehen oder gebucht.")).to_be_visible()
    assert not visitor.violations()
    page.get_by_role("button", name="Auf die Warteliste").press("Enter")
    expect(page.get_by_text("Steht auf der Warteliste").first).to_be_visible()
    page.get_by_role("button", name="Nur 1 × Kamera").press("Enter")
    expect(page.get_by_label("Wie viele?", exact=True)).to_have_value("1")

    page.get_by_label("Zurück um").fill("20:00")
    page.get_by_label("Wofür?").fill("Projektwoche")
    page.get_by_label("Wofür?").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Mittwoch, 04.03.2099, 20:00 Uhr ist geschlossen")
    expect(page.get_by_role("alert")).to_contain_text("Nächste mögliche Zeit: Donnerstag, 05.03.2099, 9:00 Uhr")
    page.get_by_label("Trotzdem buchen, weil").select_option(label="es eine Veranstaltung ist")
    page.get_by_role("button", name="Buchen", exact=True).press("Enter")
    expect(page.get_by_role("heading", name="Gebucht", exact=True)).to_be_visible()
    assert not visitor.violations()

    page.get_by_label("Modell oder Koffer 1").select_option(label="Kamera")
    page.get_by_label("Zurück am").fill(FROM)
    page.get_by_label("Zurück um").fill("12:00")
    page.get_by_label("Das wiederholt sich").check()
    page.get_by_label("Letzter Tag der Serie").fill("2099-03-17")
    page.get_by_label("nicht in den Schulferien").uncheck()
    page.get_by_role("button", name="Termine zeigen").press("Enter")
    dates = page.get_by_role("list", name="Termine der Serie").get_by_role("listitem")
    expect(dates).to_have_count(3)
    expect(dates.first).to_contain_text("Dienstag, 3. März: So viele sind in dieser Zeit nicht frei.")
    assert not visitor.violations()
    dates.first.get_by_label("auslassen").check()
    expect(page.get_by_text("2 Termine möglich. Gespeichert ist noch nichts.")).to_be_visible()
    page.get_by_role("button", name="Buchen", exact=True).press("Enter")
    expect(page.get_by_role("heading", name="Serie gebucht: 2 Termine")).to_be_visible()
    page.get_by_role("link", name="Buchung ansehen").press("Enter")
    expect(page.get_by_role("heading", name="1 × Kamera")).to_be_visible()
    page.get_by_role("button", name="Absagen", exact=True).press("Enter")
    page.get_by_label("auch alle späteren Termine der Serie").check()
    assert not visitor.violations()
    page.get_by_role("button", name="Absagen", exact=True).last.press("Enter")
    expect(page.get_by_role("definition").filter(has_text="abgesagt")).to_be_visible()
    until(lambda: states(visitor.lab) == ["canceled", "canceled", "confirmed", "confirmed"], "not all were called off")


def test_who_is_trained_is_entered_with_the_person_and_kinds_with_the_model(visitor: Visitor) -> None:
    with visitor.lab.hub.client() as client:
        person = client.post("/api/v1/people", json={"family_name": "Probe"}).raise_for_status().json()["id"]
        (model,) = client.get("/api/v1/models").json()
    page = visitor.open(f"/people/{person}")
    page.get_by_label("Modell", exact=True).select_option(label="Kamera")
    page.get_by_role("button", name="Eintragen", exact=True).press("Enter")
    expect(page.get_by_role("button", name="Einweisung für Kamera löschen")).to_be_visible()
    assert not visitor.violations()
    visitor.open(f"/models/{model['id']}")
    page.get_by_label("Schule", exact=True).check()
    page.get_by_role("button", name="Speichern").press("Enter")
    until(lambda: kinds(visitor.lab) == ["school"], "the kinds were not saved")
    assert not visitor.violations()
