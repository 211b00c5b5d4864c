"""A real OctoPrint walks the whole road: announced, found, adopted, paired, left hot and full, reset, proven."""

import os
import re
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.lab.road.eye import Eye, looking
from tests.lab.road.house import running
from tests.lab.road.ports import free_port
from tests.lab.road.printer import Printer, listening, wait
from tests.peers.octoprint.rig import OctoPrintPeer

pytestmark = [
    pytest.mark.root,
    pytest.mark.peers,
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.skipif(os.geteuid() != 0, reason="a network namespace needs root"),
]
HOST = "octopi-road"


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[Printer]:
    """Plugged in, not switched on."""
    peer = OctoPrintPeer(tmp_path / "octoprint", hostname=HOST)
    try:
        peer.prepare()
        yield Printer(peer)
    finally:
        peer.stop()


def test_from_announcement_to_proof(tmp_path: Path, printer: Printer, chromium: Browser, shots: Path) -> None:
    env = {
        **os.environ,
        "MEDIALAB_SOURCES": "mdns",
        "MEDIALAB_DRIVER_ANDROID_ADB_ADB_PORT": str(free_port()),
        "MEDIALAB_DRIVER_ANDROID_ADB_ADB_AUTOSTART": "no",
    }
    with (
        running(tmp_path / "hub", "serve", "--with-agent", env=env) as house,
        house.set_up() as client,
        looking(chromium, client, shots) as eye,
    ):
        find(eye, printer)
        adopt(eye)
        pair(eye, printer, chromium)
        at_home = record(eye, client, printer)
        printer.leave_traces()
        expect(eye.page.get_by_text(re.compile("Auf .* Spuren der letzten Nutzung"))).to_be_visible()
        eye.shoot("octoprint-dirty")
        first = reset(eye, client, "octoprint-first")
        judge(printer, at_home)
        assert first["outcome"] == "clean"
        cleaned = printer.everything()
        again = reset(eye, client, "octoprint-again")
        assert again["outcome"] == "clean"
        assert printer.everything() == cleaned
        changed = [step["id"] for step in again["steps"] if step["state"] == "done" and not step["ask"]]
        assert changed == [], "the second reset did something"
        assert not [row for row in devices(client) if HOST in row["name"]], "it is shown a second time as unknown"
        print(f"\nsecond reset, without the person: {machine_seconds(again):.2f} s")


def find(eye: Eye, printer: Printer) -> None:
    """It is switched on and appears."""
    page = eye.open("/found")
    eye.until_agent_is_there()
    with listening(printer.peer.here, "_octoprint._tcp.local.") as ear:
        printer.peer.launch()
        wait(lambda: any(HOST in name for name in ear.heard), "it never announced itself", 90)
        expect(page.get_by_text(re.compile(HOST))).to_be_visible()
        found = time.monotonic()
        announced = min(at for name, at in ear.heard.items() if HOST in name)
    print(f"\non the dashboard {found - announced:.2f} s after its announcement")
    eye.shoot("octoprint-found")
    printer.peer.wait_ready()


def adopt(eye: Eye) -> None:
    """Two clicks: take it in, look at it. Another printer that is in this machine's network now stays out."""
    for box in eye.page.get_by_role("checkbox", name=re.compile(" aufnehmen$")).all():
        if HOST not in str(box.get_attribute("aria-label")):
            box.uncheck()
    eye.page.get_by_role("button", name="1 Gerät aufnehmen").click()
    eye.page.get_by_role("link", name=re.compile("3D-Drucker 1")).click()
    expect(eye.page.get_by_role("heading", name="3D-Drucker 1")).to_be_visible()
    expect(eye.page.get_by_text("hier „Verbinden“ wählen").first).to_be_visible()
    eye.shoot("octoprint-adopted")


def pair(eye: Eye, printer: Printer, chromium: Browser) -> None:
    """One click here, one in OctoPrint."""
    eye.page.locator("header").get_by_role("button", name="Verbinden").click()
    printer.allow(chromium)
    expect(eye.page.get_by_text("Bei 3D-Drucker 1 muss jemand am Gerät etwas erlauben.")).to_have_count(0)
    eye.shoot("octoprint-paired")


def record(eye: Eye, client: httpx.Client, printer: Printer) -> dict[str, Any]:
    """The staff's own files are there, then the good state is recorded."""
    printer.upload("workshop/name.gcode")
    printer.upload("workshop/stays.gcode")
    wait(lambda: any(row["traces"] == 2 for row in devices(client)), "the files were not counted")
    eye.page.get_by_role("button", name=re.compile("Guten Zustand (neu )?festhalten")).first.click()
    eye.page.get_by_role("dialog").get_by_role("button", name="Trotzdem festhalten").click()
    wait(lambda: all(row["status"] != "no_baseline" for row in devices(client)), "no good state recorded")
    wait(lambda: jobs(client)[0]["status"] == "succeeded", "recording did not end")
    return printer.everything()


def reset(eye: Eye, client: httpx.Client, name: str) -> dict[str, Any]:
    """Start it, wait for the question, tick it off, wait for the proof."""
    page = eye.page
    before = {job["id"] for job in jobs(client)}
    page.get_by_role("button", name="Zurücksetzen", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Zurücksetzen", exact=True).click()
    page.get_by_role("button", name="Erledigt").click(timeout=120_000)
    expect(page.get_by_text("3D-Drucker 1 ist bereit.")).to_be_visible()
    page.get_by_role("link", name="Nachweis ansehen").wait_for()
    eye.shoot(name)
    (job,) = [job for job in jobs(client) if job["id"] not in before]
    detail: dict[str, Any] = client.get(f"/api/v1/jobs/{job['id']}").raise_for_status().json()
    return detail


def judge(printer: Printer, at_home: dict[str, Any]) -> None:
    """Item by item, from OctoPrint itself."""
    now = printer.everything()
    assert now["flags"]["ready"] and not now["flags"]["printing"] and not now["flags"]["cancelling"]
    assert set(now["targets"].values()) == {0}
    nozzle, bed = printer.temperatures()
    assert nozzle < 50 and bed < 40
    assert now["file"] is None
    assert now["films"] == []
    assert now["files"] == at_home["files"] - {"local:workshop/name.gcode"}
    assert now["profiles"] == at_home["profiles"]


def machine_seconds(job: dict[str, Any]) -> float:
    """From its start to its end, without the time a person took."""
    span = seconds(job["started"], job["ended"])
    return span - sum(seconds(step["started"], step["ended"]) for step in job["steps"] if step["ask"])


def seconds(begun: str, ended: str) -> float:
    return (datetime.fromisoformat(ended) - datetime.fromisoformat(begun)).total_seconds()


def devices(client: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/api/v1/devices").raise_for_status().json()["items"]
    return found


def jobs(client: httpx.Client) -> list[dict[str, Any]]:
    """Newest first."""
    found: list[dict[str, Any]] = client.get("/api/v1/jobs").raise_for_status().json()["items"]
    return found
