"""Somebody told of a device, and nobody has settled it yet."""

from collections.abc import Mapping

from medialab_hub.checks.finding import OPEN_DEVICE, Finding, SupportFact, named
from medialab_wire.texts import Text

_TITLES: Mapping[str, tuple[str, str]] = {
    "defect": ("„{name}“: etwas geht nicht", "“{name}”: something does not work"),
    "question": ("Frage zu „{name}“", "A question about “{name}”"),
    "extension": ("„{name}“: jemand möchte verlängern", "“{name}”: somebody would like to keep it longer"),
}


def check(case: SupportFact) -> Finding:
    """One finding for each open case."""
    title = named(*_TITLES[case.topic], {"name": case.name})
    detail = Text(
        de="Was geschrieben wurde, steht auf der Seite des Geräts.", en="What was written is on the device's page."
    )
    return Finding("support-open", case.id, "info", title, detail, device=case.device, suggestions=(OPEN_DEVICE,))
