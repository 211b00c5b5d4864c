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
            "Beim Zurücksetzen ist etwas schiefgegangen; die Seite des Geräts sagt, was. Bitte nicht ausgeben.",
            "Something went wrong during the reset; the page of the device says what. Please do not hand it out.",
            {},
        ),
        device=device.id,
        suggestions=(RESET, FIND_ME, OPEN_DEVICE),
    )
