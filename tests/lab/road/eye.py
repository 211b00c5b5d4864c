"""A person at the dashboard: one Chromium profile that sees every screen without loading it again."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Locator, Page, expect


class Eye:
    """The dashboard in German, signed in with a client's session."""

    def __init__(self, browser: Browser, client: httpx.Client, shots: Path) -> None:
        self.url = str(client.base_url).rstrip("/")
        self.shots = shots
        self.failures: list[str] = []
        self.context = browser.new_context(viewport={"width": 1280, "height": 1000}, locale="de-DE")
        cookies = [{"name": c.name, "value": str(c.value), "url": self.url} for c in client.cookies.jar]
        self.context.add_cookies(cookies)  # type: ignore[arg-type]
        self.context.on("weberror", lambda error: self.failures.append(str(error.error)))
        self.page = self.context.new_page()

    def open(self, path: str) -> Page:
        """Load a screen and mark it, so that a later load would show."""
        self.page.goto(f"{self.url}{path}")
        self.page.locator("h1").first.wait_for(state="attached")
        self.page.evaluate("window.sameDocument = true")
        return self.page

    def was_not_loaded_again(self) -> bool:
        """Whether everything since `open` happened in the same document."""
        return bool(self.page.evaluate("window.sameDocument === true"))

    def shoot(self, name: str) -> None:
        """Keep what is on the screen now."""
        self.page.screenshot(path=str(self.shots / f"{name}.png"), full_page=True)

    def section(self, title: str | re.Pattern[str]) -> Locator:
        """The card with that heading."""
        return self.page.locator("section").filter(has=self.page.get_by_role("heading", name=title))  # type: ignore[arg-type]

    def until_agent_is_there(self) -> None:
        """Wait for the local agent; from then on whatever appears comes by the hub's news."""
        expect(self.page.get_by_text(re.compile("· verbunden ·"))).to_be_visible()

    def close(self) -> None:
        self.context.close()
        assert not self.failures, "the page failed"


@contextmanager
def looking(browser: Browser, client: httpx.Client, shots: Path) -> Iterator[Eye]:
    """Somebody at the screen for the time of a block; a script that failed fails the test."""
    eye = Eye(browser, client, shots)
    try:
        yield eye
    except BaseException:
        eye.shoot("at-the-failure")
        raise
    eye.close()


def device_named(client: httpx.Client, part: str) -> dict[str, Any]:
    """The one device whose name contains the text."""
    rows = client.get("/api/v1/devices", params={"limit": 500}).raise_for_status().json()["items"]
    (row,) = [row for row in rows if part in row["name"]]
    found: dict[str, Any] = row
    return found
