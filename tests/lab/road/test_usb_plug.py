"""A USB plug reaches the dashboard: mock bus, agent, hub, and a change on a screen that is never loaded again."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.fixtures.mock_usb import ARDUINO_UNO, METER, QUEST_3S, MockUsb
from tests.lab.road.eye import device_named, looking
from tests.lab.road.house import running
from tests.lab.road.ports import free_port

pytestmark = pytest.mark.peers


def test_a_headset_and_a_board_appear_and_vanish_before_your_eyes(
    tmp_path: Path, chromium: Browser, shots: Path
) -> None:
    with MockUsb() as bus:
        env = bus.env() | {
            "MEDIALAB_SOURCES": "usb",
            "MEDIALAB_DRIVER_ANDROID_ADB_ADB_PORT": str(free_port()),
            "MEDIALAB_DRIVER_ANDROID_ADB_ADB_AUTOSTART": "no",
        }
        with running(tmp_path, "serve", "--with-agent", env=env) as house, house.set_up() as client, \
                looking(chromium, client, shots) as eye:  # fmt: skip
            page = eye.open("/found")
            eye.until_agent_is_there()
            expect(page.get_by_text("Zurzeit nichts Neues")).to_be_visible()

            bus.plug("1-5", QUEST_3S)
            bus.plug("1-2", ARDUINO_UNO)
            bus.plug("1-3", METER)
            headset = page.locator("li").filter(has_text="Quest 3S")
            expect(headset.get_by_text("antwortet nicht")).to_be_visible()
            board = page.locator("li").filter(has_text="Arduino")
            expect(board).to_be_visible()
            meter = eye.section(re.compile("Unbekannte Geräte")).locator("li").filter(has_text="Messwerk")
            expect(meter.get_by_text("erreichbar")).to_be_visible()
            eye.shoot("usb-plugged")
            assert device_named(client, "Quest 3S")["driver"] == "android-adb"
            assert device_named(client, "Arduino")["driver"] == "arduino"
            assert device_named(client, "Messwerk")["driver"] is None

            bus.unplug("1-2")
            bus.unplug("1-5")
            bus.unplug("1-3")
            expect(headset).to_have_count(0)
            expect(board).to_have_count(0)
            expect(meter).to_have_count(0)
            expect(page.get_by_text("Zurzeit nichts Neues")).to_be_visible()
            eye.shoot("usb-unplugged")

            bus.plug("1-3", METER)
            expect(meter.get_by_text("erreichbar")).to_be_visible()
            assert eye.was_not_loaded_again()
