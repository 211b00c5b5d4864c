"""The type of a device on its page: what belongs to it, in both languages, and a person who knows better."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.lab import Lab, running_lab
from tests.browser.paper_words import PaperDevice
from tests.browser.visitor import Visitor, visitors

CABLE = {"vid": "1a86", "pid": "7523", "product": "USB Serial"}
WORDS = {
    "de": ("Gehört dazu", "Farbsensor", "Zeit zwischen zwei Ausleihen", "60 Minuten", "Modellieren und Programmieren"),
    "en": ("Belongs to it", "Colour sensor", "Time between two loans", "60 minutes", "Modelling and programming"),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A hub whose only devices are two boards behind a cable and a LEGO hub."""
    devices = [
        PaperDevice("hub", "Spike 1", known=False, facts={"vid": "0694", "pid": "0009"}),
        PaperDevice("cable", "Kabel 1", known=False, facts=CABLE),
        PaperDevice("other", "Kabel 2", known=False, facts=CABLE),
        PaperDevice("nothing", "Ding", known=False, facts={"vid": "1234", "pid": "1234"}),
    ]
    with running_lab(tmp_path_factory.mktemp("classes"), devices) as running:
        running.hub.set_up()
        yield running


@pytest.fixture
def guest(chromium: Browser, found: Lab) -> Iterator[Visitor]:
    yield from visitors(chromium, found, signed_in=True)


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_page_says_what_belongs_to_the_device(guest: Visitor, language: str) -> None:
    page = guest.speak(language).open_device("Spike 1")
    block = page.locator("section[aria-labelledby=device-class]")
    expect(block.get_by_text("LEGO Education SPIKE Prime")).to_be_visible()
    for words in WORDS[language]:
        expect(block.get_by_text(words)).to_be_visible()
    parts = block.get_by_role("checkbox")
    parts.first.check()
    expect(parts).to_have_count(7)
    assert not guest.violations()
    assert guest.overflow() <= 0


def test_several_that_look_the_same_are_asked_about(guest: Visitor) -> None:
    page = guest.speak("de").open_device("Kabel 1")
    block = page.locator("section[aria-labelledby=device-class]")
    expect(block.get_by_text("Was ist das für ein Gerät?")).to_be_visible()
    assert not guest.violations()
    block.get_by_role("button", name="mBot", exact=True).click()
    expect(block.get_by_text("(von Hand gewählt)")).to_be_visible()
    expect(block.get_by_text("Linienteppich")).to_be_visible()
    block.get_by_role("button", name="Automatisch erkennen").click()
    expect(block.get_by_text("Was ist das für ein Gerät?")).to_be_visible()


@pytest.mark.parametrize(("language", "choose", "search"), [("de", "Gerätetyp wählen", "Name oder Hersteller")])
def test_any_type_can_be_found_by_name(guest: Visitor, language: str, choose: str, search: str) -> None:
    page = guest.speak(language).open_device("Kabel 2")
    page.get_by_role("button", name=choose).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(re.compile(r"^\d+ weitere"))).to_be_visible()
    dialog.get_by_label(search).fill("meta 3s")
    dialog.get_by_label("Meta Quest 3S").check()
    assert not guest.violations()
    dialog.get_by_role("button", name="Speichern").click()
    expect(page.get_by_text("Ab 13 Jahren (Meta, Betrieb ohne Konto).")).to_be_visible()
    expect(page.get_by_text("USB-C; lädt und überträgt Daten")).to_be_visible()
    assert not guest.violations()


def test_what_the_catalogue_does_not_know_is_said(guest: Visitor) -> None:
    page = guest.speak("en").open_device("Ding")
    expect(page.get_by_text("The catalogue does not know this type of device.")).to_be_visible()
    page.get_by_role("button", name="Choose the device type").click()
    page.get_by_role("dialog").get_by_label("Name or maker").fill("warp drive")
    expect(page.get_by_text("No device type has this name.")).to_be_visible()
    assert not guest.violations()
