"""What is said of a device, as the matcher reads it: texts by key; pure."""

from collections.abc import Iterable, Mapping

from medialab_wire.base import Scalar
from medialab_wire.reports import Identity, IdentityKind, Report
from medialab_wire.sightings import Sighting

Told = Mapping[str, tuple[str, ...]]
"""Values by key, all lower case. Several values of one key are alternatives."""

_CLAIMS = (IdentityKind.SERIAL, IdentityKind.UUID)


def told(
    driver: str | None,
    kind: str,
    name: str,
    sources: Iterable[str],
    facts: Mapping[str, Scalar],
    identities: Iterable[tuple[str, str]],
) -> Told:
    """From one connection: `facts` by their own names; what the hub itself knows of it goes before a fact of the same
    name, for a device may call a fact as it likes. `identities` are pairs of kind and value."""
    values: dict[str, list[str]] = {}
    for claim, value in identities:
        if claim in _CLAIMS:
            values.setdefault(claim, []).append(value)
    own = {"driver": [driver or ""], "kind": [kind], "name": [name], "source": list(sources), **values}
    said = {key.lower(): [str(value)] for key, value in facts.items() if value is not None}
    return {key: tuple(text.lower() for text in texts if text) for key, texts in (said | own).items()}


def told_by_report(report: Report) -> Told:
    """From a report."""
    pairs = ((identity.kind.value, identity.value) for identity in _worth(report.identities))
    return told(report.driver, report.kind, report.name, report.sources, report.facts, pairs)


def told_by_sighting(sighting: Sighting) -> Told:
    """From what discovery saw, before any driver looked at it."""
    name = sighting.facts.get("name", "")
    serial = sighting.facts.get("serial", "")
    pairs = [(IdentityKind.SERIAL.value, serial)] if serial else []
    return told(None, "unknown", name, [sighting.source], dict(sighting.facts), pairs)


def _worth(identities: Iterable[Identity]) -> Iterable[Identity]:
    return (identity for identity in identities if identity.kind in _CLAIMS)
