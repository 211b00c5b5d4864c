"""A person with a browser: opens screens, and keeps an eye on what the page does behind their back."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.lab import Lab

AXE = Path(__file__).parents[2] / "dashboard" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Visitor:
    """One browser profile at one hub."""

    context: BrowserContext
    lab: Lab
    elsewhere: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    base: str = ""
    """Address of the hub as this person knows it."""

    def __post_init__(self) -> None:
        self.base = self.base or self.lab.url
        self.context.set_default_timeout(15_000)
        self.context.on("request", self._note_request)
        self.context.on("weberror", lambda error: self.failures.append(str(error.error)))
        self.context.on("console", self._note_console)
        self.page = self.context.new_page()

    def speak(self, language: str) -> "Visitor":
        """Everything opened from now on is in that language."""
        self.context.add_init_script(f"localStorage.setItem('medialab.language', '{language}')")
        return self

    def open(self, path: str) -> Page:
        """Go to a screen and wait until it shows its heading."""
        self.page.goto(f"{self.base}{path}")
        self.page.locator("h1").first.wait_for(state="attached")
        return self.page

    def open_device(self, name: str) -> Page:
        """The page of the device with that name."""
        return self.open(f"/devices/{self.lab.device(name)['id']}")

    def violations(self) -> list[str]:
        """What axe finds on the screen as it is now, in light and in dark."""
        found = []
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            result: dict[str, Any] = self.page.evaluate(
                f"{AXE.read_text(encoding='utf-8')}; axe.run(document, {{runOnly: {TAGS}}})"
            )
            found += [
                f"{scheme} {wrong['id']} ({wrong['impact']}): {node['html'][:160]}"
                for wrong in result["violations"]
                for node in wrong["nodes"]
            ]
        return found

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        width: int = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        return width

    def _note_request(self, request: Any) -> None:
        if not request.url.startswith((self.base, "data:", "blob:")):
            self.elsewhere.append(request.url)

    def _note_console(self, message: Any) -> None:
        # A refused request is an answer the page shows in words; everything else is a fault.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.failures.append(message.text)


def visitors(chromium: Browser, lab: Lab, *, signed_in: bool) -> Iterator[Visitor]:
    """One visitor, watched to the end."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="de-DE")
    if signed_in:
        with lab.hub.browser() as client:
            cookies = [{"name": c.name, "value": str(c.value), "url": lab.url} for c in client.cookies.jar]
        context.add_cookies(cookies)  # type: ignore[arg-type]
    visitor = Visitor(context, lab)
    yield visitor
    context.close()
    assert not visitor.elsewhere, "requests left the hub"
    assert not visitor.failures, "the page failed"
