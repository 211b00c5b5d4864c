"""Counts what lies on a card: by kind, never by name; bounded, without following links."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

MOST_ENTRIES = 50_000
DEEPEST = 16
KINDS = {
    "photos": frozenset({
        "jpg", "jpeg", "png", "heic", "heif", "cr2", "cr3", "nef", "arw", "dng", "raf", "rw2", "orf", "tif", "tiff",
        "gpr", "insp",
    }),
    "videos": frozenset({"mp4", "mov", "avi", "mts", "m2ts", "mkv", "webm", "3gp", "lrv", "thm", "insv"}),
    "recordings": frozenset({"wav", "mp3", "flac", "aac", "m4a", "ogg", "bwf", "wma"}),
}  # fmt: skip
"""Endings of the files that cameras and recorders write; DCF folders (JEITA CP-3461) hold the first two."""
MAKERS_OWN = frozenset({".trashes", ".spotlight-v100", ".fseventsd", "system volume information", "lost.dir"})
"""Folders that computers and cameras make by themselves."""


@dataclass(frozen=True)
class Card:
    """What was seen. `entries` are fingerprints of path and size; `is_whole` is False when not everything was seen."""

    entries: frozenset[str]
    kinds: Mapping[str, str]
    """Fingerprint → kind."""
    total: int
    free: int
    is_whole: bool

    def counts(self) -> dict[str, int]:
        """How many files of each kind."""
        found = dict.fromkeys((*KINDS, "files"), 0)
        for kind in self.kinds.values():
            found[kind] += 1
        return found


def look(root: Path) -> Card:
    """Read the whole folder. Blocking. Raises OSError when the card itself cannot be read."""
    kinds: dict[str, str] = {}
    is_whole = True
    for number, found in enumerate(_files(root, 0)):
        if found is None or number >= MOST_ENTRIES:
            is_whole = False
            break
        kinds[_fingerprint(root, found)] = _kind(found.name)
    space = os.statvfs(root)
    return Card(frozenset(kinds), kinds, space.f_blocks * space.f_frsize, space.f_bavail * space.f_frsize, is_whole)


def _files(folder: Path, depth: int) -> Iterator["os.DirEntry[str] | None"]:
    """Every file; None where something could not be seen, which ends the reading."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.lower() in MAKERS_OWN:
                continue
            if not entry.is_dir(follow_symlinks=False):
                yield entry
            elif depth >= DEEPEST:
                yield None
            else:
                yield from _files(Path(entry.path), depth + 1)


def _kind(name: str) -> str:
    ending = name.rpartition(".")[2].lower()
    return next((kind for kind, endings in KINDS.items() if ending in endings), "files")


def _fingerprint(root: Path, entry: "os.DirEntry[str]") -> str:
    size = entry.stat(follow_symlinks=False).st_size
    path = os.path.relpath(entry.path, root)
    return hashlib.sha256(f"{path}\0{size}".encode("utf-8", "surrogateescape")).hexdigest()[:16]
