"""What learners leave on a printer's storage; and what the baseline says may stay."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from medialab_agent.drivers.bambu.ftps import Card, Entry
from medialab_agent.sdk.printer import no_baseline

SYSTEM = frozenset(
    {"image", "logger", "recorder", "verify_job", "upgrade", "corelogger", "ipcam", "timelapse", "cache"}
)
"""Folders of the printer itself in the root. What lies in `cache` counts as people's; the others stay untouched."""
MOVIES = ("/timelapse", "/ipcam")
"""Timelapses, and what the camera recorded."""

Mark = tuple[str, int]
"""path, size in bytes: the printer tells no more of a file that could be relied on."""


@dataclass(frozen=True)
class Stored:
    """Everything on the storage that people leave: print files and folders, and movies."""

    files: tuple[Entry, ...]
    movies: tuple[Entry, ...]
    """Files only: the folders between them are the printer's own."""


def look(card: Card) -> Stored:
    """List it afresh."""
    files: list[Entry] = []
    for entry in card.inside("/"):
        if entry.is_folder and entry.path[1:] in SYSTEM:
            continue
        files.append(entry)
        files += card.walk(entry.path, 1) if entry.is_folder else []
    files += card.walk("/cache", 1)
    movies = (entry for folder in MOVIES for entry in card.walk(folder, 1))
    return Stored(tuple(files), tuple(entry for entry in movies if not entry.is_folder))


@dataclass(frozen=True)
class AllowList:
    """The files and folders of the baseline."""

    files: frozenset[Mark]
    folders: frozenset[str]

    @classmethod
    def of(cls, stored: Stored) -> "AllowList":
        """Everything there is now; movies never stay."""
        return cls(
            frozenset((e.path, e.size) for e in stored.files if not e.is_folder),
            frozenset(e.path for e in stored.files if e.is_folder),
        )

    @classmethod
    def from_baseline(cls, baseline: Mapping[str, Any]) -> "AllowList":
        """Read back from a recorded baseline. Raises `Refused` when it is not one of ours."""
        try:
            files = frozenset((str(path), int(size)) for path, size in baseline["files"])
            return cls(files, frozenset(str(path) for path in baseline["folders"]))
        except (KeyError, TypeError, ValueError) as error:
            raise no_baseline(type(error).__name__) from error

    def as_baseline(self) -> dict[str, Any]:
        """As JSON."""
        return {"files": sorted(map(list, self.files)), "folders": sorted(self.folders)}

    def foreign(self, entries: Iterable[Entry]) -> list[Entry]:
        """Files and folders that are not on the list."""
        return [
            e for e in entries if (e.path not in self.folders if e.is_folder else (e.path, e.size) not in self.files)
        ]

    def missing(self, entries: Iterable[Entry]) -> int:
        """How many files of the baseline are gone or were changed."""
        return len(self.files - {(e.path, e.size) for e in entries if not e.is_folder})


def count_files(entries: Iterable[Entry]) -> int:
    """Files among the entries; an empty folder counts as one trace."""
    found = list(entries)
    return sum(not e.is_folder or not any(o.path.startswith(e.path + "/") for o in found) for e in found)


def delete(card: Card, entries: Iterable[Entry]) -> int:
    """Delete all of them, what a folder holds before the folder; how many the printer refused."""
    return sum(not card.delete(entry) for entry in reversed(list(entries)))
