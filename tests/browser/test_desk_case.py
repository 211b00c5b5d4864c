"""The desk with a case of sixteen: one person and one scan, what is missing on return; how few steps a loan takes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk_keys import AMERICAN, GERMAN, Scanner
from tests.browser.lab import Lab, running_lab
from tests.browser.paper_words import PaperDevice
from tests.browser.visitor import Visitor
from tests.browser.work import until
from tests.fixtures.pictures import photo

NAMES = [f"Koffertablet {n}" for n in range(1, 17)]
LOOSE = [f"Einzelding {n}" for n in range(1, 3)]
BROKEN = "Sprungding"
KIT = "Tabletkoffer 1"
LOST = NAMES[6]
MOST_STEPS = 6
"""Scans, clicks, keys with a meaning and words typed, from nothing to the loan slip."""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A case of sixteen tablets and three single ones."""
    devices = [PaperDevice(f"m{n}", name) for n, name in enumerate([*NAMES, *LOOSE, BROKEN])]
    with running_lab(tmp_path_factory.mktemp("case"), devices) as running:
        running.hub.set_up()
        until(lambda: len(running.rows()) == len(devices), "the hub did not hear of all devices")
        with running.hub.client() as client:
            wishes = [{"device": row["id"]} for row in running.rows()]
            client.post("/api/v1/adoptions", json={"devices": wishes, "record_baseline": False}).raise_for_status()
        yield running


@pytest.fixture(scope="module")
def labels(lab: Lab) -> tuple[str, str]:
    """On the case, and on the card of a teacher."""
    with lab.hub.client() as client:
        body = {"name": KIT, "devices": [lab.device(name)["id"] for name in NAMES]}
        kit = client.post("/api/v1/kits", json=body).raise_for_status().json()["id"]
        school = client.post("/api/v1/institutions", json={"name": "Gesamtschule Nord", "kind": "school"})
        person = {"family_name": "Sand", "given_name": "Rita", "institution": school.raise_for_status().json()["id"]}
        rita = client.post("/api/v1/people", json=person).raise_for_status().json()["id"]
        parts = {"items": [{"name": {"de": "Ladegerät", "en": "Charger"}, "count": 2}]}
        client.put(f"/api/v1/kits/{kit}/accessories", json=parts).raise_for_status()
        case, card = client.post("/api/v1/codes", json={"count": 2}).raise_for_status().json()["codes"]
        client.put(f"/api/v1/codes/{case}", json={"noun": "kit", "subject": kit}).raise_for_status()
        client.put(f"/api/v1/codes/{card}", json={"noun": "person", "subject": rita}).raise_for_status()
    return f"HTTP://HUB.LOCAL/I/{case}", f"HTTP://HUB.LOCAL/I/{card}"


def slip_of(page: Page) -> str:
    """Where the loan slip is that the desk offers."""
    link = page.get_by_role("link", name="Leihschein (PDF)")
    expect(link).to_have_count(1)
    return link.get_attribute("href") or ""


def leave_out(lab: Lab, name: str) -> None:
    """No agent sees that one any more."""
    device = next(one for one in lab.agent.devices.values() if one.name == name)
    lab.agent.lose(device)
    until(lambda: lab.device(name)["presence"] != "present", "the hub still sees it")


