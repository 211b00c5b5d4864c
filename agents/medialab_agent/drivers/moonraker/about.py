"""What is told about a printer besides its state: its name, versions, nozzle."""

from typing import Any

from medialab_agent.drivers.moonraker import models
from medialab_agent.drivers.moonraker.client import Client
from medialab_agent.sdk.trouble import Refused, Unreachable
from medialab_wire.base import Scalar

_NAMES = (("mainsail", "general.printername"), ("fluidd", "uiSettings.general.instanceName"))
"""Where the two usual web pages keep the name people gave the printer."""


async def name_of(client: Client) -> str:
    """What people called it, else its computer's host name; empty when neither is known."""
    for namespace, key in _NAMES:
        item = await client.read_if_any(models.Item, "/server/database/item", namespace=namespace, key=key)
        if item is not None and isinstance(item.value, str) and item.value.strip():
            return item.value.strip()[:200]
    return (await _printer(client)).hostname[:200]


async def read_about(client: Client) -> dict[str, Scalar]:
    """Version of Klipper and size of the nozzle, as far as Klipper runs."""
    version = (await _printer(client)).software_version[:80]
    facts: dict[str, Scalar] = {"klipper_version": version} if version else {}
    nozzle = await _nozzle(client)
    return facts if nozzle is None else {**facts, "nozzle_mm": nozzle}


async def _printer(client: Client) -> models.PrinterInfo:
    try:
        return await client.read(models.PrinterInfo, "/printer/info")
    except (Refused, Unreachable):  # Moonraker is there, Klipper is not
        return models.PrinterInfo()


async def _nozzle(client: Client) -> float | None:
    try:
        status = (await client.query(models.Status, {"configfile": "settings"})).status
    except (Refused, Unreachable):
        return None
    settings: Any = status.get("configfile", {}).get("settings")
    extruder = settings.get("extruder") if isinstance(settings, dict) else None
    nozzle = extruder.get("nozzle_diameter") if isinstance(extruder, dict) else None
    return float(nozzle) if isinstance(nozzle, int | float) and 0 < nozzle < 10 else None
