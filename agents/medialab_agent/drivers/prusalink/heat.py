"""Heaters: whether they are off, whether the printer may be touched, and how far the cooling is."""

from medialab_agent.drivers.prusalink.models import Machine

NOZZLE_SAFE_C = 50.0
BED_SAFE_C = 40.0
"""Below these nobody is burned at a short touch (ISO 13732-1: bare metal, 51 °C for one minute)."""


def all_off(printer: Machine) -> bool | None:
    """True when nozzle and bed report target 0; None while one is not reported, which is not `off`."""
    targets = (printer.target_nozzle, printer.target_bed)
    if any(targets):
        return False
    return None if None in targets else True


def excess(printer: Machine) -> float | None:
    """°C the hottest part is above its limit, 0 when safe; None while a temperature is unknown."""
    if printer.temp_nozzle is None or printer.temp_bed is None:
        return None
    over = (printer.temp_nozzle - NOZZLE_SAFE_C, printer.temp_bed - BED_SAFE_C)
    return 0.0 if max(over) < 0 else max(over) + 0.01


def is_safe(printer: Machine) -> bool:
    """True only when every temperature is known and low."""
    return excess(printer) == 0.0
