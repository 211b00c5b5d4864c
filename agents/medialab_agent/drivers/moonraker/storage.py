"""What lies in one of Moonraker's storage roots: files and folders, listed afresh, read and deleted."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from medialab_agent.drivers.moonraker import models
from medialab_agent.drivers.moonraker.client import Busy, Client, bad_answer
from medialab_agent.sdk.staged_files import sha256_of

MOST_FOLDERS, MOST_FILES, DEEPEST = 500, 20_000, 12
THUMBNAILS = ".thumbs"
"""Moonraker keeps the pictures out of print files beside them in a folder of this name."""


@dataclass(frozen=True)
class Entry:
    """A file with its size in bytes, or a folder (`size` None). `path` is relative to the root."""

    path: str
    size: int | None

    @property
    def is_folder(self) -> bool:
        """Whether it holds others."""
        return self.size is None

    @property
    def is_thumbnail(self) -> bool:
        """Whether Moonraker made it itself, out of a print file."""
        return THUMBNAILS in self.path.split("/")


@dataclass(frozen=True)
class Listing:
    """All of one root, folders before what they hold. `free` in bytes."""

    entries: tuple[Entry, ...]
    free: int | None = None

    def files(self) -> Iterator[Entry]:
        """Without folders."""
        return (entry for entry in self.entries if not entry.is_folder)


async def roots(client: Client) -> dict[str, bool]:
    """Name of each root, and whether what is in it may be changed."""
    found = await client.read(list[models.Root], "/server/files/roots")
    return {root.name: root.permissions == "rw" for root in found[:50]}


async def list_root(client: Client, root: str) -> Listing:
    """Walk through all folders. Raises `Unreachable` when there is more than any lab has."""
    entries: list[Entry] = []
    free, waiting, asked = None, [""], 0
    while waiting:
        here = waiting.pop(0)
        asked += 1
        if asked > MOST_FOLDERS or len(entries) > MOST_FILES or here.count("/") > DEEPEST:
            raise bad_answer(f"{root}: too many files")
        found = await client.read(models.Directory, "/server/files/directory", path=f"{root}/{here}".rstrip("/"))
        free = found.disk_usage.free if asked == 1 else free
        for folder in found.dirs:
            waiting.append(_below(here, folder.dirname))
            entries.append(Entry(waiting[-1], None))
        entries += [Entry(_below(here, file.filename), max(0, file.size)) for file in found.files]
    return Listing(tuple(sorted(entries, key=lambda entry: entry.path)), free)


def _below(folder: str, name: str) -> str:
    if not name or "/" in name or name in {".", ".."} or "\0" in name:
        raise bad_answer("a name that is none")
    return f"{folder}/{name}".lstrip("/")


def file_path(root: str, path: str) -> str:
    """The API path of a stored file; names are hostile."""
    return f"/server/files/{root}/{quote(path)}"


async def delete(client: Client, root: str, entry: Entry) -> bool:
    """Delete a file or a folder with its content; already gone is done. False: in use for the moment."""
    try:
        if entry.is_folder:
            where = {"path": f"{root}/{entry.path}", "force": "true"}
            await client.call("DELETE", "/server/files/directory", (200, 400, 404), params=where)
        else:  # Moonraker answers 400 to what is not there
            await client.call("DELETE", file_path(root, entry.path), (200, 400, 404))
    except Busy:
        return False
    return True


async def sha256(client: Client, root: str, path: str) -> str:
    """Of the content, fetched for this."""
    async with client.stream(file_path(root, path)) as chunks:
        return await sha256_of(chunks)


async def text(client: Client, root: str, path: str, most: int = 2_000_000) -> bytes:
    """The content of a small file. Raises `Unreachable` when it is not small."""
    body = bytearray()
    async with client.stream(file_path(root, path)) as chunks:
        async for chunk in chunks:
            body += chunk
            if len(body) > most:
                raise bad_answer(f"{root}: file too long")
    return bytes(body)
