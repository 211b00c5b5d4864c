"""Staging: puts a workshop's files on the printer and selects one. Nothing is heated or moved."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import IO, Annotated
from urllib.parse import quote

from pydantic import BaseModel, StringConstraints, ValidationError

from medialab_agent.drivers.octoprint import models
from medialab_agent.drivers.octoprint.client import Client, file_path
from medialab_agent.drivers.octoprint.traces import list_files, walk
from medialab_agent.sdk.evidence import count
from medialab_agent.sdk.steps import Done, Order, Say, Step
from medialab_agent.sdk.trouble import Refused, Unreachable
from medialab_wire.progress import Check, CheckResult
from medialab_wire.texts import Text

_PATH = r"^[^./\\\x00-\x1f][^/\\\x00-\x1f]*(/[^./\\\x00-\x1f][^/\\\x00-\x1f]*)*$"
"""Relative, with forward slashes; no part begins with a dot, which OctoPrint hides."""
RESERVE = 50_000_000
"""Bytes that stay free on the printer's computer."""


class Wanted(BaseModel):
    """One file: where it goes, where it comes from, and what it must be. `bytes` is its size."""

    path: Annotated[str, StringConstraints(pattern=_PATH, max_length=200)]
    url: Annotated[str, StringConstraints(pattern=r"^https?://", max_length=2000)]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    bytes: int | None = None


class _Params(BaseModel):
    files: tuple[Wanted, ...]
    select: str | None = None


def _bad_file(detail: str) -> Refused:
    return Refused(
        "bad-file",
        Text(de="Die Datei kam anders an als erwartet.", en="The file arrived other than expected."),
        Text(de="Die Datei noch einmal in den Workshop legen.", en="Put the file into the workshop again."),
        detail,
    )


def _same_content(files: int) -> Text:
    return count("Dateien mit gleichem Inhalt", "files with the same content", files)


class Stage:
    """One order to provide files, against one OctoPrint."""

    def __init__(self, client: Client, order: Order) -> None:
        self._client = client
        try:
            self._params = _Params.model_validate(dict(order.params))
        except ValidationError as error:
            raise Refused(
                "bad-order",
                Text(de="Der Auftrag ist unvollständig.", en="The order is incomplete."),
                detail=f"{error.error_count()} fields",
            ) from error

    @property
    def _select(self) -> str | None:
        only = self._params.files[0].path if len(self._params.files) == 1 else None
        return self._params.select or only

    async def plan(self) -> tuple[Step, ...]:
        """One step for each file that is not there with the same content, and one to select."""
        steps = []
        for number, wanted in enumerate(self._params.files):
            if not await self._is_there(wanted):
                title = Text(de=f"Datei {number + 1} übertragen", en=f"Transfer file {number + 1}")
                steps.append(Step(f"upload-{number}", title, deadline_s=600, params={"number": number}))
        if self._select and await self._selected() != self._select:
            steps.append(Step("select", Text(de="Datei auswählen", en="Select the file"), deadline_s=30))
        return tuple(steps)

    async def do(self, step: Step, say: Say) -> Done:
        """Carry out one step."""
        if step.id == "select":
            if await self._selected() == self._select:
                return Done(changed=False)
            await self._client.order(file_path("local", self._select or ""), command="select")
            return Done()
        wanted = self._params.files[int(step.params["number"])]
        if await self._is_there(wanted):
            return Done(changed=False)
        await self._upload(wanted, say)
        return Done()

    async def verify(self) -> tuple[Check, ...]:
        """Fetches each file back and compares its content."""
        there = [await self._is_there(wanted) for wanted in self._params.files]
        checks = [
            Check(
                id="files",
                title=Text(de="Dateien sind auf dem Drucker", en="Files are on the printer"),
                result=CheckResult.PASSED if all(there) else CheckResult.FAILED,
                expected=_same_content(len(there)),
                observed=_same_content(sum(there)),
            )
        ]
        if self._select:
            right = await self._selected() == self._select
            checks.append(
                Check(
                    id="selected",
                    title=Text(de="Datei ist ausgewählt", en="File is selected"),
                    result=CheckResult.PASSED if right else CheckResult.FAILED,
                )
            )
        return tuple(checks)

    async def _selected(self) -> str | None:
        chosen = (await self._client.read(models.Job, "/api/job")).job.file
        return chosen.path if chosen.origin == "local" else None

    async def _is_there(self, wanted: Wanted) -> bool:
        listing = await list_files(self._client)
        entry = next((e for e in walk(listing.files) if e.origin == "local" and e.path == wanted.path), None)
        if entry is None or (wanted.bytes is not None and entry.size != wanted.bytes):
            return False
        # OctoPrint lists a SHA-1, and version 2 none at all: only the content itself is proof
        digest = hashlib.sha256()
        async with self._client.stream(f"/downloads/files/local/{quote(wanted.path)}") as chunks:
            async for chunk in chunks:
                digest.update(chunk)
        return digest.hexdigest() == wanted.sha256

    async def _upload(self, wanted: Wanted, say: Say) -> None:
        async with _fetched(wanted, say) as file:
            free = (await list_files(self._client)).free
            size = file.seek(0, 2)
            file.seek(0)
            if free is not None and free - size < RESERVE:
                raise Refused(
                    "no-space",
                    Text(de="Auf dem Drucker ist kein Platz mehr.", en="The printer has no space left."),
                    Text(de="Den Drucker zurücksetzen.", en="Reset the printer."),
                )
            folder, _, name = wanted.path.rpartition("/")
            await self._client.call(
                "POST", "/api/files/local", files={"file": (name, file)}, data={"path": folder, "filename": name}
            )
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
