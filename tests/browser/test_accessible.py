"""No barrier that axe can find: every screen and open dialog, light and dark, German and English."""

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Visitor
from tests.browser.work import CLEAN

SCREENS = (
    "/",
    "/devices",
    "/devices?view=rooms",
    "/devices?q=nothing-has-this-name",
    "/kits",
    "/kits/kit-none",
    "/lending",
    "/supplies",
    "/models",
    "/models/mod-none",
    "/bookings/bok-none",
    "/institutions",
    "/institutions/import",
    "/institutions/ins-none",
    "/people",
    "/people/per-none",
    "/people/per-none/report",
    "/opening",
    "/inspections",
    "/reports",
    "/timeline",
    "/timeline?view=list",
    "/found",
    "/jobs",
    "/more",
    "/more?page=places",
    "/more?page=addresses",
    "/more?page=people",
    "/more?page=tokens",
    "/more?page=system",
    "/more?page=password",
    "/more?page=language",
    "/find/NO-SUCH-TAG",
    "/devices/no-such-device",
)
LANGUAGES = ("de", "en")
DIALOGS = {
    "de": ("Zurücksetzen", "Umbenennen", "Ort ändern", "In Wartung geben", "Ausmustern"),
    "en": ("Reset", "Rename", "Change place", "Put into maintenance", "Retire"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen(visitor: Visitor, language: str) -> None:
    visitor.speak(language)
    found = {}
    for path in SCREENS:
        visitor.open(path)
        visitor.page.wait_for_timeout(300)
        found[path] = visitor.violations()
    assert not {path: wrong for path, wrong in found.items() if wrong}


@pytest.mark.parametrize("language", LANGUAGES)
def test_device_job_and_record(visitor: Visitor, language: str) -> None:
    visitor.speak(language)
    device = visitor.lab.device(CLEAN[6])["id"]
    with visitor.lab.hub.client() as client:
        job = client.post(f"/api/v1/devices/{device}/reset", json={"grace_s": 0}).raise_for_status().json()["job"]
    found = []
    for path in (f"/devices/{device}", f"/jobs/{job}"):
        visitor.open(path)
        found += visitor.violations()
    expect(visitor.page.locator(f"a[href='/jobs/{job}/record']")).to_be_visible()
    visitor.open(f"/jobs/{job}/record")
    assert not [*found, *visitor.violations()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_open_dialogs(visitor: Visitor, language: str) -> None:
    page = visitor.speak(language).open_device(CLEAN[7])
    found = {}
    for name in DIALOGS[language]:
        page.get_by_role("button", name=name, exact=True).first.click()
        expect(page.get_by_role("dialog")).to_be_visible()
        found[name] = visitor.violations()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    visitor.open("/")
    page.locator("section.end button").click()
    expect(page.get_by_role("dialog").locator(".button.danger")).to_be_visible()
    found["all"] = visitor.violations()
    assert not {name: wrong for name, wrong in found.items() if wrong}


@pytest.mark.parametrize("language", LANGUAGES)
def test_before_signing_in(stranger: Visitor, language: str) -> None:
    stranger.speak(language).open(stranger.lab.setup_link().removeprefix(stranger.lab.url))
    found = stranger.violations()
    stranger.open("/setup")
    found += stranger.violations()
    stranger.lab.hub.set_up()
    stranger.open("/login")
    assert not [*found, *stranger.violations()]
