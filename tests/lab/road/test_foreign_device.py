"""The practice lab commands only what it registered: other people's devices stay as they are."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from playwright.sync_api import Browser, expect

from tests.lab.road.eye import Eye, looking
from tests.lab.road.house import House, running
from tests.lab.road.printer import wait

ROOT = Path(__file__).parents[3]

pytestmark = [pytest.mark.peers, pytest.mark.slow, pytest.mark.timeout(180)]


class Foreign:
    """See `foreign.py`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.lab.road.foreign"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.near = str(self._line()["near"])

    def account(self) -> dict[str, Any]:
        """What was done to both, by their own account."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self._line()

    def close(self) -> None:
        self._process.communicate(timeout=20)

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        found: dict[str, Any] = json.loads(self._process.stdout.readline())
        return found


@pytest.fixture
def foreign() -> Iterator[Foreign]:
    somebody = Foreign()
    yield somebody
    somebody.close()


def test_reset_all_leaves_foreign_devices_alone(
    tmp_path: Path, foreign: Foreign, chromium: Browser, shots: Path
) -> None:
    with (
        running(tmp_path, "demo") as house,
        house.set_up() as client,
        looking(chromium, client, shots) as eye,
    ):
        wait(lambda: len(tablets(client)) >= 3, "the practice lab shows no devices")
        port = practice_port(house)
        adb(port, "connect", foreign.near)
        wait(lambda: f"{foreign.near}\tdevice" in adb(port, "devices"), "the foreign device is not attached")
        chosen = tablets(client)[:3]
        take_in(client, chosen)
        reset_all(eye, client, len(chosen))
        assert not any("FOREIGN" in json.dumps(row) for row in details(client))
        account = foreign.account()
        assert account["done"] == {"FOREIGN0001": [], "FOREIGN0002": []}
        assert account["same"]


def tablets(client: httpx.Client) -> list[dict[str, Any]]:
    """Those that behave, ready to be taken in."""
    rows = client.get("/api/v1/devices", params={"limit": 500}).raise_for_status().json()["items"]
    return [row for row in rows if row["driver"] == "android-adb" and "SM-" in row["name"] + row["model"]][:3]


def details(client: httpx.Client) -> list[dict[str, Any]]:
    """Everything the hub knows of every device."""
    rows = client.get("/api/v1/devices", params={"limit": 500}).raise_for_status().json()["items"]
    return [client.get(f"/api/v1/devices/{row['id']}").raise_for_status().json() for row in rows]


def take_in(client: httpx.Client, rows: list[dict[str, Any]]) -> None:
    """Adopt them and wait for their recorded states."""
    wishes = [{"device": row["id"]} for row in rows]
    client.post("/api/v1/adoptions", json={"devices": wishes}).raise_for_status()

    def recorded() -> bool:
        found = [client.get(f"/api/v1/devices/{row['id']}").json()["status"] for row in rows]
        return all(status in ("used", "ready") for status in found)

    wait(recorded, "no good state recorded")


def reset_all(eye: Eye, client: httpx.Client, count: int) -> None:
    """The gesture at the end of the day."""
    page = eye.open("/")
    page.get_by_role("button", name="Alle zurücksetzen").click()
    hold = page.get_by_role("button", name=re.compile(f"{count} Geräte zurücksetzen")).last
    hold.focus()
    page.keyboard.down(" ")
    expect(page.get_by_role("button", name="Stopp")).to_be_visible()
    page.keyboard.up(" ")
    expect(page.get_by_text(re.compile(f"Fertig: [0-9]+ von {count}"))).to_be_visible(timeout=90_000)
    eye.shoot("foreign-reset-all")
    ended = client.get("/api/v1/jobs", params={"limit": 50}).json()["items"]
    assert sum(job["action"] == "reset" and job["outcome"] == "clean" for job in ended) >= 1


def practice_port(house: House) -> int:
    """The port of the adb server the lab started for itself."""
    for one in house.family():
        try:
            command = one.cmdline()
        except psutil.NoSuchProcess:
            continue
        if command[-2:] == ["nodaemon", "server"]:
            return int(command[command.index("-P") + 1])
    raise AssertionError("the practice lab runs no adb server of its own")


def adb(port: int, *words: str) -> str:
    """What the adb program says."""
    program = shutil.which("adb")
    assert program, "adb is missing: apt-get install -y adb"
    return subprocess.run([program, "-P", str(port), *words], capture_output=True, text=True, timeout=30).stdout
