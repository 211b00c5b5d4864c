"""The dashboard's files: compressed copies, names for ever, one page for all screens, a plain page when not built."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from medialab_hub.api.static import SCREENS, make_router


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[tuple[httpx.AsyncClient, Path]]:
    (tmp_path / "static" / "assets").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("not for you")
    app = FastAPI()
    app.include_router(make_router(tmp_path / "static"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub") as client:
        yield client, tmp_path / "static"


async def test_without_a_build_it_says_what_to_run(site: tuple[httpx.AsyncClient, Path]) -> None:
    client, _ = site
    answer = await client.get("/")
    assert answer.status_code == 503
    assert "make dashboard" in answer.text


async def test_every_screen_is_the_one_page(site: tuple[httpx.AsyncClient, Path]) -> None:
    client, folder = site
    (folder / "index.html").write_text("<!doctype html>the page")
    for screen in SCREENS:
        answer = await client.get(screen.replace("{id}", "dev-1").replace("{tag}", "ML-0001"))
        assert "the page" in answer.text, screen
        assert answer.headers["cache-control"] == "no-cache"


async def test_hashed_files_stay_for_ever_and_come_compressed(site: tuple[httpx.AsyncClient, Path]) -> None:
    client, folder = site
    (folder / "assets" / "app-3f2a.js").write_text("plain")
    (folder / "assets" / "app-3f2a.js.br").write_text("brotli")
    (folder / "assets" / "app-3f2a.js.gz").write_text("gzip")
    for accepted, encoding in (("gzip, br", "br"), ("gzip", "gzip"), ("identity", None)):
        async with client.stream("GET", "/assets/app-3f2a.js", headers={"Accept-Encoding": accepted}) as answer:
            raw = b"".join([part async for part in answer.aiter_raw()])
        assert answer.headers.get("content-encoding") == encoding
        assert raw.decode() == {"br": "brotli", "gzip": "gzip", None: "plain"}[encoding]
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-type"].startswith("text/javascript")
        assert "Accept-Encoding" in answer.headers["vary"]


@pytest.mark.parametrize("path", ["/assets/../secret.txt", "/assets/%2e%2e/%2e%2e/secret.txt", "/..%2fsecret.txt"])
async def test_nothing_outside_is_given_away(site: tuple[httpx.AsyncClient, Path], path: str) -> None:
    client, _ = site
    answer = await client.get(path)
    assert answer.status_code == 404
    assert "not for you" not in answer.text


async def test_labels_in_capitals_lead_to_the_device(site: tuple[httpx.AsyncClient, Path]) -> None:
    client, _ = site
    assert (await client.get("/FIND/ML-0001")).headers["location"] == "/find/ML-0001"
    for path in ("/I/7K3F9QX", "/i/7K3F9QX"):
        assert (await client.get(path)).headers["location"] == "/find/7K3F9QX"
