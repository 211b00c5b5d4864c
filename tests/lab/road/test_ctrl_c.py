"""Ctrl-C ends hub, broker and agent while somebody looks at the dashboard; the screen says what happened."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.lab.road.eye import looking
from tests.lab.road.house import running
from tests.lab.road.ports import free_port

pytestmark = pytest.mark.peers


def test_ctrl_c_ends_everything_under_open_streams(tmp_path: Path, chromium: Browser, shots: Path) -> None:
    env = {
        **os.environ,
        "MEDIALAB_SOURCES": "mdns,manual",
        "MEDIALAB_DRIVER_ANDROID_ADB_ADB_PORT": str(free_port()),
        "MEDIALAB_DRIVER_ANDROID_ADB_ADB_AUTOSTART": "no",
    }
    with (
        running(tmp_path, "serve", "--with-agent", env=env) as house,
        house.set_up() as client,
        looking(chromium, client, shots) as eye,
        client.stream("GET", "/api/v1/stream") as stream,
    ):
        assert stream.status_code == 200
        eye.open("/found")
        eye.until_agent_is_there()
        commands = [" ".join(one.cmdline()) for one in house.family()]
        assert len(commands) == 3, commands
        assert any("mosquitto" in command for command in commands)
        assert any("medialab-agent" in command for command in commands)
        print(f"\nall of it gone {house.stop():.2f} s after Ctrl-C")
        expect(eye.page.get_by_text("Keine Verbindung zum Hub.")).to_be_visible()
        eye.shoot("after-ctrl-c")
