"""A device does not let us in: somebody allows it there, or enters here what it asks for."""

from medialab_hub.checks.finding import OPEN_DEVICE, DeviceFact, Finding, Suggestion, named
from medialab_wire.texts import Text

_ALLOW = Suggestion(
    "allow-access",
    Text(
        de="Seine Seite sagt, was am Gerät zu tun ist.",
        en="Its page says what to do at the device.",
    ),
)
_ENTER = Suggestion("enter-access", Text(de="Zugang eintragen", en="Enter access"), "open-device")


def check(device: DeviceFact) -> Finding | None:
    """One finding while it does not let us in."""
    if device.status == "needs_access":
        return Finding(
            "needs-access",
            device.id,
            "warning",
            named("Für „{name}“ fehlt der passende Zugang", "“{name}” needs the right access", {"name": device.name}),
            device=device.id,
            suggestions=(_ENTER,),
        )
    if device.status != "needs_person":
        return None
    return Finding(
        "needs-person",
        device.id,
        "warning",
        named("„{name}“ wartet: am Gerät erlauben", "“{name}” waits: allow it at the device", {"name": device.name}),
        device=device.id,
        suggestions=(_ALLOW, OPEN_DEVICE),
    )
