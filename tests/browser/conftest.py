"""One hub for all tests of this folder, one Chromium a module; each test gets a fresh profile."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.lab import ARGUMENTS, CHROMIUM, Lab, running_lab
from tests.browser.paper_words import PaperDevice
from tests.browser.visitor import Visitor, visitors
from tests.browser.work import fleet_of_paper, take_in


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Gone after each module: its loop would stand in the way of other tests that bring one."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        expect.set_options(timeout=20_000)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Set up, with every known device in the inventory."""
    with running_lab(tmp_path_factory.mktemp("lab"), fleet_of_paper()) as running:
        running.hub.set_up()
        take_in(running)
        yield running


@pytest.fixture
def new_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Never set up; three devices and one nobody knows."""
    devices = [PaperDevice(f"n{n}", f"SM-X210 {n}") for n in range(1, 4)] + [PaperDevice("u", "Ding", known=False)]
    with running_lab(tmp_path_factory.mktemp("new"), devices) as running:
        yield running


@pytest.fixture
def visitor(chromium: Browser, lab: Lab) -> Iterator[Visitor]:
    """Somebody signed in; afterwards nothing may have left the hub and no script may have failed."""
    yield from visitors(chromium, lab, signed_in=True)


@pytest.fixture
def stranger(chromium: Browser, new_lab: Lab) -> Iterator[Visitor]:
    """Somebody at a hub that nobody has set up yet."""
    yield from visitors(chromium, new_lab, signed_in=False)
