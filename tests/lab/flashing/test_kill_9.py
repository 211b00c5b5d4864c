"""kill -9 of the agent while avrdude writes: avrdude goes, too, and a new agent goes on where the journal says."""

import asyncio
import random
import signal
import sys
from pathlib import Path

import psutil
import pytest

from medialab_agent.drivers.arduino.simulator import LEARNER, UNO, ArduinoSimulator
from medialab_agent.sdk.simulator import Fault
from medialab_wire.progress import ExecutionReport, Outcome
from tests.house.tree import ROOT

LEARNER_PAGES = len(LEARNER) // UNO.part.page


def _start(data: Path, board: ArduinoSimulator) -> asyncio.Future[asyncio.subprocess.Process]:
    script = "tests.lab.flashing.agent_process"
    sighting = board.sighting().model_dump_json()
    command = (sys.executable, "-m", script, str(data), sighting)
    return asyncio.ensure_future(asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, cwd=ROOT))


def _writers(node: str) -> list[int]:
    found = []
    for process in psutil.process_iter(["name", "cmdline"]):
        if process.info["name"] == "avrdude" and node in (process.info["cmdline"] or []):
            found.append(process.pid)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
async def test_killed_while_writing_it_goes_on_and_proves_it(seed: int, tmp_path: Path) -> None:
    board, loop = ArduinoSimulator("uno-1"), asyncio.get_running_loop()
    board.faults.add(Fault.SLOW)  # as slow as a real one: else all is written before the kernel has ended the agent
    await board.start()
    board.soil()
    node, killed = board.sighting().facts["tty"], asyncio.Event()
    try:
        first = await _start(tmp_path, board)

        def kill() -> None:
            assert _writers(node), "nobody writes"
            first.send_signal(signal.SIGKILL)
            loop.call_soon_threadsafe(killed.set)

        board.strike(random.Random(seed).randint(1, LEARNER_PAGES - 1), kill)
        await asyncio.wait_for(killed.wait(), 30)
        await first.wait()
        async with asyncio.timeout(10):
            while _writers(node):
                await asyncio.sleep(0.02)
        assert board.residue()["flash"] or board.residue()["eeprom"]
        second = await _start(tmp_path, board)
        out, _ = await asyncio.wait_for(second.communicate(), 60)
        report = ExecutionReport.model_validate_json(out)
        assert report.outcome is Outcome.CLEAN, (report.trouble, report.checks)
        assert {step.id: step.begun for step in report.steps} == {"preflight": 1, "write": 2}
        assert not any(board.residue().values())
    finally:
        await board.stop()
