"""What learners leave behind a Moonraker: print files, timelapses, queue, print history; and what may stay."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from medialab_agent.drivers.moonraker import models
from medialab_agent.drivers.moonraker.client import Client
from medialab_agent.drivers.moonraker.storage import Entry, Listing, delete, list_root, roots, sha256
from medialab_agent.sdk.printer import no_baseline

GCODES = "gcodes"
FILMS = ("timelapse", "timelapse_frames")
"""Roots of the timelapse extension: finished films, and the single pictures of unfinished ones."""
HASHED_BYTES = 256_000_000
"""Of the baseline's files so many are compared by content; further ones by name and size."""
MOST_JOBS = 100
"""Counted at most: each brings all that is known of its file, and every reading asks."""

Mark = tuple[str, int, str | None]
"""path, size in bytes, SHA-256 of the content where it was taken."""


@dataclass(frozen=True)
class AllowList:
    """The print files and folders of the baseline."""

    files: frozenset[Mark]
    folders: frozenset[str]

    @classmethod
    async def of(cls, client: Client) -> "AllowList":
        """Everything there is now; reads the content."""
        listing, left = await list_root(client, GCODES), HASHED_BYTES
        marks: list[Mark] = []
        for entry in listing.files():
            size = entry.size or 0
            left -= size
            marks.append((entry.path, size, await sha256(client, GCODES, entry.path) if left >= 0 else None))
        return cls(frozenset(marks), frozenset(entry.path for entry in listing.entries if entry.is_folder))

    @classmethod
    def from_baseline(cls, baseline: Mapping[str, Any]) -> "AllowList":
        """Read a snapshot back. Raises `Refused`."""
        try:
            marks = frozenset(_mark(*entry) for entry in baseline["files"])
            return cls(marks, frozenset(map(str, baseline["folders"])))
        except (KeyError, TypeError, ValueError) as error:
            raise no_baseline(type(error).__name__) from error

    def as_baseline(self) -> dict[str, Any]:
        """JSON for the snapshot."""
        return {"files": sorted(map(list, self.files), key=str), "folders": sorted(self.folders)}

    async def foreign(self, client: Client) -> list[Entry]:
        """What is not on the list, read afresh: files, and the topmost foreign folders (they go with their content).

        A file that was replaced under its old name is another file."""
        listing = await list_root(client, GCODES)
        known = {(path, size): content for path, size, content in self.files}
        found: list[Entry] = []
        for entry in listing.entries:
            if any(entry.path.startswith(f"{folder.path}/") for folder in found if folder.is_folder):
                continue
            if entry.is_folder:
                if entry.path not in self.folders and not entry.is_thumbnail:
                    found.append(entry)
                continue
            slot = (entry.path, entry.size or 0)
            if slot not in known or known[slot] not in {None, await self._content(client, entry, known[slot])}:
                found.append(entry)
        return found

    @staticmethod
    async def _content(client: Client, entry: Entry, wanted: str | None) -> str | None:
        return None if wanted is None else await sha256(client, GCODES, entry.path)

    async def missing(self, client: Client) -> int:
        """How many files of the baseline are gone or have another size."""
        there = {(entry.path, entry.size) for entry in (await list_root(client, GCODES)).files()}
        return sum((path, size) not in there for path, size, _ in self.files)


def _mark(path: Any, size: Any, content: Any) -> Mark:
    return str(path), int(size), None if content is None else str(content)


async def count_foreign(client: Client, foreign: Iterable[Entry]) -> int:
    """Print files among the entries and in their folders; an empty folder counts as one trace."""
    listing = await list_root(client, GCODES)
    return sum(_weight(entry, listing) for entry in foreign)


def _weight(entry: Entry, listing: Listing) -> int:
    if not entry.is_folder:
        return 1
    inside = (file for file in listing.files() if file.path.startswith(f"{entry.path}/"))
    return max(1, sum(not file.is_thumbnail for file in inside))


@dataclass(frozen=True)
class Films:
    """Files of the timelapse extension; `locked` are those Moonraker does not let anybody delete."""

    videos: tuple[tuple[str, Entry], ...] = ()
    locked: int = 0

    @property
    def number(self) -> int:
        """All of them."""
        return sum(not entry.is_folder for _, entry in self.videos) + self.locked


async def list_films(client: Client) -> Films:
    """Timelapses and their single pictures, listed afresh; none without the extension."""
    allowed, videos, locked = await roots(client), [], 0
    for root in FILMS:
        if root not in allowed:
            continue
        entries = (await list_root(client, root)).entries
        if allowed[root]:
            videos += [(root, entry) for entry in entries]
        else:
            locked += sum(not entry.is_folder for entry in entries)
    return Films(tuple(videos), locked)


async def delete_films(client: Client, films: Films) -> None:
    """Delete what can be deleted; folders go with their content."""
    for root, entry in films.videos:
        if "/" not in entry.path:
            await delete(client, root, entry)


async def count_history(client: Client) -> int:
    """Entries of the print history, at most `MOST_JOBS`; 0 where none is kept."""
    found = await client.read_if_any(models.History, "/server/history/list", limit=str(MOST_JOBS))
    return len(found.jobs) if found is not None else 0


async def clear_history(client: Client) -> None:
    """Forget every print; the totals of the printer stay."""
    await client.call("DELETE", "/server/history/job", (200, 404), params={"all": "true"})


async def count_queue(client: Client) -> int:
    """Jobs that wait to be printed; 0 where there is no queue."""
    found = await client.read_if_any(models.Queue, "/server/job_queue/status")
    return len(found.queued_jobs) if found is not None else 0


async def clear_queue(client: Client) -> None:
    """Forget every waiting job."""
    await client.call("DELETE", "/server/job_queue/job", (200, 404), params={"all": "true"})
