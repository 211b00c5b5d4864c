"""What learners leave on a printer: files and folders; and what the baseline says may stay."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from medialab_agent.drivers.prusalink import models
from medialab_agent.drivers.prusalink.client import Client, file_path
from medialab_agent.drivers.prusalink.words import bad_answer
from medialab_agent.sdk.printer import no_baseline
from medialab_agent.sdk.trouble import Refused

MOST_FOLDERS = 300
"""Folders that are looked into; a printer with more is not tidied file by file."""

Mark = tuple[str, str, int | None, int | None]
"""storage, path, size in bytes, time of the last change in seconds."""


@dataclass(frozen=True)
class Entry:
    """A stored file or folder."""

    storage: str
    path: str
    is_folder: bool
    size: int | None
    changed: int | None
    read_only: bool
    """It lies on a storage this interface cannot delete from, such as the printer's own memory card."""

    @property
    def mark(self) -> Mark:
        """What a file is recognised by: a file that was replaced under its old name is another file."""
        return self.storage, self.path, self.size, self.changed


@dataclass(frozen=True)
class Listing:
    """Everything stored now. `writable`: storages that are there and can be written to."""

    entries: tuple[Entry, ...]
    writable: tuple[str, ...]
    free: int | None


async def list_files(client: Client) -> Listing:
    """Every storage, folder by folder, listed afresh. PrusaLink itself looks at its disk once a second."""
    known = (await client.read(models.Storages, "/api/v1/storage")).storage_list
    there = [storage for storage in known if storage.available]
    entries: list[Entry] = []
    for storage in there:
        entries += await _walk(client, storage)
    writable = [storage for storage in there if not storage.read_only]
    free = next((storage.free_space for storage in writable), None)
    return Listing(tuple(entries), tuple(storage.name for storage in writable), free)


async def _walk(client: Client, storage: models.Storage) -> list[Entry]:
    entries: list[Entry] = []
    folders = [""]
    for number, folder in enumerate(folders):  # grows while it is walked: folders come before what they hold
        if number > MOST_FOLDERS:
            raise bad_answer("too many folders")
        answer = await client.call("GET", file_path(storage.name, folder), (200, 404), headers=_JSON)
        if answer.status_code == 404:
            continue  # gone in the meantime, or no card after all
        for child in client.parse(models.Folder, answer).children:
            if "/" in child.name or child.name in {".", ".."}:
                raise bad_answer("file name")
            path = f"{folder}/{child.name}".lstrip("/")
            entries.append(Entry(storage.name, path, child.is_folder, child.size, child.m_timestamp, storage.read_only))
            folders += [path] if child.is_folder else []
    return entries


_JSON = {"Accept": "application/json"}


@dataclass(frozen=True)
class AllowList:
    """The files and folders of the baseline."""

    files: frozenset[Mark]
    folders: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, listing: Listing) -> "AllowList":
        """Everything there is now."""
        return cls(
            frozenset(e.mark for e in listing.entries if not e.is_folder),
            frozenset((e.storage, e.path) for e in listing.entries if e.is_folder),
        )

    @classmethod
    def from_baseline(cls, baseline: Mapping[str, Any]) -> "AllowList":
        """Read back from a recorded baseline. Raises `Refused` when it is not one of ours."""
        try:
            files = frozenset((str(st), str(p), _number(s), _number(t)) for st, p, s, t in baseline["files"])
            return cls(files, frozenset((str(st), str(p)) for st, p in baseline["folders"]))
        except (KeyError, TypeError, ValueError) as error:
            raise no_baseline(type(error).__name__) from error

    def as_baseline(self) -> dict[str, Any]:
        """As JSON."""
        return {"files": [list(f) for f in sorted(self.files, key=str)], "folders": sorted(map(list, self.folders))}

    def allows(self, entry: Entry) -> bool:
        """Whether it is part of the baseline. A size or time one side does not know cannot contradict."""
        if entry.is_folder:
            return (entry.storage, entry.path) in self.folders
        same = [mark for mark in self.files if mark[:2] == (entry.storage, entry.path)]
        return any(_agree(mark[2], entry.size) and _agree(mark[3], entry.changed) for mark in same)

    def foreign(self, listing: Listing) -> list[Entry]:
        """Files and folders that are not on the list."""
        return [entry for entry in listing.entries if not self.allows(entry)]

    def missing(self, listing: Listing) -> int:
        """How many files of the baseline are gone or were changed."""
        return len(self.files) - sum(not e.is_folder and self.allows(e) for e in listing.entries)


def _number(value: object) -> int | None:
    if value is None or isinstance(value, int):
        return value
    raise TypeError


def _agree(one: int | None, other: int | None) -> bool:
    return one is None or other is None or one == other


def count_files(entries: Iterable[Entry]) -> int:
    """Files among the entries; an empty foreign folder counts as one trace."""
    found = list(entries)
    paths = [entry.path for entry in found]
    return sum(not e.is_folder or not any(p.startswith(e.path + "/") for p in paths) for e in found)


def topmost(entries: Iterable[Entry]) -> list[Entry]:
    """Without what goes with its folder."""
    found = list(entries)
    folders = {(e.storage, e.path) for e in found if e.is_folder}
    return [e for e in found if not any((e.storage, parent) in folders for parent in _parents(e.path))]


def _parents(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


async def delete_entry(client: Client, entry: Entry) -> bool:
    """Delete a file, or a folder with its content; already gone is done. False: in use, or refused."""
    try:
        # `?1` is a structured header's true (RFC 8941, 3.3.6)
        await client.call("DELETE", file_path(entry.storage, entry.path), (204, 404), headers={"Force": "?1"})
    except Refused:  # in use for the moment, or for good: the list afterwards tells
        return False
    return True
