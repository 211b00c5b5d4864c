"""Chromium as a measuring instrument: throttled windows at a hub, and what was painted in them when."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, CDPSession, Page

STOPWATCH = Path(__file__).with_name("stopwatch.js")
LINE = {"offline": False, "latency": 20, "downloadThroughput": 20e6 / 8, "uploadThroughput": 20e6 / 8}
"""20 Mbit/s with a round trip of 20 ms, in the words of the Chrome DevTools Protocol."""


@dataclass
class Traffic:
    """What all windows of a measurement asked for."""

    base: str
    elsewhere: list[str] = field(default_factory=list)
    asked: int = 0

    def note(self, url: str) -> None:
        """One request."""
        self.asked += 1
        if not url.startswith((f"{self.base}/", "data:", "blob:")):
            self.elsewhere.append(url)


@dataclass(frozen=True)
class Spent:
    """Seconds in tasks, seconds of CPU, and the clock both are compared with.

    Only tasks grow while other programs compute; only CPU grows while Chromium makes itself slower."""

    tasks_s: float
    cpu_s: float
    at_s: float

    def since(self, before: "Spent", slower: float) -> str:
        """Shares of the time between."""
        took = self.at_s - before.at_s
        tasks, cpu = ((self.tasks_s - before.tasks_s) / took, (self.cpu_s - before.cpu_s) / took)
        return f"{tasks:.1%}" if slower > 1 else f"{tasks:.1%}, CPU {cpu:.1%}"


@dataclass
class Window:
    """One page in a profile of its own, signed in, with nothing in its cache."""

    page: Page
    protocol: CDPSession
    base: str
    slower: float
    received: int = 0
    """Bytes on the wire, headers included."""

    async def open(self, path: str, what: str) -> float:
        """Milliseconds from the navigation until `rows` or `cards` were painted."""
        await self.page.goto(self.base + path, wait_until="commit")
        return float(await self.page.evaluate(f"stopwatch.{what}"))

    async def search(self, words: Sequence[str]) -> list[float]:
        """Milliseconds from each keystroke in the search field until its result was painted."""
        await self.page.focus("#search")
        for word in words:
            await self.page.keyboard.type(word, delay=100)
            for _ in word:
                await self.page.keyboard.press("Backspace", delay=50)
        await self.page.wait_for_timeout(500)
        return [float(took) for took in await self.page.evaluate("stopwatch.keys")]

    async def spent(self) -> Spent:
        """What the main thread has done since the page was opened."""
        metrics = (await self.protocol.send("Performance.getMetrics"))["metrics"]
        values = {one["name"]: float(one["value"]) for one in metrics}
        return Spent(values["TaskDuration"], values["ThreadTime"], values["Timestamp"])

    def _note_loaded(self, event: dict[str, Any]) -> None:
        self.received += int(event["encodedDataLength"])


@dataclass
class Browsing:
    """A person's browser: their cookies, and what their pages asked for."""

    browser: Browser
    cookies: Sequence[Any]
    traffic: Traffic

    @asynccontextmanager
    async def window(self, slower: float) -> AsyncIterator[Window]:
        """A window whose main thread is that many times slower, behind a line as in `LINE`."""
        size = {"width": 1280, "height": 900}
        context: BrowserContext = await self.browser.new_context(viewport=size, locale="de-DE")  # type: ignore[arg-type]
        try:
            await context.add_cookies(self.cookies)
            await context.add_init_script(path=STOPWATCH)
            context.on("request", lambda request: self.traffic.note(request.url))
            yield await self._prepare(context, slower)
        finally:
            await context.close()

    async def _prepare(self, context: BrowserContext, slower: float) -> Window:
        page = await context.new_page()
        protocol = await context.new_cdp_session(page)
        window = Window(page, protocol, self.traffic.base, slower)
        protocol.on("Network.loadingFinished", window._note_loaded)
        await protocol.send("Network.enable")
        await protocol.send("Network.emulateNetworkConditions", LINE)
        await protocol.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        await protocol.send("Performance.enable")
        return window
