"""What is announced on this machine is on the screen, and for each bus that is not there, why."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.fixtures.mock_usb import MockUsb
from tests.lab.road.eye import looking
from tests.lab.road.house import running
from tests.lab.road.ports import free_port

PEER = Path(__file__).parents[2] / "fixtures" / "mdns_peer.py"
NAME = "Laserdrucker Flur"

pytestmark = pytest.mark.peers


@contextmanager
def announced(name: str) -> Iterator[None]:
    """A second program announces a printer on loopback, and says goodbye afterwards."""
    command = [sys.executable, str(PEER), "announce", name, "_ipp._tcp", "127.0.0.1", "631"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline()) == {"announced": name}
        yield
    finally:
        process.communicate(timeout=20)


def bare(folder: Path) -> str:
    """A search path with a message broker and nothing else: no adb."""
    folder.mkdir()
    mosquitto = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin")
    assert mosquitto, "mosquitto is missing: apt-get install -y mosquitto"
    (folder / "mosquitto").symlink_to(mosquitto)
    return str(folder)


def test_a_service_is_seen_and_absent_buses_say_why(tmp_path: Path, chromium: Browser, shots: Path) -> None:
    with MockUsb() as nothing_plugged:
        env = {
            **nothing_plugged.env(),
            "PATH": bare(tmp_path / "bin"),
            "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={tmp_path}/no-bus",
            "MEDIALAB_DRIVER_ANDROID_ADB_ADB_PORT": str(free_port()),
        }
        with (
            running(tmp_path / "hub", "serve", "--with-agent", env=env) as house,
            house.set_up() as client,
            looking(chromium, client, shots) as eye,
        ):
            eye.open("/found")
            eye.until_agent_is_there()
            with announced(NAME):
                row = eye.section(re.compile("Unbekannte Geräte")).locator("li").filter(has_text=NAME)
                expect(row.get_by_text("erreichbar")).to_be_visible()
                sight = eye.section("Was dieser Hub sehen kann")
                expect(sight.get_by_text(re.compile("^Netzwerk · hört zu"))).to_be_visible()
                why_not(sight, client)
                eye.shoot("mdns-seen")
            expect(row).to_have_count(0)
            assert eye.was_not_loaded_again()


def why_not(sight: Locator, client: httpx.Client) -> None:
    """Reason and remedy of each absent bus stand on the screen in the words the agent reported."""
    (agent,) = client.get("/api/v1/agents").raise_for_status().json()
    absent = {bus["source"]: bus for bus in agent["buses"] if bus["status"] == "absent"}
    assert set(absent) >= {"usb", "ble", "adb"}
    for bus in absent.values():
        line = sight.locator("li").filter(has_text=bus["title"]["de"])
        expect(line.get_by_text("nicht vorhanden")).to_be_visible()
        expect(line.get_by_text(bus["reason"]["de"], exact=True)).to_be_visible()
        expect(line.get_by_text(bus["remedy"]["de"], exact=True)).to_be_visible()
