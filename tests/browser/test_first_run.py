"""From the printed link to devices in the inventory."""

import re

from playwright.sync_api import expect

from medialab_wire.capabilities import ActionSpec
from medialab_wire.texts import Text
from tests.browser.lab import PASSWORD
from tests.browser.paper_words import MANIFEST, PaperDevice
from tests.browser.visitor import Visitor
from tests.browser.work import until


def _fill(stranger: Visitor, again: str = PASSWORD) -> None:
    page = stranger.page
    page.get_by_label("Name der Einrichtung").fill("Medienzentrum Musterstadt")
    page.get_by_label("Ihr Name zum Anmelden").fill("Ada")
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_label("Passwort wiederholen").fill(again)
    page.get_by_role("button", name="Einrichten").click()


def test_the_link_leads_to_found_devices_and_two_clicks_adopt_them(stranger: Visitor) -> None:
    link = stranger.lab.setup_link()
    page = stranger.open(link.removeprefix(stranger.lab.url))
    _fill(stranger)
    expect(page.get_by_role("heading", name="Das haben wir gefunden")).to_be_visible()
    expect(page.get_by_role("heading", name="Unbekannte Geräte")).to_be_visible()
    expect(page.get_by_text("Dieser Rechner hat kein Bluetooth.")).to_be_visible()
    page.get_by_role("checkbox", name="SM-X210 2 aufnehmen").uncheck()
    page.get_by_role("button", name="2 Geräte aufnehmen").click()
    expect(page.get_by_role("link", name=re.compile("Tablet 1"))).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Tablet 2"))).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("SM-X210 2"))).to_be_visible()


def test_passwords_that_differ_are_said_before_anything_is_sent(stranger: Visitor) -> None:
    page = stranger.open(stranger.lab.setup_link().removeprefix(stranger.lab.url))
    _fill(stranger, again="something else")
    expect(page.get_by_text("Die beiden Passwörter sind verschieden.")).to_be_visible()
    assert not stranger.lab.hub.hub.admission.has_admin


def test_without_the_link_the_page_says_where_it_is(stranger: Visitor) -> None:
    page = stranger.open("/devices")
    expect(page.get_by_text("Öffnen Sie den Einrichtungslink")).to_be_visible()


def test_the_whole_first_run_in_english(stranger: Visitor) -> None:
    page = stranger.open(stranger.lab.setup_link().removeprefix(stranger.lab.url))
    page.get_by_role("button", name="English").click()
    page.get_by_label("Name of the centre").fill("Media Centre")
    page.get_by_label("Your name for signing in").fill("Ada")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Repeat the password").fill(PASSWORD)
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_role("heading", name="This is what we found")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "en"


def test_signing_out_and_in_again(visitor: Visitor) -> None:
    page = visitor.open("/more")
    page.get_by_role("button", name="Abmelden").click()
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("Passwort").fill("wrong wrong wrong")
    page.get_by_role("button", name="Anmelden").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    expect(page.get_by_text("Angemeldet: Ada")).to_be_visible()


def test_a_device_with_traces_is_taken_in_only_after_a_question(stranger: Visitor) -> None:
    lab = stranger.lab
    lab.hub.set_up()
    device = lab.agent.devices["n2"]
    device.traces = {"photos": 3}
    lab.agent.report(device)
    until(lambda: lab.has(device.name) and lab.device(device.name)["traces"] == 3, "the use was not seen")
    page = stranger.open("/login")
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("Passwort").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Heute").first.wait_for()
    page = stranger.open_device(device.name)
    page.get_by_role("button", name="In den Bestand aufnehmen").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("listitem")).to_have_text("Fotos: 3")
    dialog.get_by_role("button", name="Ohne guten Zustand aufnehmen").click()
    until(lambda: lab.device(device.name)["status"] == "no_baseline", "it was not taken in, or with a good state")
    page.get_by_role("button", name="Guten Zustand festhalten").click()
    dialog.get_by_role("button", name="Trotzdem festhalten").click()
    until(lambda: lab.device(device.name)["status"] != "no_baseline", "no good state was recorded")


def test_a_driver_that_comes_later_brings_its_buttons(stranger: Visitor) -> None:
    page = stranger.open(stranger.lab.setup_link().removeprefix(stranger.lab.url))
    _fill(stranger)
    expect(page.get_by_role("heading", name="Das haben wir gefunden")).to_be_visible()
    wave = ActionSpec(id="wave", title=Text(de="Winken lassen", en="Let it wave"))
    later = MANIFEST.model_copy(update={"id": "later", "actions": (wave,)})
    stranger.lab.agent.learn(later, PaperDevice("late-1", "Spätling", driver="later"))
    page.get_by_role("checkbox", name="Spätling aufnehmen").wait_for()
    page.get_by_role("button", name="4 Geräte aufnehmen").click()
    (late,) = [row for row in stranger.lab.rows() if row["driver"] == "later"]
    page.locator(f"a[href='/devices/{late['id']}']").first.click()
    expect(page.get_by_role("button", name="Winken lassen")).to_be_visible()
