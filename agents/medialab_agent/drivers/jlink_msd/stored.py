"""Programs on the drive FLASH, where the board keeps up to 25: told apart by digests, never named, never deleted here.

How the interface chip treats a deletion by a computer is written nowhere; so a person does it."""

from collections.abc import Collection
from hashlib import sha256

from medialab_agent.sdk.microbit.findings import Finding
from medialab_agent.sdk.microbit.volume import Volume
from medialab_wire.texts import Text

OF_A_SYSTEM = frozenset({"SYSTEM VOLUME INFORMATION", "DETAILS.TXT", ".FSEVENTSD", ".TRASHES", ".SPOTLIGHT-V100"})
"""What computers leave on every drive they touch, and the board's own file."""

NONE_FOREIGN = Text(de="fremde Programme: 0", en="foreign programs: 0")
NOT_READABLE = Text(de="Laufwerk FLASH nicht lesbar", en="drive FLASH not readable")
DELETE_THEM = Text(
    de="Auf dem Laufwerk FLASH die Programme der Gruppe löschen.\nDen Reset noch einmal starten.",
    en="Delete the group's programs on the drive FLASH.\nStart the reset again.",
)


def digests(drive: Volume | None) -> frozenset[str] | None:
    """One short digest for each name; None when the drive cannot be read. Blocking."""
    names = drive.names() if drive else None
    if names is None:
        return None
    return frozenset(sha256(name.encode()).hexdigest()[:16] for name in names - OF_A_SYSTEM)


def finding(kept: Collection[str], found: frozenset[str] | None) -> Finding:
    """Counts what the baseline does not name."""
    if found is None:
        return None, NONE_FOREIGN, NOT_READABLE
    foreign = len(found - set(kept))
    return foreign == 0, NONE_FOREIGN, Text(de=f"fremde Programme: {foreign}", en=f"foreign programs: {foreign}")
