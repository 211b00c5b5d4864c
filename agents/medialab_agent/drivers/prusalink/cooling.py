"""Switching heaters off and putting speed and flow back, by whichever of the two roads a printer has.

PrusaLink on a Pi takes single commands (web/controls.py, 0.8.1). Buddy firmware takes none
(https://github.com/prusa3d/Prusa-Firmware-Buddy/issues/4740): there a few lines of G-code are printed as a file."""

import asyncio
import time
from contextlib import suppress

from medialab_agent.drivers.prusalink.client import Client, Conflict, file_path
from medialab_agent.drivers.prusalink.models import Status
from medialab_agent.drivers.prusalink.state import has_normal_factors, is_at_rest
from medialab_agent.drivers.prusalink.words import at_the_panel
from medialab_agent.sdk.patience import POLL_S, until
from medialab_agent.sdk.trouble import NeedsPerson
from medialab_wire.texts import Text

FILE = "mlcool.gcode"
GCODE = b"M104 S0\nM140 S0\nM107\nM220 S100\nM221 S100\nM84\n"
"""Heaters off, fan off, speed and flow to 100 %, motors off (https://reprap.org/wiki/G-code): nothing moves."""
PATIENCE_S = 15.0
"""How long a printer may wait for somebody before we say so."""


def _no_stick() -> NeedsPerson:
    return NeedsPerson(
        "no-storage",
        Text(
            de="Der Drucker hat keinen USB-Stick und lässt sich deshalb nicht aus der Ferne abkühlen.",
            en="The printer has no USB stick and therefore cannot be cooled from afar.",
        ),
        Text(
            de="An der Anzeige „Abkühlen“ wählen oder einen USB-Stick einstecken.",
            en="Choose “Cooldown” at the display, or put a USB stick in.",
        ),
    )


def needs_change(status: Status) -> bool:
    """A heater is on, or speed or flow are not normal; what is not reported does not count."""
    return status.printer.heat.are_off is False or has_normal_factors(status.printer) is False


async def heaters_off(client: Client) -> None:
    """Send target 0 to nozzle and bed; PrusaLink on a Pi only."""
    await client.order("/api/printer/tool", {"command": "target", "targets": {"tool0": 0}})
    await client.order("/api/printer/bed", {"command": "target", "target": 0})


async def normal_factors(client: Client) -> None:
    """Send speed and flow 100 %; PrusaLink on a Pi only."""
    await client.order("/api/printer/printhead", {"command": "speed", "factor": 100})
    await client.order("/api/printer/tool", {"command": "flowrate", "factor": 100})


async def cool_by_file(client: Client, storage: str | None) -> bool:
    """Print the few lines, wait for their effect, delete the file; whether that was necessary. Buddy only.

    Raises `NeedsPerson` without a stick, or when the printer asks something at its display."""
    if not storage:
        raise _no_stick()
    path = file_path(storage, FILE)
    needed = needs_change(await client.status())
    if needed:
        headers = {"Content-Type": "text/x.gcode", "Overwrite": "?1", "Print-After-Upload": "?1"}
        await client.call("PUT", path, content=GCODE, headers=headers)
        await _until_cooled(client)
    await until(lambda: _deleted(client, path))
    return needed


async def _until_cooled(client: Client) -> None:
    waiting_since: float | None = None
    while True:
        status = await client.status()
        if is_at_rest(status, is_buddy=True) and not needs_change(status):
            return
        waits = status.printer.state in {"ATTENTION", "ERROR"}
        waiting_since = (waiting_since or time.monotonic()) if waits else None
        if waiting_since is not None and time.monotonic() - waiting_since > PATIENCE_S:
            raise at_the_panel(status.printer.state)
        await asyncio.sleep(POLL_S)


async def _deleted(client: Client, path: str) -> bool | None:
    with suppress(Conflict):  # the print of it is not quite over
        await client.call("DELETE", path, (204, 404))
        return True
    return None
