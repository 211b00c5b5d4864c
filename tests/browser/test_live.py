"""Live values change in place; a lost connection is said and heals by itself."""

from playwright.sync_api import expect

from tests.browser.line import Line
from tests.browser.visitor import Visitor
from tests.browser.work import CLEAN


def _names(visitor: Visitor) -> list[str]:
    return visitor.page.locator("ul[aria-label='Geräte'] > li .name").all_inner_texts()


def _rename(visitor: Visitor, old: str, new: str) -> None:
    with visitor.lab.hub.client() as client:
        device = visitor.lab.device(old)["id"]
        version = client.get(f"/api/v1/devices/{device}").json()["version"]
        client.patch(f"/api/v1/devices/{device}", json={"version": version, "name": new}).raise_for_status()


def test_a_new_name_appears_where_the_old_one_was(visitor: Visitor) -> None:
    page = visitor.open("/devices?q=papier")
    expect(page.get_by_text(CLEAN[4], exact=True)).to_be_visible()
    before = _names(visitor)
    _rename(visitor, CLEAN[4], "Aaa Papier")
    try:
        expect(page.get_by_text("Aaa Papier", exact=True)).to_be_visible()
        after = _names(visitor)
        assert [name.replace("Aaa Papier", CLEAN[4]) for name in after] == before
    finally:
        _rename(visitor, "Aaa Papier", CLEAN[4])


def test_who_looks_anew_finds_new_names_where_the_hub_has_them(visitor: Visitor) -> None:
    page = visitor.open("/devices?q=papier")
    expect(page.get_by_text(CLEAN[4], exact=True)).to_be_visible()
    new = dict(
        zip(
            CLEAN[3:8],
            ("Ähre Papier 10", "ahre papier 2", "Straße Papier 1", "Strasse Papier 2", "9 Papier"),
            strict=True,
        )
    )
    for old, name in new.items():
        _rename(visitor, old, name)
    try:
        expect(page.get_by_text("9 Papier", exact=True)).to_be_visible()
        page.get_by_role("button", name="Alle", exact=False).first.click()
        with visitor.lab.hub.client() as client:
            found = client.get("/api/v1/devices", params={"q": "papier", "limit": 500}).json()["items"]
        expect(page.locator("ul[aria-label='Geräte'] > li .name")).to_have_text([row["name"] for row in found])
    finally:
        for old, name in new.items():
            _rename(visitor, name, old)


def test_all_tabs_follow_one_stream(visitor: Visitor) -> None:
    streams: list[str] = []
    visitor.context.on("request", lambda request: streams.append(request.url) if "/stream" in request.url else None)
    first = visitor.open("/devices?q=papier")
    others = [visitor.context.new_page() for _ in range(2)]
    for page in others:
        page.goto(f"{visitor.lab.url}/devices?q=papier")
        expect(page.get_by_text(CLEAN[5], exact=True)).to_be_visible()
    _rename(visitor, CLEAN[5], "Papier mit Namen")
    try:
        for page in (first, *others):
            expect(page.get_by_text("Papier mit Namen", exact=True)).to_be_visible()
        assert len(streams) == 1
        first.close()
        _rename(visitor, "Papier mit Namen", CLEAN[5])
        for page in others:
            expect(page.get_by_text(CLEAN[5], exact=True)).to_be_visible()
    finally:
        if not visitor.lab.has(CLEAN[5]):
            _rename(visitor, "Papier mit Namen", CLEAN[5])


def test_a_lost_connection_is_said_and_made_up_for(visitor: Visitor) -> None:
    line = Line(visitor.lab.hub.hub.port)
    visitor.base = line.url
    page = visitor.open("/devices?q=papier")
    expect(page.get_by_text(CLEAN[6], exact=True)).to_be_visible()
    line.cut()
    expect(page.get_by_text("Keine Verbindung zum Hub.")).to_be_visible()
    expect(page.get_by_text("Sie sehen den Stand von")).to_be_visible()
    _rename(visitor, CLEAN[6], "Papier von inzwischen")
    line.mend()
    try:
        expect(page.get_by_text("Papier von inzwischen", exact=True)).to_be_visible()
        expect(page.get_by_text("Keine Verbindung zum Hub.")).to_have_count(0)
    finally:
        _rename(visitor, "Papier von inzwischen", CLEAN[6])
        line.close()
