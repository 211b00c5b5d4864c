"""An independent client (pyprusalink) takes the simulated printers for real ones."""

import asyncio
import json
import subprocess
from pathlib import Path

import pytest

from tests.drivers.prusalink.peers import SimulatedPeer

PYTHON = Path(__file__).parents[3] / ".cache/peers/prusalink/bin/python"
SCRIPT = """
import asyncio, json, sys
from httpx import AsyncClient
from pyprusalink import PrusaLink
from pyprusalink.types import InvalidAuth

async def main(host, password):
    async with AsyncClient() as http:
        try:
            await PrusaLink(http, host, "maker", "wrong").get_version()
            refused = False
        except InvalidAuth:
            refused = True
        printer = PrusaLink(http, host, "maker", password)
        version, info, status = await printer.get_version(), await printer.get_info(), await printer.get_status()
        storage, job, transfer = await printer.get_storage(), await printer.get_job(), await printer.get_transfer()
        await printer.pause_job(job["id"])
        paused = (await printer.get_status())["printer"]["state"]
        await printer.resume_job(job["id"])
        await printer.cancel_job(job["id"])
        stopped = (await printer.get_status())["printer"]["state"]
        print(json.dumps({"refused": refused, "text": version["text"], "serial": info["serial"],
            "state": status["printer"]["state"], "storages": len(storage), "file": job["file"]["name"],
            "transfer": transfer, "paused": paused, "stopped": stopped, "after": await printer.get_job()}))

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.peers
async def test_it_reads_pauses_and_stops(either: SimulatedPeer) -> None:
    either.simulator.soil()
    command = [str(PYTHON), "-c", SCRIPT, f"http://127.0.0.1:{either.port}", either.password]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    is_buddy = either.simulator.is_buddy
    assert seen == {
        "refused": True,
        "text": "PrusaLink" if is_buddy else "PrusaLink 0.8.1",
        "serial": either.simulator.serial,
        "state": "PRINTING",
        "storages": 1 if is_buddy else 2,
        "file": "ben_teil2.gcode",
        "transfer": None,
        "paused": "PAUSED",
        "stopped": "STOPPED",
        "after": None,
    }
