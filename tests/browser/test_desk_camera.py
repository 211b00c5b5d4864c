"""The desk with a camera that sees the hub's own labels, and with a photo of them; no USB scanner far and wide."""

import socket
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Response, expect, sync_playwright

from tests.browser.lab import ARGUMENTS, CHROMIUM, Lab, running_lab
from tests.browser.paper_words import PaperDevice
from tests.browser.visitor import Visitor, visitors
from tests.browser.work import until

NAMES = [f"Kamerading {n}" for n in range(1, 4)]
PHOTOGRAPHED = "Fotoding"
FRAMES_OF_EACH = 40
MACHINE = socket.gethostname().lower()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Four tablets in the inventory."""
    devices = [PaperDevice(f"v{n}", name) for n, name in enumerate([*NAMES, PHOTOGRAPHED])]
    with running_lab(tmp_path_factory.mktemp("camera"), devices) as running:
        running.hub.set_up()
        until(lambda: len(running.rows()) == len(devices), "the hub did not hear of all devices")
        with running.hub.client() as client:
            wishes = [{"device": row["id"]} for row in running.rows()]
            client.post("/api/v1/adoptions", json={"devices": wishes, "record_baseline": False}).raise_for_status()
        yield running


def pictures(lab: Lab, folder: Path) -> list[Path]:
    """The labels as the hub prints them, each as a camera sees it: some 15 pixels a millimetre."""
    with lab.hub.client() as client:
        ids = ",".join(lab.device(name)["id"] for name in [*NAMES, PHOTOGRAPHED])
        pdf = client.get("/api/v1/labels.pdf", params={"devices": ids, "sheet": "single"}).raise_for_status().content
    (folder / "labels.pdf").write_bytes(pdf)
    size = ["-scale-to-x", "640", "-scale-to-y", "300"]
    subprocess.run(["pdftoppm", "-jpeg", *size, "labels.pdf", "label"], cwd=folder, check=True, timeout=60)
    return sorted(folder.glob("label*.jpg"))


@pytest.fixture(scope="module")
def seen(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return pictures(lab, tmp_path_factory.mktemp("pictures"))


@pytest.fixture(scope="module")
def filmed(seen: list[Path]) -> Iterator[Browser]:
    """Chromium with a camera before which one label after the other is held: a film is pictures in a row (MJPEG)."""
    film = seen[0].with_name("labels.mjpeg")
    film.write_bytes(b"".join(path.read_bytes() * FRAMES_OF_EACH for path in seen[: len(NAMES)]))
    camera = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
    with sync_playwright() as playwright:
        arguments = [*ARGUMENTS, *camera, f"--host-resolver-rules=MAP {MACHINE} 127.0.0.1"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        expect.set_options(timeout=20_000)
        yield browser
        browser.close()


@pytest.fixture
def visitor(filmed: Browser, lab: Lab) -> Iterator[Visitor]:
    yield from visitors(filmed, lab, signed_in=True)


def lend(page: Page, things: int) -> None:
    expect(page.get_by_role("heading", name=f"Auf dem Stapel: {things}")).to_be_visible()
    page.get_by_role("button", name="Ausgeben", exact=True).click()
    expect(page.get_by_role("heading", name="Ausgegeben bis")).to_be_visible()


def test_the_camera_reads_our_labels_and_what_they_stick_on_is_lent(visitor: Visitor) -> None:
    page = visitor.open("/lending")
    loaded: list[str] = []

    def note(answer: Response) -> None:
        if answer.url.endswith(".wasm"):
            loaded.append(answer.url)

    page.on("response", note)
    page.get_by_role("button", name="Mit der Kamera scannen").click()
    expect(page.get_by_text("Halten Sie das Etikett")).to_be_visible()
    for name in NAMES:
        expect(page.get_by_role("button", name=f"{name} vom Stapel nehmen")).to_be_visible()
    assert not visitor.violations()
    assert [url.startswith(visitor.base) for url in loaded] == [True], "the hub serves the reader itself"
    page.get_by_role("button", name="Schließen").click()
    expect(page.get_by_role("button", name="Mit der Kamera scannen")).to_be_focused()
    lend(page, len(NAMES))
    out = page.get_by_role("region", name="Zurzeit verliehen")
    expect(out.get_by_role("link", name=", ".join(NAMES))).to_be_visible()


def test_a_photo_does_where_the_camera_may_not_be_used(visitor: Visitor, seen: list[Path], tmp_path: Path) -> None:
    """Browsers give a page without encryption no camera; it says so, and reads a photo all the same."""
    visitor.base = visitor.lab.url.replace("127.0.0.1", MACHINE)
    for one in visitor.context.cookies():
        visitor.context.add_cookies([{"name": one["name"], "value": one["value"], "url": visitor.base}])
    with visitor.lab.hub.client() as client:
        lines = [{"device": visitor.lab.device(PHOTOGRAPHED)["id"]}]
        ends = (datetime.now(UTC) + timedelta(days=3)).isoformat()
        client.post("/api/v1/loans", json={"lines": lines, "ends": ends}).raise_for_status()
    page = visitor.open("/lending")
    assert not page.evaluate("isSecureContext")
    page.get_by_role("button", name="Mit der Kamera scannen").press("Enter")
    expect(page.get_by_text("deshalb gibt der Browser die Kamera nicht frei")).to_be_visible()
    assert not visitor.violations()
    blank = tmp_path / "blank.txt"
    blank.write_text("no picture")
    photo = page.get_by_label("Foto vom Etikett")
    photo.set_input_files(blank)
    expect(page.get_by_text("Auf dem Foto ist kein Code zu erkennen")).to_be_visible()
    photo.set_input_files(seen[-1])
    expect(page.get_by_text(f"Zurück: {PHOTOGRAPHED}.")).to_be_visible()
    # A header that only means something on encrypted pages; the browser says so.
    visitor.failures[:] = [said for said in visitor.failures if "Cross-Origin-Opener-Policy" not in said]