def test_one_person_and_one_scan_take_sixteen_and_the_missing_one_is_named(
    visitor: Visitor, labels: tuple[str, str]
) -> None:
    page, lab, (case, card) = visitor.open("/lending"), visitor.lab, labels
    scanner = Scanner(page, AMERICAN, GERMAN)
    scanner.scan(card)
    expect(page.get_by_text("Rita Sand leiht aus.")).to_be_visible()
    scanner.scan(case)
    expect(page.get_by_text(f"{KIT} geht an Rita Sand, zurück bis")).to_be_visible()
    out = page.get_by_role("region", name="Zurzeit verliehen")
    expect(out.get_by_role("link", name=f"{KIT} (16 von 16)")).to_be_visible()
    assert not visitor.violations()
    with lab.hub.client() as client:
        loans = client.get("/api/v1/loans").json()
        units = [unit["device"] for loan in loans for line in loan["lines"] for unit in line["units"]]
        assert sorted(units) == sorted(lab.device(name)["id"] for name in NAMES)
        assert client.get(slip_of(page)).raise_for_status().content.startswith(b"%PDF")

    parts = page.get_by_role("region", name="Zubehör: Ist alles dabei?")
    parts.get_by_label("2 × Ladegerät").uncheck()
    assert not visitor.violations()
    parts.get_by_role("button", name="Zubehör angesehen").press("Enter")
    expect(parts).to_have_count(0)
    with lab.hub.client() as client:
        ticked = client.get(f"/api/v1/bookings/{loans[0]['id']}/accessories").raise_for_status().json()
    assert [item["missing_out"] for thing in ticked if thing["kit"] for item in thing["items"]] == [1]

    leave_out(lab, LOST)
    page = visitor.open("/lending")
    Scanner(page, GERMAN, AMERICAN).scan(case)
    expect(page.get_by_text(f"{KIT} ist zurück. Es fehlt: {LOST}.")).to_be_visible()
    section = page.get_by_role("region", name=KIT)
    expect(section.get_by_text("15 von 16 sind zurück.")).to_be_visible()
    expect(section.get_by_role("listitem")).to_have_count(1)
    expect(section.get_by_role("listitem")).to_contain_text(LOST)
    expect(section.get_by_role("listitem")).to_contain_text("fehlt")
    expect(section).to_contain_text("Was fehlt, bleibt verliehen; bitte gleich nachfragen.")
    assert not visitor.violations()
    out = page.get_by_role("region", name="Zurzeit verliehen")
    expect(out.get_by_role("link", name=LOST)).to_be_visible()
    expect(out.get_by_role("link", name=KIT)).to_have_count(0)
    expect(page.get_by_role("region", name="Zubehör: Ist alles zurück?")).to_be_visible()
    section.get_by_role("button", name=f"Liegt drin: {LOST}").press("Enter")
    expect(page.get_by_text("Nichts ist verliehen")).to_be_visible()


def test_a_walk_in_loan_takes_few_steps_from_nothing_to_the_slip(visitor: Visitor) -> None:
    page, lab = visitor.open("/lending"), visitor.lab
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1

    scanner = Scanner(page, GERMAN, GERMAN)
    for name in LOOSE:
        scanner.scan(lab.device(name)["asset_tag"])
        step()
    expect(page.get_by_role("heading", name="Auf dem Stapel: 2")).to_be_visible()
    page.get_by_label("Für welche Einrichtung oder Person?").press_sequentially("gesamt")
    step()
    page.get_by_role("button", name="Gesamtschule Nord").click()
    step()
    page.get_by_role("button", name="Ausgeben", exact=True).click()
    step()
    expect(page.get_by_role("heading", name="Ausgegeben bis")).to_be_visible()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Leihschein (PDF)").click()
        step()
    opened.value.close()
    # The browser shows a PDF with an extension of its own.
    visitor.elsewhere[:] = [url for url in visitor.elsewhere if not url.startswith("chrome-extension://")]
    with lab.hub.client() as client:
        assert client.get(slip_of(page)).raise_for_status().content.startswith(b"%PDF")
    assert steps <= MOST_STEPS


def test_damage_is_told_from_the_pile_with_a_photo(visitor: Visitor, tmp_path: Path) -> None:
    page, lab = visitor.open("/lending"), visitor.lab
    Scanner(page, GERMAN, GERMAN).scan(lab.device(BROKEN)["asset_tag"])
    page.get_by_role("button", name=f"Schaden melden: {BROKEN}").press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Was ist passiert?").fill("Das Glas ist gesprungen.")
    picture = tmp_path / "glass.jpg"
    picture.write_bytes(photo())
    dialog.get_by_label("Foto machen oder wählen").set_input_files(picture)
    expect(dialog.get_by_role("img")).to_be_visible()
    assert not visitor.violations()
    dialog.get_by_role("button", name="Melden", exact=True).click()
    expect(dialog).to_have_count(0)
    with lab.hub.client() as client:
        (told,) = client.get("/api/v1/damages", params={"device": lab.device(BROKEN)["id"]}).raise_for_status().json()
    assert (told["kind"], told["words"], len(told["photos"])) == ("damaged", "Das Glas ist gesprungen.", 1)
    page.get_by_role("button", name="Ausgeben", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("heading", name="Auf dem Stapel: 1")).to_be_visible()
