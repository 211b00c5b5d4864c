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
        named(
            "„{name}“ ließ sich nicht ganz prüfen", "“{name}” could not be checked completely", {"name": device.name}
        ),
        named(
            "Noch einmal zurücksetzen, oder ansehen und mit einer Begründung annehmen.",
            "Reset it again, or look at it and accept it with a reason.",
            {},
        ),
        device=device.id,
        suggestions=(RESET, OPEN_DEVICE),
    )
