"""What happens while the page fetches everything anew is neither lost nor undone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.lab import Lab
from tests.browser.line import Line
from tests.browser.visitor import Visitor, visitors
from tests.browser.work import until

FIRST, SECOND, THIRD = (f"SM-X210 {n}" for n in (1, 2, 3))


@pytest.fixture
def visitor(chromium: Browser, new_lab: Lab) -> Iterator[Visitor]:
    """Somebody signed in at a hub with three devices."""
    yield from visitors(chromium, new_lab, signed_in=True)


def _adopt(lab: Lab, name: str) -> None:
    """Without a good state; that is something to look after."""
    body = {"devices": [{"device": lab.device(name)["id"]}], "record_baseline": False}
    with lab.hub.client() as client:
        client.post("/api/v1/adoptions", json=body).raise_for_status()


def _send_to_the_workshop(lab: Lab, name: str) -> None:
    with lab.hub.client() as client:
        answer = client.post(f"/api/v1/devices/{lab.device(name)['id']}/maintenance", json={"reason": "Ladebuchse"})
        answer.raise_for_status()


def test_news_heard_while_everything_is_fetched_anew_stays(visitor: Visitor) -> None:
    lab = visitor.lab
    until(lambda: all(lab.has(name) for name in (FIRST, SECOND, THIRD)), "the hub did not hear of all devices")
    _adopt(lab, FIRST)
    line = Line(lab.hub.hub.port)
    visitor.base = line.url
    page = visitor.open("/")
    first, second = (page.get_by_role("link", name=name) for name in (FIRST, SECOND))
    expect(first).to_be_visible()
    slow: list[Route] = []
    page.route("**/api/v1/fleet", lambda route: slow.append(route))
    try:
        line.cut()
        expect(page.get_by_text("Keine Verbindung zum Hub.")).to_be_visible()
        with page.expect_response("**/api/v1/lab"):
            line.mend()
        until(lambda: page.title() != "" and bool(slow), "the devices were not asked for")  # only asked does it tell
        answer = slow[0].fetch()
        _send_to_the_workshop(lab, FIRST)
        _adopt(lab, SECOND)
        expect(second).to_be_visible()
        expect(first).to_have_count(0)
        snapshot = answer.json()
        row = next(row for row in snapshot["rows"] if row[snapshot["columns"].index("name")] == THIRD)
        row[snapshot["columns"].index("status")] = "not_seen"  # so that it shows when the answer is taken in
        slow[0].fulfill(response=answer, json=snapshot)
        expect(page.get_by_role("link", name="nicht gesehen")).to_be_visible()
        expect(second).to_be_visible()
        expect(first).to_have_count(0)
    finally:
        line.close()
