"""The whole road: `medialab-hub demo`, its real agent and drivers, simulated devices with real protocols."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from medialab_agent.practice_lab.scenes import simulators_of
from tests.browser.lab import PASSWORD
from tests.drivers.esp.peers import HOME as ESPTOOL_HOME
from tests.fixtures.hubs import HubProgram
from tests.fixtures.shipped import shipped_shelf

LONG_MS = 90_000


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[HubProgram]:
    """The program as people start it."""
    program = HubProgram(tmp_path, "demo", PATH=f"{ESPTOOL_HOME}:{os.environ['PATH']}")
    yield program
    program.end()


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_from_the_printed_link_to_a_proven_reset(chromium: Browser, demo: HubProgram) -> None:
    demo.url()
    page = chromium.new_context(locale="de-DE").new_page()
    page.goto(demo.first_link())
    page.get_by_label("Name der Einrichtung").fill("Medienzentrum Musterstadt")
    page.get_by_label("Ihr Name zum Anmelden").fill("Ada")
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_label("Passwort wiederholen").fill(PASSWORD)
    page.get_by_role("button", name="Einrichten").click()
    expect(page.get_by_role("heading", name=re.compile("Tablets"))).to_be_visible(timeout=LONG_MS)
    page.get_by_role("button", name=re.compile("^[2-9][0-9] Geräte aufnehmen")).click(timeout=LONG_MS)
    expect(page.get_by_role("button", name=re.compile("^benutzt"))).to_be_visible(timeout=LONG_MS)
    page.goto(f"{demo.url()}/")
    page.get_by_role("button", name="Alle zurücksetzen").click()
    hold = page.get_by_role("button", name=re.compile("[0-9]+ Geräte? zurücksetzen")).last
    hold.focus()
    page.keyboard.down(" ")
    expect(page.get_by_role("button", name="Stopp")).to_be_visible()
    page.keyboard.up(" ")
    expect(page.get_by_role("heading", name="Zurücksetzen mehrerer Geräte")).to_be_visible()
    clean = page.get_by_role("link", name=re.compile("sauber, nachgewiesen")).first
    expect(clean).to_be_visible(timeout=LONG_MS)
    clean.click()
    page.get_by_role("link", name="Nachweis ansehen").click()
    expect(page.get_by_text("Alle verlangten Prüfungen wurden gemacht und bestanden.")).to_be_visible()
    page.goto(f"{demo.url()}/devices")
    devices = page.evaluate("fetch('/api/v1/devices?limit=500').then((answer) => answer.json())")["items"]
    connections = [
        page.evaluate("(id) => fetch(`/api/v1/devices/${id}`).then((answer) => answer.json())", device["id"])[
            "connections"
        ]
        for device in devices
    ]
    drivers = {driver for ways in connections for way in ways for driver in (way["driver"], *way["candidates"])}
    assert drivers >= {folder.id for folder in shipped_shelf() if simulators_of(folder)}, "a class is not shown"
    expect(page.get_by_text(f"{len(devices)} Geräte", exact=True)).to_be_visible()
    page.context.close()
