"""The sources as a developer opens them, and single parts of them that no click reaches."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.dev_server import served_sources
from tests.browser.lab import Lab
from tests.browser.visitor import Visitor

STREAM = "**/api/v1/stream*"
STORE = "const { link } = await import('/src/lib/store/link.svelte.ts');"
ORDER = "const { byName, placeOf } = await import('/src/lib/devices/order.ts');"


@pytest.fixture(scope="module")
def sources(lab: Lab) -> Iterator[str]:
    """Where a developer finds them."""
    with served_sources(lab.url) as url:
        yield url


@pytest.fixture
def page(visitor: Visitor, sources: str) -> Page:
    """The start page, made of the sources, without the locks that a page on plain HTTP in the lab network lacks."""
    visitor.base = sources
    visitor.context.add_init_script("Object.defineProperty(navigator, 'locks', { value: undefined })")
    with visitor.page.expect_request(STREAM):
        return visitor.open("/")


@pytest.fixture
def streams(page: Page) -> list[str]:
    """The streams that were opened since the page is there."""
    opened: list[str] = []
    page.on("request", lambda request: opened.append(request.url) if "/stream" in request.url else None)
    return opened


def _run(page: Page, script: str, given: Any = None) -> Any:
    return page.evaluate(f"async (given) => {{ {script} }}", given)


def test_the_start_page_is_there(page: Page) -> None:
    expect(page.get_by_role("button", name="Alle zurücksetzen")).to_be_visible()


def test_who_starts_twice_at_once_follows_one_stream(page: Page, streams: list[str]) -> None:
    with page.expect_request(STREAM):
        _run(page, f"{STORE} await Promise.all([link.start(), link.start()]);")
    _run(page, "await new Promise((resolve) => setTimeout(resolve, 300));")
    assert len(streams) == 1


@pytest.mark.parametrize("moment", ["", "await new Promise((resolve) => setTimeout(resolve, 0));"])
def test_what_is_ended_while_it_starts_neither_follows_nor_shows_anything(
    page: Page, streams: list[str], moment: str
) -> None:
    shown = _run(
        page,
        f"""{STORE}
        const {{ fleet }} = await import('/src/lib/store/fleet.svelte.ts');
        const {{ lab }} = await import('/src/lib/store/lab.svelte.ts');
        await link.load();
        link.forget();
        const [starting, loading] = [link.start(), link.load()];
        {moment}
        link.forget();
        await Promise.all([starting, loading]);
        await new Promise((resolve) => setTimeout(resolve, 300));
        return [fleet.devices.size, fleet.counted, lab.drivers.length, lab.agents.length, lab.places.locations.length];
        """,
    )
    assert shown == [0, False, 0, 0, 0]
    assert streams == []


def test_equal_names_stand_by_their_ids(page: Page) -> None:
    rows = [{"id": key, "name": name} for key, name in (("b", "Ä 2"), ("a", "a 10"), ("c", "a 02"), ("a", "A 2"))]
    ordered = _run(page, f"{ORDER} return byName(given, (row) => row.name, (row) => row.id);", rows)
    assert [row["id"] + row["name"] for row in ordered] == ["aA 2", "bÄ 2", "ca 02", "aa 10"]
    places = _run(page, f"{ORDER} return given.map((row) => placeOf(row, given));", ordered)
    assert places == [0, 1, 2, 3]
