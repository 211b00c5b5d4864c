"""From what a driver says to a valid report: only announced keys, hostile text cut, counts as counts."""

import logging
from collections.abc import Iterable, Mapping

from pydantic import ValidationError

from medialab_agent.sdk.steps import Probe, Reading
from medialab_wire.base import Scalar
from medialab_wire.capabilities import DriverManifest
from medialab_wire.progress import Trouble
from medialab_wire.reports import Access, Identity, IdentityKind, Presence, Report
from medialab_wire.sightings import Sighting
from medialab_wire.texts import Text

log = logging.getLogger(__name__)

LONGEST = 512
"""Characters of one text on the wire (`ShortText`)."""
TOLD_OF_UNCLAIMED = ("vid", "pid", "vendor", "product", "revision", "scheme", "type", "host", "address", "port")
"""Facts of a sighting that are reported although no driver claims it: what it is and where, never what is on it."""
CHOOSE = Text(
    de="Mehrere Treiber passen gleich gut. Bitte einen auswählen.",
    en="Several drivers fit equally well. Please choose one.",
)
_UNUSABLE = Text(de="Das Gerät meldet Unverständliches.", en="The device reports something unintelligible.")


def report_of(
    dev: str, manifest: DriverManifest, probe: Probe, reading: Reading, sightings: tuple[Sighting, ...]
) -> Report:
    """One report, still without birth and sequence number. Keys the manifest does not announce are left out."""
    facts = {**probe.facts, **reading.facts}
    plain = {fact.key for fact in manifest.facts if not fact.volatile and not fact.trace}
    plain |= {setting.key for setting in manifest.settings}
    try:
        return Report(
            dev=dev,
            birth=0,
            seq=0,
            driver=manifest.id,
            presence=reading.presence,
            access=reading.access if probe.access is Access.OK else probe.access,
            help=reading.help or probe.help,
            name=probe.name[:LONGEST],
            kind=probe.kind[:LONGEST],
            identities=_usable(probe.identities),
            facts=_scalars(manifest, facts, plain),
            volatile=_scalars(manifest, reading.volatile, {fact.key for fact in manifest.facts if fact.volatile}),
            traces=_counts(manifest, reading.traces),
            sources=sources_of(sightings),
        )
    except ValidationError as error:
        log.error("Driver %s gave an unusable reading: %s", manifest.id, error.errors(include_input=False))
        return failed(dev, manifest.id, Access.FAILED, _UNUSABLE, sightings)


def silent(
    dev: str,
    driver: str,
    last: Report | None,
    sightings: Iterable[Sighting],
    presence: Presence,
    words: Text | None = None,
) -> Report:
    """It says nothing now (or is gone): what is known of it stays, what changes is dropped. `words`: what helps."""
    seen = tuple(sightings)
    known = last or Report(dev=dev, birth=0, seq=0, driver=driver, name=seen_name(seen))
    return known.model_copy(
        update={"presence": presence, "help": words, "volatile": {}, "sources": sources_of(seen)},
    )


def failed(dev: str, driver: str, access: Access, words: Text, sightings: Iterable[Sighting]) -> Report:
    """The agent may not or cannot talk to it."""
    return silent(dev, driver, None, sightings, Presence.PRESENT, words).model_copy(update={"access": access})


def sources_of(sightings: Iterable[Sighting]) -> tuple[str, ...]:
    """Where it is seen now."""
    return tuple(sorted({sighting.source for sighting in sightings if sighting.present}))


def seen_name(sightings: Iterable[Sighting]) -> str:
    """What to call something that has not said its name: what it announces, else its maker and number, else where."""
    return next((name for sighting in sightings if (name := _announced(sighting.facts))), "")


def _announced(facts: Mapping[str, str]) -> str:
    for key in ("name", "model", "product"):
        if facts.get(key):
            return facts[key]
    number = f"USB {facts['vid']}:{facts.get('pid', '')}" if facts.get("vid") else ""
    said = " · ".join(filter(None, (facts.get("vendor"), number)))
    return said[:LONGEST] or facts.get("host") or facts.get("address") or ""


def words_of(trouble: Trouble) -> Text:
    """What happened and what to do, in one text."""
    if trouble.remedy is None:
        return trouble.text
    return Text(de=f"{trouble.text.de} {trouble.remedy.de}", en=f"{trouble.text.en} {trouble.remedy.en}")


def unclaimed(dev: str, sightings: Iterable[Sighting], candidates: tuple[str, ...]) -> Report:
    """Something no driver claims, or several do."""
    seen = [sighting for sighting in sightings if sighting.present]
    facts: dict[str, Scalar] = {}
    for sighting in seen:
        facts.update({key: sighting.facts[key] for key in TOLD_OF_UNCLAIMED if key in sighting.facts})
    return Report(
        dev=dev,
        birth=0,
        seq=0,
        presence=Presence.PRESENT if seen else Presence.ABSENT,
        access=Access.NEEDS_PERSON if candidates else Access.NONE,
        help=CHOOSE if candidates else None,
        name=seen_name(seen),
        identities=tuple(identity for s in seen for identity in _identities(s)),
        facts=facts,
        sources=sources_of(seen),
        candidates=candidates,
    )


def _identities(sighting: Sighting) -> tuple[Identity, ...]:
    facts = sighting.facts
    place = Identity(kind=IdentityKind.PLACE, value=sighting.key or "?", scope=sighting.source)
    if sighting.source == "usb" and facts.get("serial"):
        scope = f"usb-{facts.get('vid', '')}-{facts.get('pid', '')}"
        return (Identity(kind=IdentityKind.SERIAL, value=facts["serial"], scope=scope), place)
    return (place,)


def _usable(identities: Iterable[Identity]) -> tuple[Identity, ...]:
    return tuple(dict.fromkeys(identities))


def _scalars(manifest: DriverManifest, values: Mapping[str, Scalar], allowed: set[str]) -> dict[str, Scalar]:
    _warn(manifest, values.keys() - allowed)
    return {k: v[:LONGEST] if isinstance(v, str) else v for k, v in values.items() if k in allowed}


def _counts(manifest: DriverManifest, values: Mapping[str, int]) -> dict[str, int]:
    allowed = {fact.key for fact in manifest.facts if fact.trace}
    _warn(manifest, values.keys() - allowed)
    return {key: max(0, int(value)) for key, value in values.items() if key in allowed}


def _warn(manifest: DriverManifest, unannounced: set[str]) -> None:
    if unannounced:
        log.warning("Driver %s reports keys its manifest does not announce: %s", manifest.id, sorted(unannounced))
