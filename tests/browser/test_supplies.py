"""What is used up: added once, noted in two taps, and said when it runs low."""

from playwright.sync_api import expect

from tests.browser.visitor import Visitor


def test_a_supply_is_added_used_and_bought(visitor: Visitor) -> None:
    page = visitor.open("/supplies")
    page.get_by_role("button", name="Material anlegen").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Was es ist").fill("Filament PLA weiß")
    dialog.get_by_label("Gezählt in").fill("Rollen")
    dialog.get_by_label("Mindestbestand").fill("2")
    assert not visitor.violations()
    dialog.get_by_role("button", name="Speichern").click()
    card = page.get_by_role("listitem").filter(has_text="Filament PLA weiß")
    expect(card.get_by_text("weniger als 2 Rollen")).to_be_visible()
    card.get_by_label("Anzahl").fill("3")
    card.get_by_role("button", name="gekauft").click()
    expect(card.get_by_text("3 Rollen", exact=True)).to_be_visible()
    expect(card.get_by_text("weniger als")).to_have_count(0)
    card.get_by_role("button", name="verbraucht").click()
    expect(card.get_by_text("2 Rollen", exact=True)).to_be_visible()
    card.get_by_label("Anzahl").fill("5")
    card.get_by_role("button", name="verbraucht").click()
    expect(card.get_by_text("So viel ist nicht mehr da: 2 Rollen.")).to_be_visible()
    assert not visitor.violations()
