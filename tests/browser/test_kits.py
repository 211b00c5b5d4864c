"""A class set is one unit: filled from the list, ready at a glance, reset as a whole, every device can be found."""

import re

from playwright.sync_api import expect

from tests.browser.visitor import Visitor
from tests.browser.work import CLASS_SET, ROOM_OF_THREE


def test_a_kit_is_filled_reset_and_dissolved(visitor: Visitor) -> None:
    page = visitor.open("/devices?q=satz")
    for name in CLASS_SET[:2]:
        page.get_by_role("checkbox", name=f"{name} auswählen").check()
    page.get_by_role("region", name="Ausgewählte Geräte").get_by_role("button", name="Koffer").click()
    page.get_by_label("Name des Koffers").fill("Klassensatz A")
    page.get_by_role("dialog").get_by_role("button", name="In einen Koffer legen").click()
    expect(page.get_by_role("heading", name="Klassensatz A")).to_be_visible()
    expect(page.get_by_text(re.compile(r"[0-2] von 2 bereit"))).to_be_visible()
    assert not visitor.violations()

    page.get_by_role("button", name=f"{CLASS_SET[0]} suchen: es macht sich bemerkbar").click()
    page.get_by_role("button", name="Zurücksetzen", exact=True).click()
    page.get_by_text("Gedrückt halten geht nicht?").click()
    page.get_by_label("Geben Sie stattdessen die Zahl 2 ein").fill("2")
    page.get_by_role("dialog").get_by_role("button", name="2 Geräte zurücksetzen").first.click()
    expect(page.get_by_text("Fertig: 2 von 2 nachweislich sauber")).to_be_visible()

    page = visitor.open("/kits")
    expect(page.get_by_text("2 von 2 bereit")).to_be_visible()
    assert not visitor.violations()
    page.get_by_role("link", name="Klassensatz A").click()
    page.get_by_role("button", name=f"{CLASS_SET[1]} herausnehmen").click()
    expect(page.get_by_text("1 von 1 bereit")).to_be_visible()
    page.get_by_role("button", name="Koffer auflösen").click()
    page.get_by_role("button", name="Koffer auflösen").last.click()
    expect(page.get_by_role("heading", name="Koffer und Klassensätze")).to_be_visible()
    expect(page.get_by_text("Noch kein Koffer")).to_be_visible()


def test_in_english_and_on_another_screen_at_once(visitor: Visitor) -> None:
    page = visitor.speak("en").open("/kits")
    expect(page.get_by_text("No kit yet")).to_be_visible()
    assert not visitor.violations()
    with visitor.lab.hub.client() as client:
        ids = [visitor.lab.device(name)["id"] for name in ROOM_OF_THREE]
        kit = client.post("/api/v1/kits", json={"name": "Robots", "devices": ids}).raise_for_status().json()["id"]
        expect(page.get_by_role("link", name="Robots")).to_be_visible()
        expect(page.get_by_text(re.compile(r"[0-3] of 3 ready"))).to_be_visible()
        client.delete(f"/api/v1/kits/{kit}").raise_for_status()
    expect(page.get_by_text("No kit yet")).to_be_visible()
