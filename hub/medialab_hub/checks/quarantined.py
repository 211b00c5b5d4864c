"""A device failed a check after its reset, or is damaged or lost, and must not be handed out."""

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
            "Beim Zurücksetzen ging etwas schief, oder ein Schaden ist gemeldet. Bitte nicht ausgeben.",
            "Something went wrong during the reset, or damage is reported. Please do not hand it out.",
            {},
        ),
        device=device.id,
        suggestions=(RESET, FIND_ME, OPEN_DEVICE),
    )
