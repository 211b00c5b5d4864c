"""A real Moonraker comes into the house: announced, found, adopted, its good state recorded. What a reset makes of it
with a hub is shown beside three other makes (`test_four_makes.py`)."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.lab.road.house import running
from tests.lab.road.ports import free_port
from tests.lab.road.printer import wait
from tests.peers.moonraker.rig import MoonrakerPeer
from tests.peers.octoprint.wire import Cable

pytestmark = [
    pytest.mark.root,
    pytest.mark.peers,
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.skipif(os.geteuid() != 0, reason="a network namespace needs root"),
]
HOST = "klipper-road"


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[MoonrakerPeer]:
    """Plugged in, not switched on."""
    peer = MoonrakerPeer(tmp_path / "moonraker", hostname=HOST, cable=Cable())
    try:
        peer.prepare()
        yield peer
    finally:
        peer.stop()


def test_from_announcement_to_a_recorded_good_state(tmp_path: Path, printer: MoonrakerPeer) -> None:
    env = {
        **os.environ,
        "MEDIALAB_SOURCES": "mdns",
        "MEDIALAB_DRIVER_ANDROID_ADB_ADB_PORT": str(free_port()),
        "MEDIALAB_DRIVER_ANDROID_ADB_ADB_AUTOSTART": "no",
    }
    printer.launch()
    with running(tmp_path / "hub", "serve", "--with-agent", env=env) as house, house.set_up() as client:
        printer.wait_ready()
        wait(lambda: any(is_ours(row) for row in rows(client)), "it was never found", 60)
        (found,) = [row for row in rows(client) if HOST in row["name"]]
        device = str(found["id"])
        wanted = {"devices": [{"device": device}], "record_baseline": False}
        client.post("/api/v1/adoptions", json=wanted).raise_for_status()
        wait(lambda: client.post(f"/api/v1/devices/{device}/baseline", json={}).is_success, "it cannot be recorded")
        wait(lambda: row_of(client, device)["status"] in {"used", "ready"}, "no good state recorded")


def is_ours(row: dict[str, Any]) -> bool:
    return row["driver"] == "moonraker" and HOST in row["name"] and row["access"] == "ok"


def rows(client: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/api/v1/devices").raise_for_status().json()["items"]
    return found


def row_of(client: httpx.Client, device: str) -> dict[str, Any]:
    return next(row for row in rows(client) if row["id"] == device)
