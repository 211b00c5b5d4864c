"""The year in numbers, and two weeks of bookings as a plan or as a list with the same facts."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab, running_lab
from tests.browser.paper_words import PaperDevice
from tests.browser.visitor import Visitor
from tests.browser.work import until

LAB = ZoneInfo("Europe/Berlin")
NAMES = ["Plantablet 1", "Plantablet 2", "Plantablet 3"]
SCHOOL = "Grundschule am Plan"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Three tablets of one model; one was lent to a school and is back."""
    devices = [PaperDevice(f"p{n}", name) for n, name in enumerate(NAMES)]
    with running_lab(tmp_path_factory.mktemp("plan"), devices) as running:
        running.hub.set_up()
        until(lambda: len(running.rows()) == len(NAMES), "the hub did not hear of all devices")
        with running.hub.client() as client:
            keys = [row["id"] for row in running.rows()]
            wishes = [{"device": key} for key in keys]
            client.post("/api/v1/adoptions", json={"devices": wishes, "record_baseline": False}).raise_for_status()
            client.post("/api/v1/models", json={"name": "Tablet", "devices": keys}).raise_for_status()
            school = {"name": SCHOOL, "kind": "school"}
            key = client.post("/api/v1/institutions", json=school).raise_for_status().json()["id"]
            device = running.device(NAMES[0])["id"]
            loan = {"lines": [{"device": device}], "ends": _at(_monday(), 7, 12), "institution": key}
            client.post("/api/v1/loans", json=loan).raise_for_status()
            client.post("/api/v1/returns", json={"devices": [device]}).raise_for_status()
        yield running


def _monday() -> date:
    today = datetime.now(LAB).date()
    return today - timedelta(days=today.weekday())


def _at(monday: date, days: int, hour: int) -> str:
    return datetime.combine(monday + timedelta(days=days), time(hour), LAB).astimezone(UTC).isoformat()


def test_a_year_is_shown_and_an_empty_one_says_so(visitor: Visitor) -> None:
    page = visitor.open("/more")
    page.get_by_role("link", name="Jahresbericht").click()
    total = page.get_by_role("region", name="Zusammen")
    expect(total.locator("div").filter(has_text="Ausleihen").locator("dd")).to_have_text("1")
    row = page.get_by_role("region", name="Nach Modell").get_by_role("row", name="Tablet")
    expect(row.get_by_role("cell").first).to_have_text("1")
    expect(row.get_by_role("cell").nth(3)).to_have_text("100 %")
    expect(page.get_by_text("Noch kein Förderprogramm eingetragen.")).to_be_visible()
    assert not visitor.violations()
    with visitor.lab.hub.client() as client:
        for name, begins in (("Bericht als PDF", b"%PDF"), ("Tabelle speichern (CSV)", b"\xef\xbb\xbf")):
            link = page.get_by_role("link", name=name).get_attribute("href") or ""
            assert client.get(link).raise_for_status().content.startswith(begins)
    this = int(page.get_by_label("Jahr", exact=True).input_value())
    page.get_by_label("Jahr", exact=True).select_option(str(this - 1))
    expect(page.get_by_text(f"{this - 1} wurde noch nichts verliehen")).to_be_visible()
    page.get_by_role("button", name="Schuljahr").press("Enter")
    expect(total).to_be_visible()
    expect(page.get_by_label("Jahr", exact=True).locator("option").first).to_contain_text("/")
    page.set_viewport_size({"width": 320, "height": 700})
    assert visitor.overflow() <= 0


def test_two_weeks_are_a_plan_and_a_list_of_the_same(visitor: Visitor) -> None:
    monday = _monday() + timedelta(days=7)
    with visitor.lab.hub.client() as client:
        model = client.get("/api/v1/models").json()[0]["id"]
        school = client.get("/api/v1/institutions", params={"query": "Plan"}).json()[0]["id"]
        made = [
            client.post(
                "/api/v1/bookings",
                json={
                    "lines": [{"model": model, "quantity": count}],
                    "starts": _at(monday, first, 9),
                    "ends": _at(monday, last, 15),
                    "institution": school,
                },
            )
            .raise_for_status()
            .json()["booking"]
            for count, first, last in ((2, 1, 3), (1, 2, 4))
        ]
    page = visitor.open("/timeline")
    page.get_by_role("button", name="Woche vor").press("Enter")
    plan = page.get_by_role("table")
    bar = plan.locator(f"td[colspan='3'] a[href='/bookings/{made[0]}']")
    expect(bar).to_contain_text(f"2 ×, {SCHOOL}")
    facts = bar.text_content()
    assert facts and "09:00" in facts and "15:00" in facts and "zugesagt" in facts
    expect(plan.get_by_role("rowheader", name="Tablet 3 Geräte")).to_have_attribute("rowspan", "2")
    expect(plan.get_by_role("columnheader")).to_have_count(15)
    assert not visitor.violations()

    page.get_by_role("button", name="Liste").press("Enter")
    expect(plan).to_have_count(0)
    expect(page.locator(f"li a[href='/bookings/{made[0]}']")).to_have_text(facts)
    expect(page.get_by_role("listitem").filter(has_text="zugesagt")).to_have_count(2)
    assert not visitor.violations()
    page.set_viewport_size({"width": 320, "height": 700})
    assert visitor.overflow() <= 0
    with visitor.lab.hub.client() as client:
        client.post(f"/api/v1/bookings/{made[1]}/canceled").raise_for_status()
    expect(page.get_by_role("listitem").filter(has_text="zugesagt")).to_have_count(1)
    page.get_by_role("link", name=f"2 ×, {SCHOOL}").press("Enter")
    expect(page.get_by_role("heading", name="2 × Tablet")).to_be_visible()
