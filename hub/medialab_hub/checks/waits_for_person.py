"""A job cannot go on until somebody does something with their hands."""

from medialab_hub.checks.finding import FIND_ME, OPEN_DEVICE, DeviceFact, Finding, named


def check(device: DeviceFact) -> Finding | None:
    """One finding while a job of the device waits."""
    if device.status != "waiting_person":
        return None
    return Finding(
        "waits-for-person",
        device.id,
        "warning",
        named("Bei „{name}“ ist Ihre Hilfe nötig", "“{name}” needs your help", {"name": device.name}),
        named("Der Auftrag zeigt, was zu tun ist.", "The job shows what has to be done.", {}),
        device=device.id,
        suggestions=(OPEN_DEVICE, FIND_ME),
    )
