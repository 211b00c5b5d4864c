"""A simulated Bambu printer on the printer's own ports: an independent client (bambulabs-api) works with it, and what
that client leaves behind is cleared away."""

import asyncio
import json
import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from medialab_agent.drivers.bambu.address import FTPS_PORT, MQTT_PORT
from medialab_agent.drivers.bambu.simulator import BambuSimulator
from medialab_wire.progress import CheckResult
from tests.drivers.bambu.session import driver_for, reset_order, run
from tests.fixtures.workshop_files import SMALL, Shelf, shelf
from tests.lab.printers.bambu_printer import own_address

pytestmark = [
    pytest.mark.peers,
    pytest.mark.root,
    pytest.mark.skipif(os.geteuid() != 0, reason="the printer's port 990 needs root"),
]
__all__ = ["shelf"]
PYTHON = Path(__file__).parents[3] / ".cache/peers/bambu/bin/python"
SCRIPT = """
import io, json, sys, time
from bambulabs_api import Printer

host, code, serial = sys.argv[1:]
printer = Printer(host, code, serial)
printer.mqtt_start()

def wait(holds, what):
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.05)

def state():
    return str(printer.get_state()).rpartition(".")[2]

wait(lambda: printer.mqtt_client_ready() and state() in {"IDLE", "RUNNING"}, "no state")
printer.upload_file(io.BytesIO(b"PK" * 100), "anna.gcode.3mf")
seen = {"listed": "anna.gcode.3mf" in " ".join(printer.ftp_client.list_directory()[1])}
wait(lambda: state() == "RUNNING", "not printing")
seen["paused"] = printer.pause_print()
wait(lambda: state() == "PAUSE", "not paused")
seen["resumed"] = printer.resume_print()
wait(lambda: state() == "RUNNING", "not resumed")
seen["stopped"] = printer.stop_print()
wait(lambda: state() == "FAILED", "not stopped")
seen["ended"] = state()
seen["sent"] = printer.gcode("M104 S200")
wait(lambda: printer.mqtt_client.get_nozzle_temperature_target() == 200, "not heated")
printer.mqtt_stop()
print(json.dumps(seen))
"""

FETCH = """
import io, sys
from bambulabs_api import Printer

host, code, serial, path = sys.argv[1:]
printer = Printer(host, code, serial)
there = printer.ftp_client.download_file(path).getvalue()
printer.upload_file(io.BytesIO(there.replace(b"two", b"2wo")), path)
sys.stdout.buffer.write(there)
"""


@pytest.fixture
async def printer() -> AsyncIterator[BambuSimulator]:
    found = BambuSimulator("01P00A000000077", address=own_address(), mqtt_port=MQTT_PORT, ftps_port=FTPS_PORT)
    await found.start()
    yield found
    await found.stop()
    found.clear_away()


async def foreign(printer: BambuSimulator, script: str, *words: str) -> bytes:
    """What the independent client says."""
    command = [str(PYTHON), "-c", script, printer.address, printer.code, printer.serial, *words]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


async def test_a_foreign_client_works_with_it_and_its_traces_are_cleared_away(printer: BambuSimulator) -> None:
    driver = driver_for(printer.sighting(), ca=str(printer.ca), code=printer.code)
    baseline = await driver.snapshot()
    printer.machine.begin("anna.gcode.3mf")
    seen = json.loads((await foreign(printer, SCRIPT)).splitlines()[-1])
    assert seen == {"listed": True, "sent": True, "paused": True, "resumed": True, "stopped": True, "ended": "FAILED"}
    assert printer.machine.fields["nozzle_target_temper"] == 200.0
    assert "/anna.gcode.3mf" in printer.storage.files

    result = await run(driver, reset_order(baseline))
    assert result.machine_passed(), result.checks
    assert not any(printer.residue().values())
    await driver.close()


async def test_what_is_staged_a_foreign_client_reads_whole_and_what_it_changes_is_noticed(
    printer: BambuSimulator, shelf: Shelf
) -> None:
    driver = driver_for(printer.sighting(), ca=str(printer.ca), code=printer.code)
    order = shelf.order(shelf.wanted("/two", "klasse 7b/b.gcode.3mf"))
    assert (await run(driver, order)).changed == ["upload-0"]
    assert await foreign(printer, FETCH, "/klasse 7b/b.gcode.3mf") == SMALL
    again = await run(driver, order)  # of equal size: only its content tells
    assert (again.changed, again.results()) == (["upload-0"], {"files": CheckResult.PASSED})
    assert await foreign(printer, FETCH, "/klasse 7b/b.gcode.3mf") == SMALL
    await driver.close()
