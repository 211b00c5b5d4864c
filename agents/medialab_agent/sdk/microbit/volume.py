"""The small drive a board shows: what is on it, read anew each time, and where it may be written.

A node is a block device or an image of one, which is read as it is, or a directory that stands for a mounted one. To
be written a device has to be mounted by the system."""

import contextlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from medialab_agent.sdk.microbit.fat import BadDrive, FatDrive
from medialab_wire.sightings import Sighting

NEVER = frozenset({"MAINTENANCE", "RPI-RP2"})
"""Drives of interface chips in maintenance. A UF2 on a Calliope mini 2.1's RPI-RP2 takes the board out of service
(forum.calliope.cc/t/3134); nothing is ever written there."""
MOST_ENTRIES = 512
"""Names read from a drive; a board has a dozen."""
DETAILS_MOST = 4096
"""Bytes of DETAILS.TXT or FAIL.TXT that are read."""
MOUNTS = Path("/proc/self/mountinfo")
"""proc(5)"""

_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9 ]{0,40}):\s*(.{0,200})")


@dataclass(frozen=True)
class Volume:
    """One drive by its node and its label in upper case."""

    node: str
    label: str

    @property
    def may_be_written(self) -> bool:
        """False for drives of an interface chip in maintenance."""
        return self.label not in NEVER

    def root(self) -> Path | None:
        """Where it is mounted; None when it is not. Blocking."""
        node = Path(self.node)
        return node if node.is_dir() else _mount_of(node)

    def names(self) -> frozenset[str] | None:
        """Its top entries in upper case; None when it cannot be read. Blocking."""
        with contextlib.suppress(BadDrive), FatDrive(self.node) as drive:
            return frozenset(entry.name for entry in drive.entries())
        root = self.root()
        if root is None:
            return None
        try:
            with os.scandir(root) as entries:
                return frozenset(entry.name.upper() for entry, _ in zip(entries, range(MOST_ENTRIES), strict=False))
        except OSError:
            return None

    def text(self, name: str) -> str | None:
        """The begin of one of its files; None when it is not there or not readable. Blocking."""
        with contextlib.suppress(BadDrive), FatDrive(self.node) as drive:
            begin = drive.begin_of(name, DETAILS_MOST)
            return None if begin is None else begin.decode("utf-8", "replace")
        root = self.root()
        try:
            fd = os.open(root / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC) if root else -1
        except OSError:
            return None
        if fd < 0:
            return None
        with os.fdopen(fd, "rb") as opened:
            try:
                return opened.read(DETAILS_MOST).decode("utf-8", "replace")
            except OSError:
                return None

    def details(self) -> Mapping[str, str]:
        """DETAILS.TXT as fields, names in lower case; empty when there is none. Blocking."""
        return fields(self.text("DETAILS.TXT") or "")


def volumes(sighting: Sighting) -> tuple[Volume, ...]:
    """The drives of a USB sighting, by its facts `volumes` and `labels`."""
    nodes = sighting.facts.get("volumes", "").split()
    labels = sighting.facts.get("labels", "")[1:-1].split(":")
    return tuple(Volume(node, label.strip().upper()) for node, label in zip(nodes, labels, strict=False))


def labels(sighting: Sighting) -> tuple[str, ...]:
    """The labels of a USB sighting's drives, in upper case."""
    return tuple(word.strip().upper() for word in sighting.facts.get("labels", "").split(":") if word.strip())


def fields(text: str) -> dict[str, str]:
    """`Name: value` lines; comments and everything else are left out."""
    found = (_FIELD.fullmatch(line.strip()) for line in text.splitlines())
    return {match[1].lower(): match[2].strip() for match in found if match}


def _mount_of(node: Path) -> Path | None:
    try:
        real = node.resolve(strict=True)
        lines = MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    for line in lines:
        before, _, after = line.partition(" - ")
        place, source = before.split()[4], [*after.split(), "", ""][1]
        if source.startswith("/dev/") and Path(source).resolve() == real:
            return Path(place.replace("\\040", " "))
    return None
