"""A reset could not be proven and waits until named staff accept it."""

from medialab_hub.checks.finding import OPEN_DEVICE, RESET, DeviceFact, Finding, named


def check(device: DeviceFact) -> Finding | None:
    """One finding while nobody has accepted."""
    if device.status != "unverified":
        return None
    return Finding(
        "unverified",
        device.id,
        "warning",
        named("„{name}“ ist nicht sicher geprüft", "“{name}” is not fully checked", {"name": device.name}),
        named(
            "Bitte noch einmal zurücksetzen. Lief es bis zum Ende, kann das Team es mit einer Begründung annehmen.",
            "Please reset it again. If it ran to its end, staff may also accept it with a reason.",
            {},
        ),
        device=device.id,
        suggestions=(RESET, OPEN_DEVICE),
    )
