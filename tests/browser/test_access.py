"""What a device asks for is typed on its page, in both languages; afterwards nobody finds it there."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from medialab_agent.link.seal_key import FILE, SealKey
from medialab_hub.services import agents, reports
from medialab_wire.reports import Access
from tests.browser.lab import Lab, running_lab
from tests.browser.visitor import Visitor, visitors
from tests.fixtures import lab_words as say
from tests.fixtures.locked import bring

SECRET = "Zauberwald 7"
WORDS = {
    "de": ("Zugang eintragen", "eingetragen", "Zugang vergessen", "noch nicht eingetragen"),
    "en": ("Enter access", "entered", "Forget access", "not entered yet"),
}
STATE = {
    "de": ("Für {name} fehlt der passende Zugang.", "Das Gerät wird jetzt gefragt.", "lässt uns auch so hinein"),
    "en": ("{name} needs the right access.", "The device is being asked now.", "lets us in without it"),
}


@pytest.fixture(scope="module")
def shut(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A hub without devices of its own."""
    with running_lab(tmp_path_factory.mktemp("access"), []) as running:
        running.hub.set_up()
        yield running


@pytest.fixture
def guest(chromium: Browser, shut: Lab) -> Iterator[Visitor]:
    yield from visitors(chromium, shut, signed_in=True)


def block_of(page: Page) -> Locator:
    return page.locator("section", has=page.get_by_role("heading", name="Zugang", exact=True)).or_(
        page.locator("section", has=page.get_by_role("heading", name="Access", exact=True))
    )


def given(lab: Lab, key: SealKey, agent: str) -> dict[str, dict[str, str]]:
    config = lab.hub.run(lambda uow: agents.config_for(uow.session, agent))
    return key.open_all(config.sealed)


@pytest.mark.parametrize("language", ["de", "en"])
def test_it_is_typed_opens_the_device_and_is_forgotten(
    guest: Visitor, shut: Lab, language: str, tmp_path: Path
) -> None:
    key, agent, dev = SealKey(tmp_path / FILE), f"pi-{language}", f"printer-{language}"
    device = shut.hub.run(lambda uow: bring(uow, key.public, dev, agent))
    enter, entered, forget, missing = WORDS[language]
    sentence, asking, open_anyway = STATE[language]
    page = guest.speak(language).open(f"/devices/{device}")
    block = block_of(page)
    expect(block.get_by_text(missing)).to_be_visible()
    expect(page.get_by_text(sentence.format(name=f"Tab {dev}"))).to_be_visible()
    shot(page, f"access-missing-{language}")
    page.locator("header").get_by_role("button", name=enter).click()
    field = block.get_by_label("Password", exact=True)
    expect(field).to_be_focused()
    expect(field).to_have_attribute("type", "password")
    expect(field).to_have_attribute("autocomplete", "off")
    assert not guest.violations()
    assert guest.overflow() <= 0
    page.keyboard.type(SECRET)
    shot(page, f"access-{language}")
    page.keyboard.press("Enter")
    expect(block.get_by_text(entered).first).to_be_visible()
    expect(block.get_by_role("button", name=forget)).to_be_visible()
    expect(block.get_by_text(asking)).to_be_visible()
    expect(block.get_by_role("button").first).to_be_focused()
    assert SECRET not in page.content()
    assert given(shut, key, agent) == {dev: {"password": SECRET}}

    shut.hub.run(lambda uow: reports.take_report(uow, agent, say.report(dev, 2, access=Access.OK)))
    expect(page.get_by_text("It needs a password.")).to_have_count(0)
    assert not guest.violations()

    block.get_by_role("button", name=forget).click()
    expect(block.get_by_role("group")).to_be_focused()
    assert not guest.violations()
    block.get_by_role("button", name=forget).click()
    expect(block.get_by_text(missing)).to_be_visible()
    expect(block.get_by_role("button").first).to_be_focused()
    assert given(shut, key, agent) == {}
    page.reload()
    expect(block.get_by_text(open_anyway)).to_be_visible()
    expect(block.locator(".primary")).to_have_count(0)
    shot(page, f"access-forgotten-{language}")


def test_what_cannot_be_a_password_is_said_and_can_be_corrected(guest: Visitor, shut: Lab, tmp_path: Path) -> None:
    key = SealKey(tmp_path / FILE)
    device = shut.hub.run(lambda uow: bring(uow, key.public, "printer-odd", "pi-odd"))
    page = guest.speak("de").open(f"/devices/{device}")
    block = block_of(page)
    block.get_by_role("button", name="Zugang eintragen").click()
    block.get_by_label("Beim Tippen zeigen").check()
    field = block.get_by_label("Password", exact=True)
    expect(field).to_have_attribute("type", "text")
    field.fill("Zauber\u202ewald")
    block.get_by_role("button", name="Speichern").click()
    expect(block.get_by_role("alert")).to_contain_text("unsichtbares Zeichen")
    field.fill(SECRET)
    block.get_by_role("button", name="Speichern").click()
    expect(block.get_by_role("button", name="Neu eintragen")).to_be_visible()
    assert given(shut, key, "pi-odd") == {"printer-odd": {"password": SECRET}}


def test_a_refused_password_is_said_and_the_next_step_is_to_enter_it_anew(
    guest: Visitor, shut: Lab, tmp_path: Path
) -> None:
    key = SealKey(tmp_path / FILE)
    device = shut.hub.run(lambda uow: bring(uow, key.public, "printer-no", "pi-no"))
    values = {"user": "Ada", "password": SECRET}
    with shut.hub.client("staff") as staff:
        staff.put(f"/api/v1/devices/{device}/access", json={"values": values}).raise_for_status()
    page = guest.speak("de").open(f"/devices/{device}")
    block = block_of(page)
    expect(block.get_by_text("eingetragen, aber das Gerät lässt uns damit nicht hinein").first).to_be_visible()
    page.locator("header").get_by_role("button", name="Zugang eintragen").click()
    expect(block.get_by_label("Password", exact=True)).to_be_focused()
    expect(block.get_by_text("Bleibt das Feld leer, gilt es nicht mehr.")).to_have_count(1)
    expect(block.get_by_text("Geht an: ")).to_be_visible()
    shot(page, "access-refused-de")
    block.get_by_role("button", name="Abbrechen").click()
    expect(block.get_by_role("button", name="Neu eintragen")).to_be_focused()

    page = guest.open("/")
    page.get_by_role("button", name="Zugang eintragen").first.click()
    expect(page.get_by_role("heading", name="Zugang", exact=True)).to_be_visible()


def shot(page: Page, name: str) -> None:
    """For whoever wants to look: `MEDIALAB_SHOTS` names a folder."""
    folder = os.environ.get("MEDIALAB_SHOTS")
    for scheme in ("light", "dark") if folder else ():
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=Path(str(folder)) / f"{name}-{scheme}.png", full_page=True)
