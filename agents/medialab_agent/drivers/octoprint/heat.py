"""The heaters of a printer behind OctoPrint: nozzles, bed and chamber."""

from medialab_agent.drivers.octoprint import models
from medialab_agent.sdk.heat import BED, NOZZLE, Heater, Heaters, bed, nozzle
from medialab_wire.texts import Text

_NAMES = {"tool0": NOZZLE, "bed": BED}


def heater(printer: models.Printer, name: str) -> Heater | None:
    """One of them, if it was reported."""
    found = printer.heaters.get(name)
    if found is None:
        return None
    make = nozzle if name.startswith("tool") else bed
    return make(found.actual, found.target, _NAMES.get(name, Text.same(name)))


def heaters(printer: models.Printer | None) -> Heaters:
    """All of them; none without a connection to the printer."""
    found = (heater(printer, name) for name in printer.heaters) if printer else ()
    return Heaters(tuple(one for one in found if one is not None))
