"""Behind a label: a stranger with a phone tells of a defect in a few taps; staff see it and settle it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.lab import Lab, running_lab
from tests.browser.paper_words import PaperDevice
from tests.browser.visitor import Visitor, visitors
from tests.browser.work import until

NAMES = ["Filmkamera 1", "Filmkamera 2"]
KIT = "Filmkoffer"
WORDS = "Der Deckel <b>klemmt</b>."
MOST_STEPS = 4
"""Taps, choices and texts, from the scan until it is sent."""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Two cameras in a case."""
    devices = [PaperDevice(f"g{n}", name) for n, name in enumerate(NAMES)]
    with running_lab(tmp_path_factory.mktemp("guest"), devices) as running:
        running.hub.set_up()
        until(lambda: len(running.rows()) == len(NAMES), "the hub did not hear of all devices")
        with running.hub.client() as client:
            wishes = [{"device": row["id"]} for row in running.rows()]
            client.post("/api/v1/adoptions", json={"devices": wishes, "record_baseline": False}).raise_for_status()
        yield running


@pytest.fixture(scope="module")
def labels(lab: Lab) -> tuple[str, str, str]:
    """Codes on the case and on the first camera, which is lent, and one that sticks on nothing."""
    with lab.hub.client() as client:
        ids = [lab.device(name)["id"] for name in NAMES]
        kit = client.post("/api/v1/kits", json={"name": KIT, "devices": ids}).raise_for_status().json()["id"]
        codes = client.post("/api/v1/codes", json={"count": 3}).raise_for_status().json()["codes"]
        for code, (noun, subject) in zip(codes, [("kit", kit), ("device", ids[0])], strict=False):
            client.put(f"/api/v1/codes/{code}", json={"noun": noun, "subject": subject}).raise_for_status()
        ends = (datetime.now(UTC) + timedelta(days=3)).isoformat()
        client.post("/api/v1/loans", json={"lines": [{"device": ids[0]}], "ends": ends}).raise_for_status()
    return codes[0], codes[1], codes[2]


@pytest.fixture
def passer_by(chromium: Browser, lab: Lab) -> Iterator[Visitor]:
    """Somebody with a small phone and no account."""
    for somebody in visitors(chromium, lab, signed_in=False):
        somebody.page.set_viewport_size({"width": 320, "height": 640})
        yield somebody


def test_a_stranger_tells_of_a_defect_and_staff_settle_it(
    passer_by: Visitor, visitor: Visitor, labels: tuple[str, str, str]
) -> None:
    case, camera, _spare = labels
    page = passer_by.open(f"/I/{case}")
    expect(page.get_by_role("heading", name=KIT)).to_be_visible()
    expect(page.get_by_text("Ausgeliehen bis")).to_be_visible()
    assert not passer_by.violations()
    steps = [
        page.get_by_role("button", name="Etwas geht nicht").click,
        lambda: page.get_by_label("Welches Gerät?").select_option(label=NAMES[0]),
        lambda: page.get_by_label("Was geht nicht?").fill(WORDS),
        page.get_by_role("button", name="Senden").click,
    ]
    assert len(steps) <= MOST_STEPS
    for step in steps:
        step()
        assert passer_by.overflow() <= 0
    expect(page.get_by_text("Gesendet. Danke!")).to_be_visible()
    assert not passer_by.violations()

    page.goto(f"{passer_by.base}/i/{camera.lower()}")
    page.get_by_role("button", name="Länger behalten").click()
    assert not passer_by.violations()
    page.get_by_role("button", name="Senden").click()
    expect(page.get_by_text("Das Team sieht nach, ob es geht.")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name=NAMES[0])).to_be_visible()
    page.get_by_role("button", name="Ich arbeite hier: anmelden").click()
    expect(page.get_by_label("Passwort", exact=True)).to_be_visible()

    today = visitor.open("/")
    today.get_by_role("link", name=f"„{NAMES[0]}“: etwas geht nicht").click()
    told = today.get_by_role("region", name="Meldungen")
    defect = told.get_by_role("listitem").filter(has_text="Etwas geht nicht")
    expect(defect.get_by_text(WORDS)).to_be_visible()
    expect(told.get_by_text("Länger behalten")).to_be_visible()
    assert not visitor.violations()
    defect.get_by_label("Was wurde geantwortet oder getan?").fill("Deckel getauscht.")
    defect.get_by_role("button", name="Dazuschreiben").click()
    expect(defect.get_by_text("Deckel getauscht.")).to_be_visible()
    defect.get_by_role("button", name="Erledigt", exact=True).click()
    told.get_by_text("Erledigt: 1").click()
    expect(told.get_by_role("group").get_by_text(WORDS)).to_be_visible()


def test_a_label_of_nothing_and_an_asset_tag_tell_a_stranger_nothing(
    passer_by: Visitor, visitor: Visitor, labels: tuple[str, str, str]
) -> None:
    _case, camera, spare = labels
    page = passer_by.speak("en").open(f"/i/{spare}")
    expect(page.get_by_role("heading", name="There is nothing behind this label")).to_be_visible()
    assert not passer_by.violations()
    page = passer_by.open(f"/find/{passer_by.lab.device(NAMES[1])['asset_tag']}")
    expect(page.get_by_label("Password", exact=True)).to_be_visible()
    expect(page.get_by_text(NAMES[1])).to_have_count(0)
    known = visitor.open(f"/i/{camera}")
    expect(known.get_by_role("heading", name=NAMES[0], level=1)).to_be_visible()
