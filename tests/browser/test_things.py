"""Devices without an interface are entered by class and number."""

from playwright.sync_api import expect

from tests.browser.visitor import Visitor


def test_bee_bots_are_entered_by_class_and_number(visitor: Visitor) -> None:
    page = visitor.open("/more?page=addresses")
    page.get_by_label("Was ist es?").select_option(label="Bee-Bot")
    page.get_by_label("Wie viele?").fill("3")
    page.get_by_role("button", name="Eintragen", exact=True).click()
    expect(page.get_by_text("Eingetragen: 3.")).to_be_visible()
    expect(page.get_by_text("checklist://bee-bot.3")).to_be_visible()
    assert not visitor.violations()
    with visitor.lab.hub.client() as client:
        known = client.get("/api/v1/manual-addresses").json()
        assert {f"checklist://bee-bot.{number}" for number in (1, 2, 3)} <= set(known)
        for address in known:
            client.delete("/api/v1/manual-addresses", params={"address": address}).raise_for_status()
