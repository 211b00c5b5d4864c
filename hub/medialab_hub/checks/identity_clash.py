"""Two devices may be one and the same; only a person can know."""

from medialab_hub.checks.finding import OPEN_DEVICE, DeviceFact, Finding, Suggestion, named
from medialab_wire.texts import Text

MOST_NAMES = 3

_MERGE = Suggestion("merge", Text(de="Es ist dasselbe Gerät", en="It is the same device"), "merge")


def check(device: DeviceFact) -> Finding | None:
    """One finding while the question is open."""
    if not device.rivals or device.status == "retired":
        return None
    others = ", ".join(device.rivals[:MOST_NAMES])
    return Finding(
        "identity-clash",
        device.id,
        "warning",
        named(
            "Ist „{name}“ dasselbe Gerät wie {others}?",
            "Is “{name}” the same device as {others}?",
            {"name": device.name, "others": others},
        ),
        named(
            "Beide melden dieselbe Kennung. Bitte nachsehen; bis dahin bleiben es zwei Geräte.",
            "Both report the same identifier. Please check; until then they stay two devices.",
            {},
        ),
        device=device.id,
        suggestions=(_MERGE, OPEN_DEVICE),
    )
