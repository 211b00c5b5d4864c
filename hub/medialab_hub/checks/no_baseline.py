"""An adopted device has no recorded good state, so that it cannot be reset."""

from medialab_hub.checks.finding import OPEN_DEVICE, DeviceFact, Finding, named


def check(device: DeviceFact) -> Finding | None:
    """One finding until a good state is recorded."""
    if device.status != "no_baseline":
        return None
    return Finding(
        "no-baseline",
        device.id,
        "info",
        named("Für „{name}“ fehlt der gute Zustand", "“{name}” lacks its good state", {"name": device.name}),
        named(
            "Erst wenn er festgehalten ist, lässt sich das Gerät zurücksetzen.",
            "Only when it is recorded can the device be reset.",
            {},
        ),
        device=device.id,
        suggestions=(OPEN_DEVICE,),
    )
