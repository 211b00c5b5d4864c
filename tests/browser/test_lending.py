"""The desk: a scanner hands things out and takes them back, and anybody sees what is due when."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.lab import Lab, running_lab
from tests.browser.paper_words import PaperDevice
from tests.browser.visitor import Visitor, visitors
from tests.browser.work import until

NAMES = [f"Leihtablet {n}" for n in range(1, 10)]
LAB = ZoneInfo("Europe/Berlin")
"""Where the lab is; the browser is elsewhere and still shows the lab's clock."""
HELPER, WORD = "Grace", "a long first password"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Nine tablets in the inventory, nothing lent."""
    devices = [PaperDevice(f"l{n}", name) for n, name in enumerate(NAMES)]
    with running_lab(tmp_path_factory.mktemp("desk"), devices) as running:
        running.hub.set_up()
        until(lambda: len(running.rows()) == len(NAMES), "the hub did not hear of all devices")
        with running.hub.client() as client:
            wishes = [{"device": row["id"]} for row in running.rows()]
            client.post("/api/v1/adoptions", json={"devices": wishes, "record_baseline": False}).raise_for_status()
        yield running


def scan(page: Page, code: str) -> None:
    """A USB scanner: keys without a pause, wherever the focus is, and Enter."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def tag(lab: Lab, name: str) -> str:
    found: str = lab.device(name)["asset_tag"]
    return found


def lend(lab: Lab, name: str, days: float = 3) -> str:
    body = {"lines": [{"device": lab.device(name)["id"]}], "ends": _in(days)}
    with lab.hub.client() as client:
        made: str = client.post("/api/v1/loans", json=body).raise_for_status().json()["booking"]
    return made


def _in(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


def test_two_things_go_out_and_one_comes_back_by_scanner_alone(visitor: Visitor) -> None:
    page = visitor.open("/lending")
    expect(page.get_by_text("Nichts ist verliehen")).to_be_visible()
    expect(page.get_by_label("Scannen oder Namen tippen")).to_be_focused()
    scan(page, tag(visitor.lab, NAMES[0]).lower())
    scan(page, f"HTTP://HUB.LOCAL/FIND/{tag(visitor.lab, NAMES[1])}")
    scan(page, tag(visitor.lab, NAMES[1]))
    expect(page.get_by_role("heading", name="Auf dem Stapel: 2")).to_be_visible()
    expect(page.get_by_text(f"{NAMES[1]} liegt schon auf dem Stapel.")).to_be_visible()
    assert not visitor.violations()

    page.get_by_role("button", name="2 Wochen").press("Enter")
    fortnight = datetime.now(LAB).date() + timedelta(days=14)
    expect(page.get_by_label("Letzter Tag der Ausleihe")).to_have_value(fortnight.isoformat())
    expect(page.get_by_role("button", name="1 Woche", exact=True)).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="Ausgeben", exact=True).click()
    expect(page.get_by_role("heading", name="Ausgegeben bis")).to_be_visible()
    expect(page.get_by_label("Scannen oder Namen tippen")).to_be_focused()
    out = page.get_by_role("region", name="Zurzeit verliehen")
    expect(out.get_by_role("link", name=f"{NAMES[0]}, {NAMES[1]}")).to_be_visible()
    expect(out.get_by_text("in 14 Tagen zurück")).to_be_visible()
    assert not visitor.violations()

    scan(page, tag(visitor.lab, NAMES[0]))
    page.get_by_role("button", name="Rückgabe rückgängig machen").press("Enter")
    expect(page.get_by_text("Die Rückgabe ist rückgängig gemacht.")).to_be_visible()
    expect(out.get_by_role("link", name=f"{NAMES[0]}, {NAMES[1]}")).to_be_visible()
    expect(page.get_by_label("Scannen oder Namen tippen")).to_be_focused()

    scan(page, tag(visitor.lab, NAMES[0]))
    expect(page.get_by_role("status").filter(has_text=f"Zurück: {NAMES[0]}")).to_contain_text("Wird zurückgesetzt")
    expect(page.get_by_text(f"fehlt noch: {NAMES[1]}")).to_be_visible()
    scan(page, tag(visitor.lab, NAMES[0]))
    expect(page.get_by_text(f"{NAMES[0]} ist gerade erst zurückgekommen.")).to_be_visible()
    expect(page.get_by_role("heading", name="Auf dem Stapel")).to_have_count(0)

    page.get_by_role("link", name="Ausleihe ansehen").click()
    expect(page.get_by_role("heading", name=f"{NAMES[0]}, {NAMES[1]}")).to_be_visible()
    expect(page.get_by_text("teilweise zurück")).to_be_visible()
    assert not visitor.violations()
    with visitor.lab.hub.client() as client:
        for name in ("Leihschein (PDF)", "Rückgabebeleg (PDF)"):
            link = page.get_by_role("link", name=name).get_attribute("href") or ""
            assert client.get(link).raise_for_status().content.startswith(b"%PDF")
    page.get_by_role("button", name=f"Zurück: {NAMES[1]}").click()
    expect(page.get_by_text("alles zurück")).to_be_visible()


