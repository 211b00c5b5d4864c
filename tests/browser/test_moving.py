"""Going from screen to screen: no letter is lost, nobody asks for the wrong thing, and an absent hub is said."""

from playwright.sync_api import Page, Response, expect

from tests.browser.line import Line
from tests.browser.visitor import Visitor
from tests.browser.work import CLEAN


def _follow(page: Page, to: str) -> None:
    page.evaluate(
        "to => { const a = document.body.appendChild(document.createElement('a')); a.href = to; a.click(); }", to
    )


def test_a_search_can_be_typed_letter_by_letter(visitor: Visitor) -> None:
    page = visitor.open("/devices")
    search = page.get_by_role("searchbox")
    search.focus()
    page.keyboard.type(CLEAN[0], delay=20)
    expect(search).to_be_focused()
    expect(search).to_have_value(CLEAN[0])
    expect(page.get_by_text(CLEAN[0], exact=True)).to_be_visible()


def test_the_old_screen_does_not_ask_for_what_the_new_one_shows(visitor: Visitor) -> None:
    refused: list[str] = []

    def note(answer: Response) -> None:
        if answer.status == 404:
            refused.append(answer.url)

    page = visitor.open_device(CLEAN[1])
    page.on("response", note)
    _follow(page, "/jobs/job-of-no-device/record")
    expect(page.get_by_role("alert")).to_be_visible()
    _follow(page, f"/devices/{visitor.lab.device(CLEAN[2])['id']}")
    expect(page.get_by_role("heading", name=CLEAN[2])).to_be_visible()
    assert all("/jobs/job-of-no-device" in url for url in refused), refused


def test_a_screen_that_cannot_be_fetched_leaves_the_page_and_can_be_tried_again(visitor: Visitor) -> None:
    line = Line(visitor.lab.hub.hub.port)
    visitor.base = line.url
    page = visitor.open("/devices?q=papier")
    line.cut()
    expect(page.get_by_text("Keine Verbindung zum Hub.")).to_be_visible()
    page.get_by_role("link", name="Mehr").click()
    expect(page.get_by_text("Der Hub antwortet nicht.")).to_be_visible()
    line.mend()
    expect(page.get_by_text("Keine Verbindung zum Hub.")).to_have_count(0)
    page.get_by_role("button", name="Erneut versuchen").click()
    expect(page.get_by_role("heading", name="Mehr")).to_be_visible()
    line.close()


def test_a_printed_label_leads_to_its_device(visitor: Visitor) -> None:
    device = visitor.lab.device(CLEAN[3])
    page = visitor.open(f"/find/{device['asset_tag'].lower()}")
    expect(page.get_by_role("heading", name=CLEAN[3])).to_be_visible()
    assert not visitor.failures
