"""Heaters: whether they are off, whether the printer may be touched, and how far the cooling is."""

from medialab_agent.drivers.octoprint import models

NOZZLE_SAFE_C = 50.0
BED_SAFE_C = 40.0
"""Below these nobody is burned at a short touch (ISO 13732-1: bare metal, 51 °C for one minute)."""


def limit(heater: str) -> float:
    """The temperature in °C below which this heater is safe to touch."""
    return NOZZLE_SAFE_C if heater.startswith("tool") else BED_SAFE_C


def all_off(printer: models.Printer) -> bool | None:
    """True when every heater reports target 0; None while one has not reported, which is not `off`."""
    targets = [heater.target for heater in printer.heaters.values()]
    if any(targets):
        return False
    return None if not targets or None in targets else True


def excess(printer: models.Printer) -> float | None:
    """°C the hottest part is above its limit, 0 when safe; None while a temperature is unknown."""
    heaters = printer.heaters.items()
    if not heaters or any(t.actual is None for _, t in heaters):
        return None
    return max(0.0, *((t.actual or 0.0) - limit(name) + 0.01 for name, t in heaters))


def is_safe(printer: models.Printer) -> bool:
    """True only when every temperature is known and low."""
    return excess(printer) == 0.0
