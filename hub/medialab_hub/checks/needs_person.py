"""A device waits until somebody allows access at the device itself."""

from medialab_hub.checks.finding import FIND_ME, OPEN_DEVICE, DeviceFact, Finding, Suggestion, named
from medialab_wire.texts import Text

_ALLOW = Suggestion(
    "allow-at-device",
    Text(
        de="Am Gerät nachsehen: Dort steht eine Frage, die jemand bestätigen muss.",
        en="Look at the device: it shows a question that somebody has to confirm.",
    ),
)


def check(device: DeviceFact) -> Finding | None:
    """One finding while access has to be allowed."""
    if device.status != "needs_person":
        return None
    return Finding(
        "needs-person",
        device.id,
        "warning",
        named("„{name}“ wartet auf eine Erlaubnis", "“{name}” waits for a permission", {"name": device.name}),
        device=device.id,
        suggestions=(_ALLOW, FIND_ME, OPEN_DEVICE),
    )
