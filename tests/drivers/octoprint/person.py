"""A person at OctoPrint's web page, in a real browser."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Page, async_playwright

CHROMIUM = Path("/usr/bin/chromium")
ARGS = [
    "--no-sandbox",
    "--headless=new",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@asynccontextmanager
async def signed_in(url: str, user: str, password: str) -> AsyncIterator[Page]:
    """OctoPrint's page, after the sign-in form."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        try:
            page = await browser.new_page(locale="en-US")
            await page.goto(url)
            await page.fill("#login-user", user)
            await page.fill("#login-password", password)
            await page.click("#login-button")
            await page.wait_for_selector("#navbar_login", timeout=60_000)
            yield page
        finally:
            await browser.close()


async def click_allow(page: Page) -> None:
    """The notice OctoPrint shows for an access request."""
    await page.locator(".ui-pnotify button", has_text="Allow").click(timeout=30_000)