def test_a_loan_names_the_school_that_a_few_letters_find(visitor: Visitor) -> None:
    school = {"name": "Grundschule am Teich", "kind": "school"}
    with visitor.lab.hub.client() as client:
        key = client.post("/api/v1/institutions", json=school).raise_for_status().json()["id"]
        person = {"family_name": "Teichmann", "given_name": "Ida", "institution": key}
        ida = client.post("/api/v1/people", json=person).raise_for_status().json()["id"]
        card, spare = client.post("/api/v1/codes", json={"count": 2}).raise_for_status().json()["codes"]
        client.put(f"/api/v1/codes/{card}", json={"noun": "person", "subject": ida}).raise_for_status()
    page = visitor.open("/lending")
    scan(page, spare)
    expect(page.get_by_text("klebt noch auf nichts")).to_be_visible()
    scan(page, card)
    expect(page.get_by_text("Ida Teichmann leiht aus.")).to_be_visible()
    assert not visitor.violations()
    scan(page, tag(visitor.lab, NAMES[7]))
    said = page.get_by_role("status").filter(has_text=f"{NAMES[7]} geht an Ida Teichmann, zurück bis")
    expect(said).to_be_visible()
    out = page.get_by_role("region", name="Zurzeit verliehen")
    expect(out.get_by_text("Grundschule am Teich, Ida Teichmann")).to_be_visible()
    scan(page, tag(visitor.lab, NAMES[7]))
    expect(page.get_by_text(f"{NAMES[7]} ist gerade erst ausgegeben worden.")).to_be_visible()
    assert not visitor.violations()
    scan(page, tag(visitor.lab, NAMES[8]))
    expect(page.get_by_text(f"Mitgenommen: {NAMES[7]}, {NAMES[8]}")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.get_by_text("Die Ausgabe ist rückgängig gemacht.")).to_be_visible()
    expect(page.get_by_text(f"Mitgenommen: {NAMES[7]}")).to_be_visible()
    expect(out.get_by_role("link", name=NAMES[8])).to_have_count(0)
    page.get_by_role("button", name="Das war alles").press("Enter")
    expect(page.get_by_role("heading", name="Ida Teichmann leiht aus")).to_have_count(0)

    scan(page, tag(visitor.lab, NAMES[8]))
    expect(page.get_by_role("heading", name="Auf dem Stapel: 1")).to_be_visible()
    page.get_by_label("Für welche Einrichtung oder Person?").press_sequentially("teich", delay=60)
    expect(page.get_by_text("2 gefunden")).to_be_visible()
    assert not visitor.violations()
    page.get_by_role("button", name="Ida Teichmann").press("Enter")
    expect(page.get_by_role("button", name="Andere wählen")).to_be_focused()
    page.get_by_role("button", name="Ausgeben", exact=True).click()
    expect(out.get_by_text("Grundschule am Teich, Ida Teichmann")).to_have_count(2)
    page.get_by_role("link", name="Ausleihe ansehen").click()
    expect(page.get_by_role("definition").filter(has_text="Grundschule am Teich, Ida Teichmann")).to_be_visible()
    page.get_by_role("button", name="Alles zurücknehmen").click()
    expect(page.get_by_role("definition").filter(has_text="alles zurück")).to_be_visible()


def test_a_loan_ends_when_the_centre_closes_by_the_clock_of_the_lab(visitor: Visitor) -> None:
    closed: list[list[list[int]]] = [[] for _ in range(7)]
    with visitor.lab.hub.client() as client:

        def enter(hours: list[list[list[int]]]) -> None:
            version = client.get("/api/v1/opening").json()["version"]
            client.put("/api/v1/opening", json={"hours": hours, "version": version}).raise_for_status()

        enter([[[600, 967]], *closed[1:]])
        try:
            ends = client.get("/api/v1/opening/loan-end", params={"count": 7}).raise_for_status().json()["ends"]
            page = visitor.open("/lending")
            scan(page, tag(visitor.lab, NAMES[3]))
            monday = datetime.fromisoformat(ends).astimezone(LAB)
            expect(page.get_by_label("Letzter Tag der Ausleihe")).to_have_value(monday.date().isoformat())
            expect(page.get_by_text(f"Zurück bis Montag, {monday.day}.")).to_contain_text("16:07 Uhr")
        finally:
            enter(closed)


