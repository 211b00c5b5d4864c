"""A drone at its real address at one end of a cable, the agent's source at the other: in its network and elsewhere."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.netns import INTERFACE, Cable

NEIGHBOUR = str(Path(__file__).with_name("neighbour.py"))
ROUNDS_S = 1.5
"""Seconds for some rounds of the source."""

pytestmark = [
    pytest.mark.root,
    pytest.mark.timeout(60),
    pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces need root"),
]


@pytest.fixture
def cable() -> Iterator[Cable]:
    with Cable() as cable:
        _address(cable, 0, "192.168.10.1")
        yield cable


def _address(cable: Cable, side: int, address: str) -> None:
    subprocess.run(["ip", "-n", cable.names[side], "addr", "add", f"{address}/24", "dev", INTERFACE], check=True)


def _line(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    told: dict[str, Any] = json.loads(process.stdout.readline())
    return told


def _ended(process: subprocess.Popen[str]) -> list[dict[str, Any]]:
    said, _ = process.communicate("\n", timeout=20)
    assert process.returncode == 0
    return [json.loads(line) for line in said.splitlines()]


def _drone(cable: Cable) -> subprocess.Popen[str]:
    process = cable.run(0, sys.executable, NEIGHBOUR, "drone")
    assert _line(process) == {"is_on": True}
    return process


def test_in_its_network_a_drone_is_found_and_told_by_its_radio_address(cable: Cable) -> None:
    _address(cable, 1, "192.168.10.2")
    drone, watch = _drone(cable), cable.run(1, sys.executable, NEIGHBOUR, "watch")
    found = _line(watch)
    shown = json.loads(subprocess.check_output(["ip", "-j", "-n", cable.names[0], "link", "show", INTERFACE]))
    assert (found["key"], found["present"]) == ("0TQDG2KEDB0101", True)
    assert found["facts"] == {
        "address": "192.168.10.1",
        "port": "8889",
        "serial": "0TQDG2KEDB0101",
        "mac": shown[0]["address"],
    }
    assert _ended(watch)[-1] == {"status": "listening", "seen": 1}
    assert _ended(drone) == [{"heard": ["command", "sn?"]}]


def test_in_any_other_network_it_is_sent_nothing_though_it_could_be_reached(cable: Cable) -> None:
    _address(cable, 1, "192.168.1.2")
    drone, watch = _drone(cable), cable.run(1, sys.executable, NEIGHBOUR, "watch")
    time.sleep(ROUNDS_S)
    assert _ended(watch) == [{"status": "absent", "seen": 0}]
    assert _ended(drone) == [{"heard": []}]
