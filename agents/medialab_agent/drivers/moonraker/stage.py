"""Where Moonraker keeps print files."""

from typing import IO

from medialab_agent.drivers.moonraker.client import Client
from medialab_agent.drivers.moonraker.storage import list_root, sha256
from medialab_agent.drivers.moonraker.traces import GCODES
from medialab_agent.sdk.staged_files import UPLOAD_S, Wanted
from medialab_agent.sdk.steps import Say
from medialab_agent.sdk.trouble import Unreachable
from medialab_wire.texts import Text


class Gcodes:
    """See `Place`: the files behind one Moonraker."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def holds(self, wanted: Wanted) -> bool:
        """See `Place`. No list has checksums: the content itself is fetched."""
        entries = (await list_root(self._client, GCODES)).files()
        entry = next((entry for entry in entries if entry.path == wanted.path), None)
        if entry is None or not wanted.may_have(entry.size):
            return False
        return await sha256(self._client, GCODES, wanted.path) == wanted.sha256

    async def free(self) -> int | None:
        """See `Place`."""
        return (await list_root(self._client, GCODES)).free

    async def put(self, wanted: Wanted, file: IO[bytes], _say: Say) -> None:
        """See `Place`. Moonraker compares the checksum before it takes a file into its place."""
        import httpx

        folder, name = wanted.folder_and_name
        answer = await self._client.call(
            "POST",
            "/server/files/upload",
            (201, 500),
            files={"file": (name, file)},
            data={"root": GCODES, "path": folder, "checksum": wanted.sha256},
            timeout=httpx.Timeout(UPLOAD_S),
        )
        if answer.status_code == 500:
            raise _collided()


def _collided() -> Unreachable:
    """Two uploads in one second meet in one temporary file of Moonraker's, also those of two Moonrakers on one host
    (`gen_temp_upload_path` in its file_manager.py); a moment later all is well."""
    return Unreachable(
        "upload-failed",
        Text(de="Die Datei ließ sich gerade nicht übertragen.", en="The file could not be transferred just now."),
        Text(de="Noch einmal versuchen.", en="Try again."),
    )
