"""Staging: puts a workshop's files on the printer. Nothing is heated or moved, and no print begins."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import IO, Annotated

from pydantic import BaseModel, StringConstraints, ValidationError

from medialab_agent.drivers.moonraker.client import Client
from medialab_agent.drivers.moonraker.storage import list_root, sha256
from medialab_agent.drivers.moonraker.traces import GCODES
from medialab_agent.sdk.evidence import count
from medialab_agent.sdk.steps import Done, Order, Say, Step
from medialab_agent.sdk.trouble import Refused, Unreachable
from medialab_wire.progress import Check, CheckResult
from medialab_wire.texts import Text

_PATH = r"^[^./\\\x00-\x1f][^/\\\x00-\x1f]*(/[^./\\\x00-\x1f][^/\\\x00-\x1f]*)*$"
"""Relative, with forward slashes; no part begins with a dot."""
RESERVE = 50_000_000
"""Bytes that stay free on the printer's computer."""
UPLOAD_S = 600.0


class Wanted(BaseModel):
    """One file: where it goes, where it comes from, and what it must be. `bytes` is its size."""

    path: Annotated[str, StringConstraints(pattern=_PATH, max_length=200)]
    url: Annotated[str, StringConstraints(pattern=r"^https?://", max_length=2000)]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    bytes: int | None = None


class _Params(BaseModel):
    files: tuple[Wanted, ...]


def _bad_file(detail: str) -> Refused:
    return Refused(
        "bad-file",
        Text(de="Die Datei kam anders an als erwartet.", en="The file arrived other than expected."),
        Text(de="Die Datei noch einmal in den Workshop legen.", en="Put the file into the workshop again."),
        detail,
    )


def _collided() -> Unreachable:
    """Two uploads in one second meet in one temporary file of Moonraker's, also those of two Moonrakers on one host
    (`gen_temp_upload_path` in its file_manager.py); a moment later all is well."""
    return Unreachable(
        "upload-failed",
        Text(de="Die Datei ließ sich gerade nicht übertragen.", en="The file could not be transferred just now."),
        Text(de="Noch einmal versuchen.", en="Try again."),
    )


def _same_content(files: int) -> Text:
    return count("Dateien mit gleichem Inhalt", "files with the same content", files)


class Stage:
    """One order to provide files, against one Moonraker."""

    def __init__(self, client: Client, order: Order) -> None:
        self._client = client
        try:
            self._files = _Params.model_validate(dict(order.params)).files
        except ValidationError as error:
            raise Refused(
                "bad-order",
                Text(de="Der Auftrag ist unvollständig.", en="The order is incomplete."),
                detail=f"{error.error_count()} fields",
            ) from error

    async def plan(self) -> tuple[Step, ...]:
        """One step for each file that is not there with the same content."""
        steps = []
        for number, wanted in enumerate(self._files):
            if not await self._is_there(wanted):
                title = Text(de=f"Datei {number + 1} übertragen", en=f"Transfer file {number + 1}")
                steps.append(Step(f"upload-{number}", title, deadline_s=UPLOAD_S, params={"number": number}))
        return tuple(steps)

    async def do(self, step: Step, say: Say) -> Done:
        """Carry out one step."""
        wanted = self._files[int(step.params["number"])]
        if await self._is_there(wanted):
            return Done(changed=False)
        await self._upload(wanted, say)
        return Done()

    async def verify(self) -> tuple[Check, ...]:
        """Fetches each file back and compares its content."""
        there = [await self._is_there(wanted) for wanted in self._files]
        title = Text(de="Dateien sind auf dem Drucker", en="Files are on the printer")
        result = CheckResult.PASSED if all(there) else CheckResult.FAILED
        expected, observed = _same_content(len(there)), _same_content(sum(there))
        return (Check(id="files", title=title, result=result, expected=expected, observed=observed),)

    async def _is_there(self, wanted: Wanted) -> bool:
        entries = (await list_root(self._client, GCODES)).files()
        entry = next((entry for entry in entries if entry.path == wanted.path), None)
        if entry is None or (wanted.bytes is not None and entry.size != wanted.bytes):
            return False
        return await sha256(self._client, GCODES, wanted.path) == wanted.sha256  # no list has checksums

    async def _upload(self, wanted: Wanted, say: Say) -> None:
        import httpx

        async with _fetched(wanted, say) as file:
            free = (await list_root(self._client, GCODES)).free
            size = file.seek(0, 2)
            file.seek(0)
            if free is not None and free - size < RESERVE:
                raise Refused(
                    "no-space",
                    Text(de="Auf dem Drucker ist kein Platz mehr.", en="The printer has no space left."),
                    Text(de="Den Drucker zurücksetzen.", en="Reset the printer."),
                )
            folder, _, name = wanted.path.rpartition("/")
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
        say(1.0)


@asynccontextmanager
async def _fetched(wanted: Wanted, say: Say) -> AsyncIterator[IO[bytes]]:
    """The file from the hub, in a temporary file; its content is what was ordered. Without the printer's key."""
    import httpx

    digest, total = hashlib.sha256(), 0
    with tempfile.TemporaryFile() as file:
        try:
            async with httpx.AsyncClient(timeout=30, trust_env=False) as http, http.stream("GET", wanted.url) as answer:
                if answer.status_code != 200:
                    raise _bad_file(f"status {answer.status_code}")
                async for chunk in answer.aiter_bytes():
                    digest.update(chunk)
                    file.write(chunk)
                    total += len(chunk)
                    if wanted.bytes:
                        say(min(0.5, total / wanted.bytes / 2))
        except (httpx.HTTPError, OSError) as error:
            raise Unreachable(
                "file-unreachable",
                Text(de="Die Datei ist gerade nicht abrufbar.", en="The file cannot be fetched at the moment."),
                detail=type(error).__name__,
            ) from error
        if digest.hexdigest() != wanted.sha256:
            raise _bad_file("sha256")
        file.seek(0)
        yield file
