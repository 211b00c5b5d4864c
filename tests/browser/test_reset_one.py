"""Reset one device: what it erases, live steps, hands, proof."""

import re

from playwright.sync_api import Page, expect

from tests.browser.lab import ADMIN
from tests.browser.visitor import Visitor
from tests.browser.work import CLEAN, FAILING, HANDS, UNVERIFIED


def _begin(page: Page) -> None:
    page.get_by_role("button", name="Zurücksetzen", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Fotos und Dateien der Nutzenden")).to_be_visible()
    expect(dialog.get_by_text("Apps und WLAN-Zugang")).to_be_visible()
    dialog.get_by_role("button", name="Zurücksetzen").click()


def test_a_reset_shows_its_steps_and_ends_with_a_record(visitor: Visitor) -> None:
    page = visitor.open_device(CLEAN[0])
    expect(page.get_by_text("4 Spuren der letzten Nutzung")).to_be_visible()
    _begin(page)
    expect(page.get_by_role("button", name="Stopp")).to_be_visible()
    expect(page.get_by_text("sauber, nachgewiesen").first).to_be_visible()
    expect(page.get_by_text(f"{CLEAN[0]} ist bereit.")).to_be_visible()
    page.get_by_role("link", name="Nachweis ansehen").click()
    expect(page.get_by_role("heading", name="Nachweis der Zurücksetzung")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Keine Dateien übrig.*bestanden"))).to_be_visible()
    expect(page.locator("dt:text-is('Veranlasst von') + dd")).to_have_text(ADMIN)
    expect(page.locator("footer code").first).to_have_text(re.compile("^[0-9a-f]{64}$"))


def test_stopping_in_time_touches_nothing(visitor: Visitor) -> None:
    page = visitor.open_device(CLEAN[1])
    _begin(page)
    page.get_by_role("button", name="Stopp").click()
    expect(page.get_by_text("abgebrochen").first).to_be_visible()
    assert visitor.lab.device(CLEAN[1])["traces"] == 4


def test_a_step_that_needs_hands_says_what_to_do(visitor: Visitor) -> None:
    page = visitor.open_device(HANDS)
    _begin(page)
    expect(page.get_by_text("Tippen Sie am Tablet auf „Zulassen“.").first).to_be_visible()
    expect(page.get_by_text(f"{HANDS} wartet auf einen Handgriff.")).to_be_visible()
    page.get_by_role("button", name="Erledigt").click()
    expect(page.get_by_text(f"{HANDS} ist bereit.")).to_be_visible()


def test_what_could_not_be_checked_is_said_and_may_be_accepted_by_name(visitor: Visitor) -> None:
    page = visitor.open_device(UNVERIFIED)
    _begin(page)
    expect(page.get_by_text(f"{UNVERIFIED} ist nicht sicher geprüft.")).to_be_visible()
    page.get_by_role("button", name="Trotzdem annehmen").click()
    expect(page.get_by_role("dialog").get_by_role("listitem")).to_have_text("Keine Konten angemeldet")
    page.get_by_label("Wie haben Sie sich überzeugt?").fill("Kontenliste selbst angesehen")
    page.get_by_role("button", name="Mit meinem Namen annehmen").click()
    expect(page.get_by_text("eine Person hat das Ergebnis angenommen")).to_be_visible()
    page.get_by_role("link", name="Nachweis ansehen").click()
    expect(page.get_by_text("1 Prüfung war nicht möglich")).to_be_visible()
    expect(page.get_by_text("Kontenliste selbst angesehen")).to_be_visible()
    expect(page.locator("dt:text-is('Angenommen von') + dd")).to_have_text(ADMIN)


def test_a_failed_check_locks_the_device_out(visitor: Visitor) -> None:
    page = visitor.open_device(FAILING)
    _begin(page)
    expect(page.get_by_text("Bitte nicht ausgeben.")).to_be_visible()
    expect(page.get_by_role("button", name="Erneut zurücksetzen").first).to_be_visible()


def test_by_keyboard_alone(visitor: Visitor) -> None:
    """From the search field to the reset, without a pointer."""
    page = visitor.open("/")
    page.keyboard.press("/")
    expect(page.get_by_label("Gerät suchen")).to_be_focused()
    page.keyboard.type(CLEAN[2])
    _tab_to(page, re.compile(CLEAN[2]), "link")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=CLEAN[2])).to_be_visible()
    _tab_to(page, "Zurücksetzen", "button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    _tab_to(page, "Zurücksetzen", "button")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"{CLEAN[2]} ist bereit.")).to_be_visible()


def _tab_to(page: Page, name: str | re.Pattern[str], role: str) -> None:
    scope = page.get_by_role("dialog") if page.get_by_role("dialog").count() else page
    wanted = scope.get_by_role(role, name=name, exact=isinstance(name, str)).first  # type: ignore[arg-type]
    wanted.wait_for()
    for _ in range(40):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"no way to {name} by Tab")
