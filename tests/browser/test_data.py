"""Devices from a table, everything in one file, calendars: staff see first what would happen."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from icalendar import Calendar
from playwright.sync_api import expect

from tests.browser.lab import Lab, running_lab
from tests.browser.paper_words import PaperDevice
from tests.browser.visitor import Visitor
from tests.browser.work import until


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One camera in the inventory."""
    with running_lab(tmp_path_factory.mktemp("data"), [PaperDevice("c1", "Kamera 1")]) as running:
        running.hub.set_up()
        until(lambda: running.rows(), "the hub did not hear of the device")
        with running.hub.client() as client:
            body = {"devices": [{"device": running.rows()[0]["id"]}], "record_baseline": False}
            client.post("/api/v1/adoptions", json=body).raise_for_status()
        yield running


def test_a_table_is_shown_before_it_is_taken_and_a_calendar_is_read(visitor: Visitor, tmp_path: Path) -> None:
    page, tag = visitor.open("/data"), visitor.lab.device("Kamera 1")["asset_tag"]
    table = tmp_path / "snipe.csv"
    head = "Asset Tag,Asset Name,Model,Purchase Cost,Checked Out To\n"
    table.write_text(f"{head}{tag},Kamera A,EOS <i>R</i>,12.3.4,Mia\n{tag},Kamera B,EOS,,\nX-1,Kamera C,EOS,349,\n")
    page.get_by_label("Tabelle", exact=True).set_input_files(table)
    expect(page.get_by_role("heading", name="Geräte aus einer Tabelle")).to_be_visible()
    expect(page.get_by_text("Preis: Das ist kein eindeutiger Betrag")).to_be_visible()
    expect(page.get_by_text("Das steht schon in Zeile 2")).to_be_visible()
    expect(page.get_by_text("Spalten über Personen: Checked Out To")).to_be_visible()
    assert not visitor.violations()
    table.write_text(f"Asset Tag,Asset Name,Model\n{tag},Kamera A,EOS\n")
    page.get_by_label("Tabelle", exact=True).set_input_files([])
    page.get_by_label("Tabelle", exact=True).set_input_files(table)
    expect(page.get_by_text("Name: Kamera 1 → Kamera A")).to_be_visible()
    page.get_by_role("button", name="1 Gerät übernehmen").click()
    until(lambda: [row for row in visitor.lab.rows() if row["name"] == "Kamera A"], "it was not taken over")
    expect(page.get_by_role("button", name="übernehmen")).to_have_count(0)

    page.get_by_label("Wovon?").select_option("model")
    expect(page.get_by_label("Welche?")).to_contain_text("EOS")
    page.get_by_label("Nur „gebucht“ zeigen").check()
    page.get_by_role("button", name="Kalender anlegen").click()
    address = page.locator("code").inner_text()
    expect(page.get_by_text("zeigt nur „gebucht“")).to_be_visible()
    assert not visitor.violations()
    with visitor.lab.hub.stranger() as stranger:
        path = address.partition("/api/")[2]
        assert Calendar.from_ical(stranger.get(f"/api/{path}").content)["VERSION"] == "2.0"
        page.get_by_role("button", name="Kalender „EOS“ zurückziehen").click()
        expect(page.get_by_text("Noch kein Kalender.")).to_be_visible()
        assert stranger.get(f"/api/{path}").status_code == 404

    with page.expect_download() as downloaded:
        page.get_by_role("link", name="Ohne Personen").click()
    assert Path(downloaded.value.path()).read_bytes().startswith(b"PK")
    expect(page.get_by_text("Es ist kein Mailserver eingetragen")).to_be_visible()
