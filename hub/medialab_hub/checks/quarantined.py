"""A device failed a check after its reset and must not be handed out."""

from medialab_hub.checks.finding import FIND_ME, OPEN_DEVICE, RESET, DeviceFact, Finding, named


def check(device: DeviceFact) -> Finding | None:
    """One finding while the device is quarantined."""
    if device.status != "quarantined":
        return None
    return Finding(
        "quarantined",
        device.id,
        "error",
        named("„{name}“ ist gesperrt", "“{name}” is blocked", {"name": device.name}),
        named(
            "Beim Zurücksetzen ist etwas schiefgegangen. Bitte nicht ausgeben, bevor es geklärt ist.",
            "Something went wrong during the reset. Please do not hand it out before that is settled.",
            {},
        ),
        device=device.id,
        suggestions=(RESET, FIND_ME, OPEN_DEVICE),
    )
