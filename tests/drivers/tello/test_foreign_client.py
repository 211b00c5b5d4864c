"""djitellopy reads from the simulated drone what our driver reads, and is noticed when it makes it fly."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from medialab_agent.drivers.tello.simulator import CommandHeard, TelloSimulator
from tests.drivers.tello.session import SERIAL, flying_club

ROOT = Path(__file__).parents[3]
PYTHON = ROOT / ".cache/peers/tello/bin/python"
PATIENCE_S = 30.0


async def _client(drone: TelloSimulator, order: str) -> dict[str, Any]:
    """What it says after an order of ours; it is a program of its own."""
    assert PYTHON.exists(), "the peer is missing: make -s .cache/peers/tello/.synced"
    told = (str(ROOT / "tests/peers/tello/talk.py"), drone.host, str(drone.port), str(drone.state_port), order)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(str(PYTHON), *told, stdout=pipe, stderr=asyncio.subprocess.DEVNULL)
    async with asyncio.timeout(PATIENCE_S):
        said, _ = await process.communicate()
    assert process.returncode == 0
    found: dict[str, Any] = json.loads(said)
    return found


async def test_both_read_the_same() -> None:
    drone = TelloSimulator(SERIAL)
    async with flying_club(drone) as driver:
        found = await _client(drone, "read")
        reading = await driver.report()
        assert found == {
            "battery": reading.volatile["battery"],
            "asked_battery": reading.volatile["battery"],
            "serial": (await driver.probe()).identities[0].value,
            "sdk": reading.facts["sdk"],
            "wifi": str(reading.volatile["reception"]),
            "height": 0,
            "motor_time": 0,
        }


async def test_who_makes_it_fly_is_noticed() -> None:
    drone = TelloSimulator(SERIAL)
    with pytest.raises(CommandHeard, match="takeoff"):
        async with flying_club(drone):
            assert (await _client(drone, "takeoff"))["refused"] == "takeoff"
