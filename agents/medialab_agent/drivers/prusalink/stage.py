"""Where PrusaLink keeps print files: on its Pi, or on the USB stick of a printer with Buddy firmware.

PrusaLink 0.8.1 (web/files.py) writes a hidden part file and renames it at the end, makes folders by itself, and offers
each content under `/api/files`. Buddy firmware (lib/WUI/nhttp/gcode_upload.cpp, file_info.cpp, usb_files.cpp) does the
same with a numbered file, makes no folders, and offers the content under `/usb`. Neither leaves half a file under its
name."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import IO
from urllib.parse import quote

from medialab_agent.drivers.prusalink import models
from medialab_agent.drivers.prusalink.client import Client, Conflict, file_path
from medialab_agent.drivers.prusalink.words import no_storage
from medialab_agent.sdk.patience import POLL_S
from medialab_agent.sdk.staged_files import UPLOAD_S, Wanted, bad_file, no_space, sha256_of
from medialab_agent.sdk.steps import Say

ENDINGS = (".gcode", ".gco", ".gc", ".g")
BUDDY_ENDINGS = (".gcode", ".gco", ".gc", ".g", ".bgcode", ".bgc")
"""What they take for a print file; others would lie there unseen."""
LISTED_S = 5.0
"""How long a new file may be missing from the list: 0.8.1 looks at its disk once a second."""
BUSY_S = 10.0
"""How long a transfer that was cut off may still be in the way of the next one."""
BLOCK = 65_536
_JSON = {"Accept": "application/json"}


class PrintFiles:
    """See `Place`: the first storage that can be written to."""

    def __init__(self, client: Client, *, is_buddy: bool) -> None:
        self._client, self._is_buddy = client, is_buddy

    async def holds(self, wanted: Wanted) -> bool | None:
        """See `Place`."""
        if not wanted.path.lower().endswith(BUDDY_ENDINGS if self._is_buddy else ENDINGS):
            raise bad_file("no print file")
        found = await self._about(wanted)
        if found is None or found.type == "FOLDER" or not wanted.may_have(found.size):
            return False
        if found.refs.download is None:
            return None
        async with self._client.stream(quote(found.refs.download)) as chunks:
            return await sha256_of(chunks) == wanted.sha256

    async def free(self) -> int | None:
        """See `Place`."""
        return (await self._storage()).free_space

    async def put(self, wanted: Wanted, file: IO[bytes], say: Say) -> None:
        """See `Place`."""
        storage, size = (await self._storage()).name, file.seek(0, 2)
        if self._is_buddy:
            await self._make_folders(storage, wanted.folder_and_name[0])
        # `?1` is a structured header's true (RFC 9651, 3.3.6); 0.8.1 takes no new file of another type than this
        headers = {"Content-Type": "text/x.gcode", "Content-Length": str(size), "Overwrite": "?1"}
        path, end = file_path(storage, wanted.path), time.monotonic() + BUSY_S
        while True:
            try:
                answer = await self._client.call(
                    "PUT", path, (201, 413, 507), content=_Body(file, size, say), headers=headers, patience_s=UPLOAD_S
                )
                break
            except Conflict:
                if time.monotonic() > end:
                    raise
            await asyncio.sleep(POLL_S)
        if answer.status_code != 201:
            raise no_space()
        await self._until_listed(wanted, size)

    async def _storage(self) -> models.Storage:
        known = (await self._client.read(models.Storages, "/api/v1/storage")).storage_list
        usable = [storage for storage in known if storage.available and not storage.read_only]
        if not usable:
            raise no_storage()
        return usable[0]

    async def _about(self, wanted: Wanted) -> models.File | None:
        path = file_path((await self._storage()).name, wanted.path)
        answer = await self._client.call("GET", path, (200, 404), headers=_JSON)
        return None if answer.status_code == 404 else self._client.parse(models.File, answer)

    async def _make_folders(self, storage: str, folder: str) -> None:
        parts = folder.split("/") if folder else []
        for number in range(1, len(parts) + 1):
            path = file_path(storage, "/".join(parts[:number]))
            headers = {"Create-Folder": "?1", "Content-Length": "0"}
            await self._client.call("PUT", path, (201, 409), headers=headers)  # 409: there is one

    async def _until_listed(self, wanted: Wanted, size: int) -> None:
        """What never appears is the check's to say."""
        end = time.monotonic() + LISTED_S
        while time.monotonic() < end:
            found = await self._about(wanted)
            if found is not None and found.size in {None, size}:
                return
            await asyncio.sleep(POLL_S)


class _Body:
    """A file as the body of a request, from its beginning each time the printer asks for the password once more."""

    def __init__(self, file: IO[bytes], size: int, say: Say) -> None:
        self._file, self._size, self._say = file, size, say

    async def __aiter__(self) -> AsyncIterator[bytes]:
        sent = self._file.seek(0)
        while block := self._file.read(BLOCK):
            yield block
            sent += len(block)
            self._say(0.5 + sent / self._size / 2)
