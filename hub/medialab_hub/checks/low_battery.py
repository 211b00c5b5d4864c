"""An adopted device should be charged."""

from medialab_hub.checks.finding import FIND_ME, OPEN_DEVICE, DeviceFact, Finding, Suggestion, named
from medialab_wire.texts import Text

LOW_PERCENT = 20

_CHARGE = Suggestion("charge", Text(de="Ans Ladegerät hängen", en="Put it on the charger"))
_NOT_OURS = frozenset({"found", "retired", "not_seen"})


def check(device: DeviceFact) -> Finding | None:
    """One finding while the battery of a present device is low."""
    if device.battery is None or device.battery >= LOW_PERCENT or device.status in _NOT_OURS:
        return None
    return Finding(
        "low-battery",
        device.id,
        "info",
        named("Der Akku von „{name}“ ist fast leer", "The battery of “{name}” is almost empty", {"name": device.name}),
        device=device.id,
        suggestions=(_CHARGE, FIND_ME, OPEN_DEVICE),
    )
