"""Brings Klipper back after an emergency stop or an error; nothing is heated or moved by it."""

import asyncio
import time

from medialab_agent.drivers.moonraker import models
from medialab_agent.drivers.moonraker.client import Client
from medialab_agent.drivers.moonraker.words import klipper_down
from medialab_agent.sdk.patience import POLL_S
from medialab_agent.sdk.trouble import Refused
from medialab_wire.texts import Text

PATIENCE_S = 20.0
"""How long a Klipper that is not there is waited for, and one that was restarted; it takes 1 to 10 s."""


def _faulty() -> Refused:
    return Refused(
        "klipper-error",
        Text(
            de="Das Druckprogramm Klipper startet nicht: Es meldet einen Fehler.",
            en="The printer's own program, Klipper, does not start: it reports an error.",
        ),
        Text(
            de="Die Meldung in Mainsail oder Fluidd lesen; oft ist ein Kabel lose oder eine Einstellung falsch.",
            en="Read the message in Mainsail or Fluidd; often a cable is loose or a setting is wrong.",
        ),
    )


async def make_ready(client: Client) -> bool:
    """Restart Klipper if that is needed and wait until it is ready; False: it was. Raises `Refused`, `Unreachable`."""
    asked: float | None = None
    begin = time.monotonic()
    while (state := (await client.read(models.ServerInfo, "/server/info")).klippy_state) != "ready":
        waited = time.monotonic() - (asked or begin)
        if state in {"shutdown", "error"} and asked is None:
            asked = time.monotonic()
            await client.begin("/printer/firmware_restart")
        elif state in {"shutdown", "error"} and waited > PATIENCE_S:
            raise _faulty()
        elif state == "disconnected" and waited > PATIENCE_S:
            raise klipper_down()
        await asyncio.sleep(POLL_S)
    return asked is not None or time.monotonic() - begin > POLL_S
