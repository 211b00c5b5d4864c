"""What learners leave on an OctoPrint: files, folders, timelapses; and what the baseline says may stay."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from medialab_agent.drivers.octoprint import models
from medialab_agent.drivers.octoprint.client import Client, Conflict, file_path
from medialab_agent.sdk.printer import no_baseline

Mark = tuple[str, str, int | None, str | None]
"""origin, path, size in bytes, SHA-1 of the content."""


def walk(entries: tuple[models.Entry, ...]) -> Iterator[models.Entry]:
    """Every file and folder, folders before what they hold."""
    for entry in entries:
        yield entry
        yield from walk(entry.children)


def mark(entry: models.Entry) -> Mark:
    """What a file is recognised by: a file that was replaced under its old name is another file."""
    return entry.origin, entry.path, entry.size, entry.hash


@dataclass(frozen=True)
class AllowList:
    """The files and folders of the baseline."""

    files: frozenset[Mark]
    folders: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, listing: models.Listing) -> "AllowList":
        """Everything there is now."""
        entries = list(walk(listing.files))
        return cls(
            frozenset(mark(e) for e in entries if e.type != "folder"),
            frozenset((e.origin, e.path) for e in entries if e.type == "folder"),
        )

    @classmethod
    def from_baseline(cls, baseline: Mapping[str, Any]) -> "AllowList":
        """Read back from a recorded baseline. Raises `Refused` when it is not one of ours."""
        try:
            files = frozenset((str(o), str(p), s, h) for o, p, s, h in baseline["files"])
            return cls(files, frozenset((str(o), str(p)) for o, p in baseline["folders"]))
        except (KeyError, TypeError, ValueError) as error:
            raise no_baseline(type(error).__name__) from error

    def as_baseline(self) -> dict[str, Any]:
        """As JSON."""
        return {"files": [list(f) for f in sorted(self.files, key=str)], "folders": sorted(map(list, self.folders))}

    def allows(self, entry: models.Entry) -> bool:
        """Whether this is a file of the baseline. A hash one side does not know cannot contradict."""
        origin, path, size, content = mark(entry)
        hashes = {h for o, p, s, h in self.files if (o, p, s) == (origin, path, size)}
        return bool(hashes) and (content is None or content in hashes or None in hashes)

    def foreign(self, listing: models.Listing) -> list[models.Entry]:
        """What is not on the list: foreign files, and the topmost foreign folders (they go with their content)."""
        found: list[models.Entry] = []
        for entry in listing.files:
            found += self._foreign(entry)
        return found

    def _foreign(self, entry: models.Entry) -> list[models.Entry]:
        if entry.type != "folder":
            return [] if self.allows(entry) else [entry]
        if (entry.origin, entry.path) not in self.folders:
            return [entry]
        return [foreign for child in entry.children for foreign in self._foreign(child)]

    def missing(self, listing: models.Listing) -> int:
        """How many files of the baseline are gone or were changed."""
        return len(self.files) - sum(e.type != "folder" and self.allows(e) for e in walk(listing.files))


def count_files(entries: list[models.Entry]) -> int:
    """Files among the entries and in their folders; an empty folder counts as one trace."""
    return sum(max(1, sum(e.type != "folder" for e in walk((entry,)))) for entry in entries)


async def list_files(client: Client) -> models.Listing:
    """Every stored file, listed afresh."""
    return await client.read(models.Listing, "/api/files", recursive="true", force="true")


async def list_timelapses(client: Client) -> models.Timelapses:
    """Finished timelapses and the frames of unfinished ones, listed afresh."""
    return await client.read(models.Timelapses, "/api/timelapse", unrendered="true", force="true")


async def delete_entry(client: Client, entry: models.Entry) -> bool:
    """Delete a file or a folder with its content; already gone is done. False: in use for the moment."""
    try:
        await client.call("DELETE", file_path(entry.origin, entry.path), (204, 404))
    except Conflict:
        return False
    return True


async def delete_timelapses(client: Client, found: models.Timelapses) -> None:
    """Delete finished movies and frames. OctoPrint answers 200 and 204 whether or not there was something."""
    for movie in found.files:
        await client.call("DELETE", f"/api/timelapse/{quote(movie.name, safe='')}", (200, 204, 404))
    for movie in found.unrendered:
        if not movie.processing:
            await client.call("DELETE", f"/api/timelapse/unrendered/{quote(movie.name, safe='')}", (204, 404))
