"""Who borrows and what is lent by which rules: institutions, people, opening hours, safety tests, models."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.lab import Lab, running_lab
from tests.browser.paper_words import PaperDevice
from tests.browser.visitor import Visitor, visitors
from tests.browser.work import until

NAMES = [f"Prüfling {n}" for n in range(1, 5)]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Four devices of the inventory; three are of a model that is tested every year."""
    devices = [PaperDevice(f"t{n}", name) for n, name in enumerate(NAMES)]
    with running_lab(tmp_path_factory.mktemp("records"), devices) as running:
        running.hub.set_up()
        until(lambda: len(running.rows()) == len(NAMES), "the hub did not hear of all devices")
        with running.hub.client() as client:
            ids = [running.device(name)["id"] for name in NAMES]
            wishes = [{"device": key} for key in ids]
            client.post("/api/v1/adoptions", json={"devices": wishes, "record_baseline": False}).raise_for_status()
            model = {"name": "Messtablet", "care": {"test_months": 12}, "devices": ids[:2]}
            client.post("/api/v1/models", json=model).raise_for_status()
        yield running


def scan(page: Page, code: str) -> None:
    """A USB scanner: keys without a pause, wherever the focus is, and Enter."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def choose(page: Page, file: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_label("Tabelle", exact=True).click()
    chooser.value.set_files(file)


def _in(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


def test_a_table_of_schools_is_compared_before_anything_changes(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.open("/institutions")
    expect(page.get_by_text("Noch keine Einrichtung")).to_be_visible()
    page.get_by_role("button", name="Einrichtung anlegen").press("Enter")
    page.get_by_label("Name", exact=True).fill("Kita Mond")
    page.get_by_label("Art", exact=True).select_option("Kita")
    expect(page.get_by_label("Schulnummer", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_role("heading", name="Kita Mond")).to_be_visible()

    visitor.open("/institutions/import")
    table = tmp_path / "schools.csv"
    table.write_bytes("Name;Art;Schulnummer;Gemeinde\r\nSternschule;Schule;12;Ahlen\r\n".encode("cp1252"))
    choose(page, table)
    expect(page.get_by_role("heading", name="So geht es noch nicht")).to_be_visible()
    expect(page.get_by_text("genau sechs Ziffern")).to_be_visible()
    rows = "Name;Art;Schulnummer;Ort\r\nSternschule;Schule;777777;Münster\r\nKita Mond;Kita;;\r\n"
    table.write_bytes(rows.encode("cp1252"))
    choose(page, table)
    expect(page.get_by_role("heading", name="Das würde sich ändern")).to_be_visible()
    expect(page.get_by_text("unverändert: 1")).to_be_visible()
    assert not visitor.violations()
    with visitor.lab.hub.client() as client:
        assert len(client.get("/api/v1/institutions").json()) == 1, "nothing has changed yet"
    page.get_by_role("button", name="1 Zeile übernehmen").press("Enter")
    expect(page.get_by_role("heading", name="Übernommen")).to_be_visible()
    page.get_by_role("link", name="Zu den Einrichtungen").click()
    page.get_by_label("Name, Ort, Postleitzahl oder Schulnummer").fill("münster 777")
    expect(page.get_by_text("1 Einrichtung", exact=True)).to_be_visible()
    page.get_by_role("link", name="Sternschule").click()
    page.get_by_role("button", name="Stempel wurde gesehen").click()
    expect(page.get_by_text("gesehen am")).to_be_visible()
    page.get_by_role("button", name="Archivieren").click()
    expect(page.get_by_text("archiviert seit")).to_be_visible()
    assert not visitor.violations()


def test_a_person_gets_a_card_and_is_not_erased_while_something_is_out(visitor: Visitor) -> None:
    with visitor.lab.hub.client() as client:
        school = {"name": "Schule am Hang", "kind": "school"}
        key = client.post("/api/v1/institutions", json=school).raise_for_status().json()["id"]
    page = visitor.open(f"/institutions/{key}")
    page.get_by_role("button", name="Person anlegen").click()
    page.get_by_label("Vorname").fill("Ida")
    page.get_by_label("Nachname").fill("Hangmann")
    page.get_by_label("Aufgabe bei Schule am Hang").select_option("Lehrkraft")
    assert not visitor.violations()
    page.get_by_role("button", name="Speichern").press("Enter")
    page.get_by_role("link", name="Ida Hangmann").click()
    expect(page.get_by_role("link", name="Schule am Hang")).to_be_visible()
    page.get_by_role("button", name="Neue Karte").click()
    card = page.get_by_role("region", name="Karte").locator("code").inner_text()
    person = page.url.rsplit("/", 1)[1]
    with visitor.lab.hub.client() as client:
        assert client.get(f"/api/v1/codes/{card}").json()["subject"] == person
        link = page.get_by_role("link", name=f"Karte {card} drucken").get_attribute("href") or ""
        assert client.get(link).raise_for_status().content.startswith(b"%PDF")
        body = {"lines": [{"device": visitor.lab.device(NAMES[3])["id"]}], "ends": _in(2), "person": person}
        loan = client.post("/api/v1/loans", json={**body, "purpose": "Trickfilm"}).raise_for_status().json()["booking"]
    expect(page.get_by_role("region", name="Zurzeit verliehen").get_by_role("link", name=NAMES[3])).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Auskunft speichern").click()
    assert "Hangmann" in Path(download.value.path()).read_text(encoding="utf-8")

    page.get_by_role("link", name="Auskunft ansehen und drucken").click()
    expect(page.get_by_role("heading", name="Ausleihen: 1")).to_be_visible()
    expect(page.get_by_text("Trickfilm")).to_be_visible()
    expect(page.get_by_text("Auskunft gegeben")).not_to_have_count(0)
    assert not visitor.violations()
    page.get_by_role("link", name="Zur Person").click()
    _restrict(visitor)
    _extend(visitor, loan)
    page.get_by_role("link", name="Ida Hangmann").click()
    page.get_by_role("button", name="Doch nicht löschen").click()
    expect(page.get_by_role("button", name="Sperren")).to_be_visible()


def _restrict(visitor: Visitor) -> None:
    """Blocked, welcome again, to be erased."""
    page = visitor.page
    page.get_by_role("button", name="Sperren").click()
    page.get_by_role("button", name="Sperren").last.click()
    expect(page.get_by_text("Gesperrt bis")).to_be_visible()
    page.get_by_role("button", name="Sperre aufheben").click()
    page.get_by_role("button", name="Person löschen").click()
    expect(page.get_by_role("dialog").get_by_text("Noch offen: 1 Ausleihe.")).to_be_visible()
    assert not visitor.violations()
    page.get_by_role("dialog").get_by_text("Gedrückt halten geht nicht?").click()
    page.get_by_label("Geben Sie stattdessen den Namen").fill("Ida Hangmann")
    page.get_by_role("dialog").get_by_role("button", name="Person löschen").first.click()
    expect(page.get_by_text("Wird gelöscht, sobald nichts mehr offen ist")).to_be_visible()


def _extend(visitor: Visitor, loan: str) -> None:
    """By a week, as the form suggests."""
    page = visitor.open(f"/bookings/{loan}")
    expect(page.get_by_role("definition").filter(has_text="Trickfilm")).to_be_visible()
    page.get_by_role("button", name="Verlängern").click()
    page.get_by_role("button", name="Verlängern").last.click()
    expect(page.get_by_role("form", name="Verlängern")).to_have_count(0)
    expect(page.get_by_text("in 9 Tagen zurück")).to_be_visible()


def test_a_test_day_needs_a_scanner_and_a_keyboard_only(visitor: Visitor) -> None:
    with visitor.lab.hub.client() as client:
        model = client.get("/api/v1/models").json()[0]["id"]
    first, second = (visitor.lab.device(name)["asset_tag"] for name in NAMES[:2])
    page = visitor.open("/inspections")
    due = page.get_by_role("region", name="Zu prüfen: 2")
    expect(due.get_by_text("noch nie geprüft: wird nicht verliehen")).to_have_count(2)
    expect(page.get_by_label("Gerät scannen oder Namen tippen")).to_be_focused()
    scan(page, first.lower())
    expect(page.get_by_label("Schutzleiter (Ω)")).to_be_focused()
    page.keyboard.type("0,12", delay=120)
    for _ in range(3):
        page.keyboard.press("Enter")
        page.wait_for_timeout(150)
    expect(page.get_by_role("button", name="Bestanden", exact=True)).to_be_focused()
    assert not visitor.violations()
    scan(page, second)
    expect(page.get_by_text(f"Bitte zuerst das Ergebnis für {NAMES[0]} eintragen.")).to_be_visible()
    page.get_by_role("button", name="Bestanden", exact=True).press("Enter")
    expect(page.get_by_role("region", name="Gerade eingetragen: 1")).to_be_visible()
    expect(page.get_by_label("Gerät scannen oder Namen tippen")).to_be_focused()

    with visitor.lab.hub.client() as client:
        wish = {"lines": [{"model": model}], "starts": _in(1), "ends": _in(2)}
        client.post("/api/v1/bookings", json=wish).raise_for_status()
    scan(page, first)
    page.get_by_role("button", name="Nicht bestanden").click()
    breaks = page.get_by_role("region", name="1 Buchung hat kein Gerät mehr")
    expect(breaks.get_by_role("link", name="1 × Messtablet")).to_be_visible()
    assert not visitor.violations()
    page.get_by_role("region", name="Gerade eingetragen: 1").get_by_role("link", name=NAMES[0]).click()
    expect(page.get_by_role("heading", name="Prüfungen")).to_be_visible()
    expect(page.get_by_text("Schutzleiter 0,12 Ω")).to_be_visible()


def test_hours_and_rules_are_changed_and_said_in_words(visitor: Visitor) -> None:
    page = visitor.open("/opening")
    page.get_by_role("button", name="Ändern").click()
    page.get_by_role("button", name="Zeit hinzufügen: Montag").click()
    page.get_by_label("Montag, 1. Zeit, bis").fill("15:30")
    page.get_by_role("button", name="Dienstag bis Freitag ebenso").click()
    page.get_by_role("button", name="Schließung hinzufügen").click()
    page.get_by_label("Grund").fill("Umzug")
    assert not visitor.violations()
    page.get_by_role("button", name="Speichern").click()
    week = page.get_by_role("region", name="Woche", exact=True)
    expect(week.get_by_role("row", name="Freitag")).to_contain_text("09:00–15:30")
    expect(week.get_by_role("row", name="Sonntag")).to_contain_text("geschlossen")
    expect(page.get_by_role("region", name="Schließungen").get_by_text("Umzug")).to_be_visible()

    visitor.open("/models")
    page.get_by_role("link", name="Messtablet").click()
    page.get_by_label("Minuten danach").fill("45")
    page.get_by_label("Wiederbeschaffungswert in Euro").fill("349,5x")
    expect(page.get_by_text("Bitte einen Betrag eintragen")).to_be_visible()
    page.get_by_label("Wiederbeschaffungswert in Euro").fill("349,50")
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_label("Wiederbeschaffungswert in Euro")).to_have_value("349,50")
    page.get_by_role("button", name=f"{NAMES[1]} nicht mehr als dieses Modell verleihen").click()
    expect(page.get_by_role("heading", name="Geräte: 1")).to_be_visible()
    assert not visitor.violations()
    with visitor.lab.hub.client() as client:
        (model,) = client.get("/api/v1/models").json()
    assert (model["turnaround_min"], model["replacement_cents"], model["devices"]) == (45, 34950, 1)


def test_the_language_is_that_of_the_browser_until_somebody_chooses(chromium: Browser, lab: Lab) -> None:
    for visitor in visitors(chromium, lab, signed_in=True):
        context = chromium.new_context(locale="en-GB", storage_state=visitor.context.storage_state())
        page = context.new_page()
        page.goto(f"{lab.url}/more?page=language")
        expect(page.get_by_role("heading", name="Language")).to_be_visible()
        page.get_by_role("button", name="Deutsch").click()
        expect(page.get_by_role("heading", name="Sprache")).to_be_visible()
        page.evaluate("localStorage.removeItem('medialab.language')")
        page.reload()
        expect(page.get_by_role("heading", name="Sprache")).to_be_visible()
        context.close()
