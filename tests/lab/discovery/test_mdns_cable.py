"""A real announcement at one end of a cable, the real source at the other."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.netns import ADDRESSES, INTERFACE, Cable

PEER = str(Path(__file__).parents[2] / "fixtures" / "mdns_peer.py")

pytestmark = [
    pytest.mark.root,
    pytest.mark.timeout(60),
    pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces need root"),
]


@pytest.fixture
def cable() -> Iterator[Cable]:
    with Cable() as cable:
        yield cable


@pytest.fixture
def watch(cable: Cable) -> Iterator[subprocess.Popen[str]]:
    process = cable.run(0, sys.executable, PEER, "watch", INTERFACE)
    yield process
    process.communicate(timeout=20)
    assert process.returncode == 0


def line(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    answer: dict[str, Any] = json.loads(process.stdout.readline())
    return answer


def fact(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()
    return line(process)


def announce(cable: Cable, name: str, kind: str) -> subprocess.Popen[str]:
    process = cable.run(1, sys.executable, PEER, "announce", name, kind, ADDRESSES[1], "8080")
    assert line(process) == {"announced": name}
    return process


@pytest.mark.parametrize("kind", ["_octoprint._tcp", "_never-heard-of._tcp"])
def test_a_service_appears_and_says_goodbye(cable: Cable, watch: subprocess.Popen[str], kind: str) -> None:
    printer = announce(cable, "Prusa MK4 (Raum 3)", kind)
    seen = line(watch)
    assert (seen["key"], seen["present"]) == (f"Prusa MK4 (Raum 3).{kind}.local.", True)
    assert seen["facts"] == {
        "type": kind, "name": "Prusa MK4 (Raum 3)", "host": "printer.local", "address": ADDRESSES[1], "port": "8080",
        "txt.model": "MK4",
    }  # fmt: skip
    assert (fact(watch)["status"], fact(watch)["seen"]) == ("listening", 1)
    printer.communicate(timeout=20)
    gone = line(watch)
    assert (gone["key"], gone["present"]) == (seen["key"], False)


def test_without_an_address_it_says_so_and_comes_back(cable: Cable, watch: subprocess.Popen[str]) -> None:
    printer = announce(cable, "Drucker", "_octoprint._tcp")
    assert line(watch)["present"]
    cable.address(0, "del")
    assert not line(watch)["present"]
    stated = fact(watch)
    assert stated["status"] == "absent"
    assert "Netzwerk" in stated["reason"]["de"]
    assert stated["remedy"]["en"]
    cable.address(0, "add")
    assert line(watch)["present"]
    assert fact(watch)["status"] == "listening"
    printer.communicate(timeout=20)
    assert not line(watch)["present"]


def test_our_own_announcement_is_no_device(cable: Cable, watch: subprocess.Popen[str]) -> None:
    hub = announce(cable, "MediaLab", "_medialab._tcp")
    printer = announce(cable, "Drucker", "_ipp._tcp")
    assert line(watch)["facts"]["type"] == "_ipp._tcp"
    printer.communicate(timeout=20)
    assert not line(watch)["present"]
    hub.communicate(timeout=20)
    assert fact(watch)["seen"] == 0


AVAHI_SERVICE = """<?xml version="1.0" standalone='no'?><!DOCTYPE service-group SYSTEM "avahi-service.dtd">
<service-group><name>Drucker Werkraum</name><service><type>_prusalink._tcp</type><port>80</port>
<txt-record>Model=MK4</txt-record></service></service-group>"""


def avahi(cable: Cable, folder: Path) -> subprocess.Popen[str]:
    """Debian's avahi-daemon at the far end, with one service file and nothing else of this machine."""
    (folder / "services").mkdir()
    (folder / "services" / "printer.service").write_text(AVAHI_SERVICE)
    (folder / "avahi.conf").write_text("[server]\nhost-name=werkraum\nuse-ipv6=no\nenable-dbus=no\n")
    mounts = (
        'mkdir -p /run/avahi-daemon && mount -t tmpfs none /run/avahi-daemon && mount --bind "$0" /etc/avahi/services'
    )
    start = "exec avahi-daemon --no-drop-root --no-chroot --no-rlimits -f"
    return cable.run(1, "sh", "-c", f'{mounts} && {start} "$1"', str(folder / "services"), str(folder / "avahi.conf"))


@pytest.mark.peers
def test_avahi_is_understood_too(cable: Cable, watch: subprocess.Popen[str], tmp_path: Path) -> None:
    assert shutil.which("avahi-daemon"), "avahi-daemon is missing: apt-get install -y avahi-daemon"
    daemon = avahi(cable, tmp_path)
    try:
        seen = line(watch)
        while seen["facts"]["type"] != "_prusalink._tcp":
            seen = line(watch)
        assert seen["facts"]["name"] == "Drucker Werkraum"
        assert (seen["facts"]["host"], seen["facts"]["address"]) == ("werkraum.local", ADDRESSES[1])
        assert seen["facts"]["txt.model"] == "MK4"
    finally:
        daemon.terminate()
        daemon.communicate(timeout=20)
    gone = line(watch)
    while gone["key"] != seen["key"]:
        gone = line(watch)
    assert gone["present"] is False
