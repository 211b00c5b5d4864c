"""Small windows and hostile names."""

import pytest
from playwright.sync_api import expect

from tests.browser.paper_words import HOSTILE
from tests.browser.test_accessible import SCREENS
from tests.browser.visitor import Visitor
from tests.browser.work import CLEAN

WIDTHS = (320, 768, 1280)


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_window(visitor: Visitor, width: int, language: str) -> None:
    visitor.speak(language)
    visitor.page.set_viewport_size({"width": width, "height": 640})
    wide = {}
    for path in (*SCREENS, f"/devices/{visitor.lab.device(CLEAN[0])['id']}"):
        visitor.open(path)
        visitor.page.wait_for_timeout(200)
        if (more := visitor.overflow()) > 0:
            wide[path] = more
    assert not wide


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_a_hostile_name_is_only_text(visitor: Visitor, number: int) -> None:
    visitor.page.set_viewport_size({"width": 320, "height": 640})
    device = next(row for row in visitor.lab.rows() if row["name"].split()[0] in HOSTILE[number])
    for path in (f"/devices/{device['id']}", "/devices", "/devices?view=rooms"):
        visitor.open(path)
        assert visitor.overflow() <= 0
        assert "owned" not in visitor.page.title()
        assert visitor.page.locator("bdi :not(bdi)").count() == 0
    heading = visitor.open(f"/devices/{device['id']}").locator("h1")
    shown = heading.inner_text()
    assert shown
    assert not set(shown) & set("\u202e\u202c\x07\x1b\n")
    box = heading.bounding_box()
    assert box is not None
    assert box["height"] < 400


def test_a_long_list_draws_only_what_is_near(visitor: Visitor) -> None:
    page = visitor.open("/devices")
    expect(page.get_by_role("listitem").first).to_be_visible()
    drawn = page.locator("ul[aria-label='Geräte'] > li")
    total = int(drawn.first.get_attribute("aria-setsize") or 0)
    assert drawn.count() <= total
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    expect(page.locator(f"li[aria-posinset='{total}']")).to_be_visible()
