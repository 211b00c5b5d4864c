"""EPFL's own client and our driver see the same robot; what the client put there, the driver removes."""

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import UUID

from medialab_agent.drivers.thymio.simulator import LEARNERS, ThymioSimulator
from medialab_wire.progress import CheckResult
from tests.drivers.thymio.session import carry_out, order, plugged, results

ROOT = Path(__file__).parents[3]
PYTHON = ROOT / ".cache/peers/thymio/bin/python"
PATIENCE_S = 30.0


async def _client(robot: ThymioSimulator, *told: str) -> dict[str, Any]:
    """What it says after an order of ours; it is a program of its own."""
    assert PYTHON.exists(), "the peer is missing: make -s .cache/peers/thymio/.synced"
    command = (str(ROOT / "tests/peers/thymio/talk.py"), robot.sighting().facts["tty"], *told)
    process = await asyncio.create_subprocess_exec(str(PYTHON), *command, stdout=asyncio.subprocess.PIPE)
    async with asyncio.timeout(PATIENCE_S):
        said, _ = await process.communicate()
    assert process.returncode == 0
    found: dict[str, Any] = json.loads(said)
    return found


async def test_a_foreign_client_loads_a_program_and_the_driver_removes_it() -> None:
    robot = ThymioSimulator("Thymio 7")
    async with plugged(robot) as driver:
        found = await _client(robot, "load", json.dumps(LEARNERS))
        probe, reading = await driver.probe(), await driver.report()
        assert UUID(found["uuid"]).hex == probe.identities[0].value
        assert (found["name"], f"{found['firmware']}.0") == (probe.name, reading.facts["firmware"])
        assert found["program_size"] == 1534
        assert round(sum(found["battery"]) / 397.8, 2) == reading.volatile["battery_v"]
        assert found["states"] == [LEARNERS[2] << 16 | 3]
        assert tuple(robot.robot.program[: len(LEARNERS)]) == LEARNERS
        assert results(await driver.verify(order()))["program"] is CheckResult.FAILED
        await carry_out(driver, robot)
        assert set(results(await driver.verify(order())).values()) == {CheckResult.PASSED}
        assert not any(robot.robot.program)
        assert (await _client(robot, "read"))["motors"] == [0, 0]
