"""Reset many: first what is touched and what is not, then a deliberate gesture, then time to stop."""

import re

from playwright.sync_api import Page, expect

from tests.browser.visitor import Visitor
from tests.browser.work import CLEAN, ROOM_OF_THREE, STACK


def _hold(page: Page, name: str) -> None:
    button = page.get_by_role("button", name=name)
    button.focus()
    page.keyboard.down(" ")
    expect(page.get_by_role("button", name="Stopp")).to_be_visible()
    page.keyboard.up(" ")


def test_reset_all_shows_what_is_touched_and_can_be_stopped(visitor: Visitor) -> None:
    page = visitor.open("/")
    page.get_by_role("button", name="Alle zurücksetzen").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(re.compile("[0-9]+ Geräte werden zurückgesetzt"))).to_be_visible()
    expect(dialog.get_by_text(re.compile("nicht berührt"))).to_be_visible()
    before = visitor.lab.device(CLEAN[3])["traces"]
    _hold(page, re.compile("[0-9]+ Geräte zurücksetzen"))  # type: ignore[arg-type]
    page.get_by_role("button", name="Stopp").click()
    expect(dialog.get_by_text("Es wurde nichts gelöscht.")).to_be_visible()
    assert visitor.lab.device(CLEAN[3])["traces"] == before


def test_letting_go_early_does_nothing(visitor: Visitor) -> None:
    page = visitor.open("/")
    page.get_by_role("button", name="Alle zurücksetzen").click()
    page.get_by_role("button", name=re.compile("[0-9]+ Geräte zurücksetzen")).last.focus()
    page.keyboard.press(" ")
    page.wait_for_timeout(2000)
    expect(page.get_by_role("button", name="Stopp")).to_have_count(0)


def test_a_room_ends_with_failures_on_top_and_the_rest_again(visitor: Visitor) -> None:
    page = visitor.open("/devices?view=rooms")
    page.get_by_role("button", name="Diesen Raum zurücksetzen").click()
    page.get_by_text("Gedrückt halten geht nicht?").click()
    page.get_by_label("Geben Sie stattdessen die Zahl 3 ein").fill("3")
    page.get_by_role("dialog").get_by_role("button", name="3 Geräte zurücksetzen").first.click()
    expect(page.get_by_role("heading", name="Zurücksetzen mehrerer Geräte")).to_be_visible()
    expect(page.get_by_text("Fertig: 2 von 3 nachweislich sauber")).to_be_visible()
    headings = page.get_by_role("heading", level=2)
    expect(headings.first).to_have_text("1 Gerät braucht Aufmerksamkeit")
    expect(page.get_by_role("link", name=re.compile(ROOM_OF_THREE[2]))).to_be_visible()
    page.get_by_role("button", name="Das eine erneut zurücksetzen").click()
    expect(page.get_by_role("dialog").get_by_text("1 Gerät wird zurückgesetzt")).to_be_visible()


def test_chosen_devices(visitor: Visitor) -> None:
    page = visitor.open("/devices?q=papier")
    for name in CLEAN[4:6]:
        page.get_by_role("checkbox", name=f"{name} auswählen").check()
    bar = page.get_by_role("region", name="Ausgewählte Geräte")
    expect(bar.get_by_text("2 ausgewählt")).to_be_visible()
    bar.get_by_role("button", name="Zurücksetzen").click()
    expect(page.get_by_role("dialog").get_by_text("2 Geräte werden zurückgesetzt")).to_be_visible()


def _choose_the_stack(visitor: Visitor) -> Page:
    """The last of them is in maintenance and stays out."""
    device = visitor.lab.device(STACK[2])
    if device["status"] != "maintenance":
        with visitor.lab.hub.client() as client:
            path = f"/api/v1/devices/{device['id']}/maintenance"
            client.post(path, json={"reason": "Hülle fehlt"}).raise_for_status()
    page = visitor.open("/devices?q=stapel")
    for name in STACK:
        page.get_by_role("checkbox", name=f"{name} auswählen").check()
    page.get_by_role("region", name="Ausgewählte Geräte").get_by_role("button", name="Zurücksetzen").click()
    expect(page.get_by_role("dialog").get_by_text("2 Geräte werden zurückgesetzt")).to_be_visible()
    return page


def test_by_keyboard_the_button_that_stops_is_at_hand_and_escape_stops_too(visitor: Visitor) -> None:
    page = _choose_the_stack(visitor)
    before = visitor.lab.device(STACK[0])["traces"]
    page.get_by_role("button", name="2 Geräte zurücksetzen").last.focus()
    page.keyboard.down(" ")
    stop = page.get_by_role("button", name="Stopp")
    expect(stop).to_be_focused()
    page.keyboard.down(" ")  # still held: the key repeats
    page.keyboard.up(" ")
    expect(stop).to_be_focused()  # and letting go presses nothing
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog").get_by_text("Es wurde nichts gelöscht.")).to_be_visible()
    assert visitor.lab.device(STACK[0])["traces"] == before


def test_closing_the_window_while_it_counts_stops_as_well(visitor: Visitor) -> None:
    page = _choose_the_stack(visitor)
    before = visitor.lab.device(STACK[0])["traces"]
    _hold(page, "2 Geräte zurücksetzen")
    page.get_by_role("dialog").get_by_role("button", name="Schließen").click()
    expect(page.get_by_role("heading", name="2 Geräte brauchen Aufmerksamkeit")).to_be_visible()
    assert visitor.lab.device(STACK[0])["traces"] == before


def test_the_result_names_who_was_left_out_and_why_the_others_failed(visitor: Visitor) -> None:
    page = _choose_the_stack(visitor)
    page.get_by_text("Gedrückt halten geht nicht?").click()
    page.get_by_label("Geben Sie stattdessen die Zahl 2 ein").fill("2")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Fertig: 1 von 2 nachweislich sauber")).to_be_visible()
    expect(page.get_by_role("heading", name="1 Gerät wird nicht berührt")).to_be_visible()
    page.get_by_text("Das Gerät ist in Wartung.").click()
    expect(page.get_by_text(STACK[2])).to_be_visible()
    failed = page.get_by_role("link", name=re.compile(STACK[1]))
    expect(failed.get_by_text("Nicht bestanden: Keine Konten angemeldet")).to_be_visible()
