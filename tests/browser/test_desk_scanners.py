"""The desk with real key events: a German and an American scanner at a German and an American computer."""

import itertools
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.desk_keys import AMERICAN, GERMAN, Scanner
from tests.browser.lab import Lab, running_lab
from tests.browser.paper_words import PaperDevice
from tests.browser.visitor import Visitor
from tests.browser.work import until

NAMES = [f"Scanding {n}" for n in range(1, 14)]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Thirteen tablets in the inventory; the last carries a label that was printed in advance."""
    devices = [PaperDevice(f"k{n}", name) for n, name in enumerate(NAMES)]
    with running_lab(tmp_path_factory.mktemp("keys"), devices) as running:
        running.hub.set_up()
        until(lambda: len(running.rows()) == len(NAMES), "the hub did not hear of all devices")
        with running.hub.client() as client:
            wishes = [{"device": row["id"]} for row in running.rows()]
            client.post("/api/v1/adoptions", json={"devices": wishes, "record_baseline": False}).raise_for_status()
        yield running


def labelled(lab: Lab, name: str) -> str:
    """A code that sticks on that device."""
    with lab.hub.client() as client:
        code: str = client.post("/api/v1/codes", json={"count": 1}).raise_for_status().json()["codes"][0]
        thing = {"noun": "device", "subject": lab.device(name)["id"]}
        client.put(f"/api/v1/codes/{code}", json=thing).raise_for_status()
    return code


def test_every_scanner_is_understood_at_every_computer(visitor: Visitor) -> None:
    page, lab = visitor.open("/lending"), visitor.lab
    names, taken = iter(NAMES), 0
    for sends, reads in itertools.product((AMERICAN, GERMAN), (AMERICAN, GERMAN)):
        scanner = Scanner(page, sends, reads)
        first, second, third = next(names), next(names), next(names)
        tag, other = lab.device(first)["asset_tag"], lab.device(second)["asset_tag"]
        for name, text, ends in (
            (first, tag, "Enter"),
            (second, f"HTTP://MEDIALAB-HUB.LOCAL:8080/FIND/{other}", "Enter"),
            (third, f"HTTP://MEDIALAB-HUB.LOCAL:8080/I/{labelled(lab, third)}", "Tab"),
        ):
            garbled = scanner.scan(text, ends)
            assert (garbled == text) == (sends is reads)
            taken += 1
            expect(page.get_by_role("heading", name=f"Auf dem Stapel: {taken}")).to_be_visible()
            expect(page.get_by_text(f"{name} liegt auf dem Stapel.")).to_be_visible()
    expect(page.get_by_label("Scannen oder Namen tippen")).to_have_value("")


def test_a_scan_does_not_mix_with_what_was_typed_by_hand(visitor: Visitor) -> None:
    page, lab = visitor.open("/lending"), visitor.lab
    field = page.get_by_label("Scannen oder Namen tippen")
    scanner = Scanner(page, AMERICAN, GERMAN)
    field.press_sequentially("Scanding", delay=110)
    scanner.scan(lab.device(NAMES[10])["asset_tag"])
    expect(page.get_by_role("heading", name="Auf dem Stapel: 1")).to_be_visible()
    expect(field).to_have_value("Scanding")
    field.press_sequentially(" 12", delay=110)
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"{NAMES[11]} liegt auf dem Stapel.")).to_be_visible()

    page.get_by_label("Wofür?").press_sequentially("Fest", delay=110)
    scanner.scan(f"HTTPS://HUB/I/{labelled(lab, NAMES[12])}")
    expect(page.get_by_role("heading", name="Auf dem Stapel: 3")).to_be_visible()
    expect(page.get_by_label("Wofür?")).to_have_value("Fest")
    page.get_by_role("button", name="Ausgeben", exact=True).focus()
    scanner.scan(lab.device(NAMES[12])["asset_tag"])
    expect(page.get_by_text(f"{NAMES[12]} liegt schon auf dem Stapel.")).to_be_visible()
