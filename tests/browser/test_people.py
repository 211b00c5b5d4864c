"""Accounts: a forgotten password, an account that goes, and the own password."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.lab import Lab
from tests.browser.visitor import Visitor, visitors
from tests.browser.work import CLEAN

OLD, NEW = "a long first password", "a long second password"
NAME = "Grace"
LEAVES = "Linus"


def test_a_new_password_replaces_the_forgotten_one(visitor: Visitor) -> None:
    with visitor.lab.hub.client() as admin:
        person = {"name": NAME, "password": OLD, "role": "trainer"}
        admin.post("/api/v1/users", json=person).raise_for_status()
    page = visitor.open("/more?page=people")
    line = page.get_by_role("listitem").filter(has_text=NAME)
    line.get_by_role("button", name="Neues Passwort").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Neues Passwort", exact=True).fill(NEW)
    dialog.get_by_role("button", name="Speichern").click()
    expect(dialog).to_have_count(0)
    with visitor.lab.hub.stranger() as grace:
        statuses = [
            grace.post("/api/v1/session", json={"name": NAME, "password": word}).status_code for word in (OLD, NEW)
        ]
    assert statuses == [401, 200]


WORDS = [("de", "Konto löschen", "zurücknehmen"), ("en", "Delete account", "undone")]


@pytest.mark.parametrize(("language", "delete", "final"), WORDS)
def test_an_account_goes_after_its_consequences_were_named(
    visitor: Visitor, language: str, delete: str, final: str
) -> None:
    with visitor.lab.hub.client() as admin:
        admin.post("/api/v1/users", json={"name": LEAVES, "password": OLD, "role": "trainer"}).raise_for_status()
    page = visitor.speak(language).open("/more?page=people")
    lines = page.get_by_role("listitem").filter(has_text=LEAVES)
    lines.get_by_role("button", name=f"{LEAVES} löschen" if language == "de" else f"Delete {LEAVES}").press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(final)).to_be_visible()
    expect(dialog.get_by_role("listitem")).to_have_count(4)
    assert not visitor.violations()
    button = dialog.get_by_role("button", name=delete)
    button.press("Enter")
    expect(lines).to_have_count(1)  # a touch is not enough
    button.focus()
    page.keyboard.down("Enter")
    expect(dialog).to_have_count(0)
    page.keyboard.up("Enter")
    expect(lines).to_have_count(0)


def test_who_cannot_hold_a_button_types_the_name_instead(visitor: Visitor) -> None:
    with visitor.lab.hub.client() as admin:
        admin.post("/api/v1/users", json={"name": "Margaret", "password": OLD, "role": "trainer"}).raise_for_status()
    page = visitor.open("/more?page=people")
    lines = page.get_by_role("listitem").filter(has_text="Margaret")
    lines.get_by_role("button", name="Margaret löschen").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Gedrückt halten geht nicht?").click()
    field = dialog.get_by_label("Geben Sie stattdessen den Namen Margaret ein")
    field.fill("Margret")
    field.press("Enter")
    assert not visitor.violations()
    expect(lines).to_have_count(1)
    field.fill("Margaret")
    field.press("Enter")
    expect(dialog).to_have_count(0)
    expect(lines).to_have_count(0)


def test_everybody_finds_the_form_for_the_own_password(stranger: Visitor) -> None:
    hub = stranger.lab.hub
    hub.set_up()
    with hub.client() as admin:
        admin.post("/api/v1/users", json={"name": "Rosa", "password": OLD, "role": "trainer"}).raise_for_status()
    page = stranger.open("/login")
    page.get_by_label("Name").fill("Rosa")
    page.get_by_label("Passwort").fill(OLD)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Mehr").first.click()
    expect(page.get_by_role("link", name="Neue Geräte aufnehmen")).to_have_count(0)  # that is for the staff
    page.get_by_role("link", name="Passwort ändern").click()
    page.get_by_label("Bisheriges Passwort").fill("not the right one")
    page.get_by_label("Neues Passwort", exact=True).fill(NEW)
    page.get_by_label("Passwort wiederholen").fill("something else")
    expect(page.get_by_text("Die beiden Passwörter sind verschieden.")).to_be_visible()
    page.get_by_label("Passwort wiederholen").fill(NEW)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Das bisherige Passwort stimmt nicht.")
    assert not stranger.violations()
    page.get_by_label("Bisheriges Passwort").fill(OLD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Das neue Passwort gilt.").last).to_be_visible()
    with hub.stranger() as rosa:
        statuses = [
            rosa.post("/api/v1/session", json={"name": "Rosa", "password": word}).status_code for word in (OLD, NEW)
        ]
    assert statuses == [401, 200]


@pytest.fixture
def nobody(chromium: Browser, lab: Lab) -> Iterator[Visitor]:
    """Somebody at the sign-in of a hub with devices."""
    yield from visitors(chromium, lab, signed_in=False)


def _sign_in(page: Page, name: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Passwort").fill(OLD)
    page.keyboard.press("Enter")


def test_who_signs_in_after_somebody_else_sees_nothing_of_theirs(nobody: Visitor) -> None:
    with nobody.lab.hub.client() as admin:
        for name, role in (("Tessa", "trainer"), ("Gustav", "guest")):
            admin.post("/api/v1/users", json={"name": name, "password": OLD, "role": role}).raise_for_status()
    page = nobody.open("/login")
    _sign_in(page, "Tessa")
    page.get_by_role("link", name="Geräte").first.click()
    page.get_by_label("Gerät suchen").fill("papier")
    expect(page.get_by_text(CLEAN[7], exact=True)).to_be_visible()
    page.get_by_role("link", name="Mehr").first.click()
    page.get_by_role("button", name="Abmelden").click()
    expect(page.get_by_role("button", name="Anmelden")).to_be_visible()
    assert "Tessa" not in page.content()
    _sign_in(page, "Gustav")
    expect(page.get_by_role("alert")).to_be_visible()
    for place in ("Geräte", "Heute"):
        page.get_by_role("link", name=place).first.click()
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.get_by_text("Papier")).to_have_count(0)
