"""A device waits until somebody allows access at the device itself."""

from medialab_hub.checks.finding import OPEN_DEVICE, DeviceFact, Finding, Suggestion, named
from medialab_wire.texts import Text

_ALLOW = Suggestion(
    "allow-access",
    Text(
        de="Seine Seite sagt, wo und wie jemand den Zugriff erlaubt.",
        en="Its page says where and how somebody allows access.",
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
        suggestions=(_ALLOW, OPEN_DEVICE),
    )