def test_a_scan_into_another_field_does_not_stay_there(visitor: Visitor) -> None:
    page = visitor.open("/lending")
    scan(page, tag(visitor.lab, NAMES[2]))
    purpose = page.get_by_label("Wofür?")
    purpose.fill("Fest")
    page.keyboard.type("tag", delay=120)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Scannen oder Namen tippen")).to_be_focused()
    purpose.focus()
    scan(page, tag(visitor.lab, NAMES[2]))
    expect(page.get_by_text(f"{NAMES[2]} liegt schon auf dem Stapel.")).to_be_visible()
    expect(purpose).to_have_value("Festtag")
    until_day = page.get_by_label("Letzter Tag der Ausleihe")
    until_day.focus()
    before = until_day.input_value()
    scan(page, tag(visitor.lab, NAMES[3]))
    expect(page.get_by_role("heading", name="Auf dem Stapel: 2")).to_be_visible()
    expect(until_day).to_have_value(before)
    page.get_by_role("button", name=f"{NAMES[3]} vom Stapel nehmen").focus()
    scan(page, tag(visitor.lab, NAMES[3]))
    expect(page.get_by_text(f"{NAMES[3]} liegt schon auf dem Stapel.")).to_be_visible()
    page.get_by_role("button", name=f"{NAMES[3]} vom Stapel nehmen").press("Enter")
    expect(page.get_by_role("heading", name="Auf dem Stapel: 1")).to_be_visible()


def test_names_do_as_well_and_nobody_guesses_between_two(visitor: Visitor) -> None:
    page = visitor.open("/lending")
    scan(page, "leihtablet")
    expect(page.get_by_text("„leihtablet“ passt mehrfach")).to_be_visible()
    page.get_by_role("list", name="Gemeint sein können").get_by_role("button", name=NAMES[4]).press("Enter")
    expect(page.get_by_text(f"{NAMES[4]} liegt auf dem Stapel.")).to_be_visible()
    scan(page, "4006381333931")
    expect(page.get_by_text("„4006381333931“ gibt es nicht im Bestand.")).to_be_visible()
    expect(page.get_by_role("heading", name="Auf dem Stapel: 1")).to_be_visible()


def test_what_the_hub_refuses_is_said_with_what_to_do(visitor: Visitor) -> None:
    page = visitor.open("/lending")
    scan(page, NAMES[5])
    expect(page.get_by_role("heading", name="Auf dem Stapel: 1")).to_be_visible()
    model = {"name": "Vorgemerkt", "devices": [visitor.lab.device(NAMES[5])["id"]]}
    with visitor.lab.hub.client() as client:
        key = client.post("/api/v1/models", json=model).raise_for_status().json()["id"]
        wish = {"lines": [{"model": key}], "starts": _in(1), "ends": _in(2)}
        client.post("/api/v1/bookings", json=wish).raise_for_status()
    coming = page.get_by_role("region", name="Gebucht in den nächsten 14 Tagen")
    expect(coming.get_by_role("link", name="1 × Vorgemerkt")).to_be_visible()
    page.get_by_role("button", name="Ausgeben", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("nicht frei")
    expect(page.get_by_role("heading", name="Auf dem Stapel: 1")).to_be_visible()
    assert not visitor.violations()

    coming.get_by_role("link", name="1 × Vorgemerkt").click()
    page.get_by_role("button", name="Absagen").click()
    page.get_by_role("button", name="Absagen").last.click()
    expect(page.get_by_role("definition").filter(has_text="abgesagt")).to_be_visible()


def test_a_model_is_made_and_filled(visitor: Visitor) -> None:
    page = visitor.open("/models")
    page.get_by_role("button", name="Modell anlegen").click()
    page.get_by_role("dialog").get_by_label("Name oder Hersteller").fill("bee-bot")
    page.get_by_role("dialog").get_by_role("radio").first.check()
    page.get_by_role("dialog").get_by_role("button", name="Speichern").click()
    model = page.get_by_role("listitem").filter(has_text="Bee-Bot")
    expect(model.get_by_text("Noch keine Geräte")).to_be_visible()
    model.get_by_role("button", name="Geräte zuordnen").click()
    page.get_by_label("Gerät suchen").fill(NAMES[6])
    page.get_by_role("dialog").get_by_role("checkbox", name=NAMES[6]).check()
    assert not visitor.violations()
    page.get_by_role("dialog").get_by_role("button", name="1 zuordnen").click()
    expect(model.get_by_text("1 von 1 heute frei")).to_be_visible()
    lend(visitor.lab, NAMES[6])
    expect(model.get_by_text("0 von 1 heute frei")).to_be_visible()
    assert not visitor.violations()


def test_who_only_helps_takes_back_in_english(chromium: Browser, lab: Lab) -> None:
    with lab.hub.client() as admin:
        admin.post("/api/v1/users", json={"name": HELPER, "password": WORD, "role": "trainer"}).raise_for_status()
    lend(lab, NAMES[4], days=1 / 86_400)
    for visitor in visitors(chromium, lab, signed_in=False):
        page = visitor.speak("en").open("/login?back=/lending")
        page.get_by_label("Name", exact=True).fill(HELPER)
        page.get_by_label("Password", exact=True).fill(WORD)
        page.keyboard.press("Enter")
        out = page.get_by_role("region", name="On loan now")
        expect(out.get_by_role("listitem").first).to_contain_text("overdue since")
        scan(page, tag(lab, NAMES[4]))
        expect(page.get_by_text(f"Back: {NAMES[4]}.")).to_be_visible()
        scan(page, tag(lab, NAMES[3]))
        expect(page.get_by_text(f"{NAMES[3]} is not on loan. Staff can hand it out.")).to_be_visible()
        assert not visitor.violations()
