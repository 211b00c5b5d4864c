"""The desk while the hub is away: nothing scanned is lost, it says so, and tells it all once the hub is back."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect
from sqlmodel import select

from medialab_hub.storage.tables import ScanRow
from tests.browser.lab import Lab, running_lab
from tests.browser.paper_words import PaperDevice
from tests.browser.visitor import Visitor
from tests.browser.work import until

NAMES = [f"Inselding {n}" for n in range(1, 9)]
API = "**/api/v1/**"
EVENTS = "**/scan-sessions/*/events"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Eight tablets in the inventory."""
    devices = [PaperDevice(f"i{n}", name) for n, name in enumerate(NAMES)]
    with running_lab(tmp_path_factory.mktemp("island"), devices) as running:
        running.hub.set_up()
        until(lambda: len(running.rows()) == len(NAMES), "the hub did not hear of all devices")
        with running.hub.client() as client:
            wishes = [{"device": row["id"]} for row in running.rows()]
            client.post("/api/v1/adoptions", json={"devices": wishes, "record_baseline": False}).raise_for_status()
        yield running


@pytest.fixture(scope="module")
def card(lab: Lab) -> str:
    """A code on the card of a teacher."""
    with lab.hub.client() as client:
        person = {"family_name": "Insel", "given_name": "Ina"}
        ina = client.post("/api/v1/people", json=person).raise_for_status().json()["id"]
        code: str = client.post("/api/v1/codes", json={"count": 1}).raise_for_status().json()["codes"][0]
        client.put(f"/api/v1/codes/{code}", json={"noun": "person", "subject": ina}).raise_for_status()
    return code


def scan(page: Page, code: str) -> None:
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def tag(lab: Lab, name: str) -> str:
    found: str = lab.device(name)["asset_tag"]
    return found


def lent(lab: Lab) -> set[str]:
    """Names of what is out."""
    with lab.hub.client() as client:
        loans = client.get("/api/v1/loans").raise_for_status().json()
    ids = {
        unit["device"] for loan in loans for line in loan["lines"] for unit in line["units"] if unit["status"] == "out"
    }
    return {row["name"] for row in lab.rows() if row["id"] in ids}


def facts(lab: Lab) -> tuple[int, int]:
    """How many events the hub knows, and how many of them it was told of afterwards."""
    rows = lab.hub.run(lambda uow: [row.is_fact for row in uow.session.exec(select(ScanRow))])
    return len(rows), sum(rows)


def test_scans_wait_while_the_network_is_cut_and_survive_a_closed_page(visitor: Visitor, card: str) -> None:
    lab = visitor.lab
    page = visitor.open("/lending")
    scan(page, card)
    expect(page.get_by_text("Ina Insel leiht aus.")).to_be_visible()
    scan(page, tag(lab, NAMES[0]))
    expect(page.get_by_text(f"{NAMES[0]} geht an Ina Insel")).to_be_visible()

    visitor.context.set_offline(True)
    scan(page, tag(lab, NAMES[1]))
    expect(page.get_by_text(f"Die Ausgabe von {NAMES[1]} ist gemerkt")).to_be_visible()
    scan(page, tag(lab, NAMES[2]))
    waiting = page.get_by_role("region", name="Noch nicht beim Hub")
    expect(waiting.get_by_text("Scans, die auf den Hub warten: 2")).to_be_visible()
    page.get_by_role("button", name="Das war alles").press("Enter")
    scan(page, card)
    expect(page.get_by_text("Person mit der gescannten Karte leiht aus.")).to_be_visible()
    scan(page, tag(lab, NAMES[3]))
    expect(waiting.get_by_text("Scans, die auf den Hub warten: 4")).to_be_visible()
    assert not visitor.violations()
    assert lent(lab) == {NAMES[0]}

    page.close()
    visitor.context.set_offline(False)
    visitor.page = visitor.context.new_page()
    page = visitor.open("/lending")
    out = page.get_by_role("region", name="Zurzeit verliehen")
    expect(out.get_by_text(NAMES[3])).to_be_visible()
    expect(page.get_by_role("region", name="Noch nicht beim Hub")).to_have_count(0)
    assert lent(lab) == set(NAMES[:4])
    assert facts(lab) == (6, 4)


def test_lost_answers_do_no_harm_and_a_conflict_is_shown_until_somebody_has_looked(visitor: Visitor, card: str) -> None:
    lab = visitor.lab
    page = visitor.open("/lending")
    scan(page, card)
    expect(page.get_by_text("Ina Insel leiht aus.")).to_be_visible()

    lost: list[int] = []
    is_cut = True

    def lose(route: Route) -> None:
        """The hub hears it, and the desk never learns."""
        if is_cut:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    with lab.hub.client() as client:
        spare = client.post("/api/v1/codes", json={"count": 1}).raise_for_status().json()["codes"][0]
    before = facts(lab)
    page.route(EVENTS, lose)
    scan(page, tag(lab, NAMES[4]))
    expect(page.get_by_text(f"Die Ausgabe von {NAMES[4]} ist gemerkt")).to_be_visible()
    scan(page, tag(lab, NAMES[6]))
    scan(page, spare)
    expect(page.get_by_text(f"Das Etikett „{spare}“ ist gemerkt")).to_be_visible()
    until(lambda: page.title() != "" and len(lost) > 1, "it was not tried again")  # only asked does it tell
    is_cut = False
    expect(page.get_by_role("heading", name="Bitte ansehen: 1")).to_be_visible()
    expect(page.get_by_role("region", name="Noch nicht beim Hub")).to_have_count(0)
    assert {NAMES[4], NAMES[6]} <= lent(lab)
    assert facts(lab)[0] - before[0] == 4, "the person, two devices and the label, each once"
    assert set(lost) == {200}

    page = visitor.open("/lending")
    conflicts = page.get_by_role("region", name="Bitte ansehen: 1")
    expect(conflicts).to_contain_text(spare)
    expect(conflicts).to_contain_text("Das Etikett einem Gerät, Koffer, Ort oder einer Person zuordnen")
    assert not visitor.violations()
    conflicts.get_by_role("button", name=f"Erledigt: {spare}").press("Enter")
    expect(conflicts).to_have_count(0)
    page = visitor.open("/lending")
    expect(page.get_by_role("region", name="Zurzeit verliehen").get_by_text(NAMES[6])).to_be_visible()
    expect(page.get_by_role("heading", name="Bitte ansehen")).to_have_count(0)
