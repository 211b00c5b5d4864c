"""Staging: a workshop's files come onto a printer by content, and are read back. Nothing is heated, moved or printed.

A driver writes a `Place` in its maker's protocol; everything else is here: what an order may ask, fetching the files
from the hub, comparing by SHA-256, the steps and the checks."""

import hashlib
import tempfile
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from typing import IO, Annotated, Protocol

from pydantic import BaseModel, StringConstraints, ValidationError

from medialab_agent.sdk.evidence import count, listed
from medialab_agent.sdk.findings import result_of
from medialab_agent.sdk.steps import Done, Order, Say, Step
from medialab_agent.sdk.trouble import Refused, Unreachable
from medialab_wire.progress import Check
from medialab_wire.texts import Text

_PART = r"[^./\\\x00-\x20]([^/\\\x00-\x1f]*[^/\\\x00-\x20])?"
_PATH = rf"^{_PART}(/{_PART})*$"
"""Relative, with forward slashes; no part begins with a dot: such files are hidden; none has spaces at its edges:
printers lose them."""
RESERVE = 50_000_000
"""Bytes that stay free on the printer."""
UPLOAD_S = 600.0
"""Deadline of one file."""


class Wanted(BaseModel):
    """One file: where it goes, where it comes from, and what it must be. `bytes` is its size."""

    path: Annotated[str, StringConstraints(pattern=_PATH, max_length=200)]
    url: Annotated[str, StringConstraints(pattern=r"^https?://", max_length=2000)]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    bytes: int | None = None

    def may_have(self, size: int | None) -> bool:
        """Whether a file of this size may be it; what one side does not know cannot contradict."""
        return size is None or self.bytes is None or size == self.bytes

    @property
    def folder_and_name(self) -> tuple[str, str]:
        """The folder, empty for the root, and the name in it."""
        folder, _, name = self.path.rpartition("/")
        return folder, name


class _Params(BaseModel):
    files: tuple[Wanted, ...]
    select: str | None = None


class Place(Protocol):
    """Where one printer keeps files. All of it may be cut off at any moment and asked again."""

    async def holds(self, wanted: Wanted) -> bool | None:
        """Whether exactly this content is there, read back afresh; None: there is a file that may be it, but nobody can
        read its content."""

    async def free(self) -> int | None:
        """Bytes; None: not told."""

    async def put(self, wanted: Wanted, file: IO[bytes], say: Say) -> None:
        """Write it, in place of one of that name; a repeat repairs what a cut left. Raises `DeviceTrouble`."""


class StagedFiles:
    """One order to provide files in one place."""

    def __init__(self, place: Place, order: Order) -> None:
        self._place = place
        try:
            params = _Params.model_validate(dict(order.params))
        except ValidationError as error:
            raise bad_order(f"{error.error_count()} fields") from error
        self.files, self._select = params.files, params.select
        if self._select not in {None, *(wanted.path for wanted in self.files)}:
            raise bad_order("select")

    @property
    def selected(self) -> str | None:
        """The path that is to be chosen for printing: the one named, or the only one."""
        return self._select or (self.files[0].path if len(self.files) == 1 else None)

    async def plan(self) -> tuple[Step, ...]:
        """One step for each file that is not surely there with the same content: what nobody can read may be older."""
        steps = []
        for number, wanted in enumerate(self.files):
            if await self._place.holds(wanted) is not True:
                title = Text(de=f"Datei {number + 1} übertragen", en=f"Transfer file {number + 1}")
                steps.append(Step(f"upload-{number}", title, deadline_s=UPLOAD_S, params={"number": number}))
        return tuple(steps)

    async def do(self, step: Step, say: Say) -> Done:
        """Carry out one step of `plan`."""
        wanted = self.files[int(step.params["number"])]
        if await self._place.holds(wanted):
            return Done(changed=False)
        async with _fetched(wanted, say) as file:
            free = await self._place.free()
            if free is not None and free - file.seek(0, 2) < RESERVE:
                raise no_space()
            file.seek(0)
            await self._place.put(wanted, file, say)
        say(1.0)
        return Done()

    async def verify(self) -> tuple[Check, ...]:
        """Reads each file back and compares its content."""
        there = [await self._place.holds(wanted) for wanted in self.files]
        parts, unread = [_same_content(there.count(True))], there.count(None)
        if unread:
            parts.append(count("am Drucker nicht nachlesbar", "cannot be read back", unread))
        return (
            Check(
                id="files",
                title=Text(de="Dateien sind auf dem Drucker", en="Files are on the printer"),
                result=result_of(False if False in there else None if unread else True),
                expected=_same_content(len(there)),
                observed=listed(parts),
            ),
        )


def _same_content(files: int) -> Text:
    return count("Dateien mit gleichem Inhalt", "files with the same content", files)


async def sha256_of(chunks: AsyncIterable[bytes]) -> str:
    """Of a content that comes in pieces, such as one that is read back."""
    digest = hashlib.sha256()
    async for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def bad_order(detail: str) -> Refused:
    """Fields are missing, or a path leads where no file may go."""
    words = Text(de="Der Auftrag ist unvollständig.", en="The order is incomplete.")
    return Refused("bad-order", words, detail=detail)


def bad_file(detail: str) -> Refused:
    """What was fetched is not what was ordered, or this printer does not take such a file."""
    return Refused(
        "bad-file",
        Text(de="Die Datei kam anders an als erwartet.", en="The file arrived other than expected."),
        Text(de="Die Datei noch einmal in den Workshop legen.", en="Put the file into the workshop again."),
        detail,
    )


def no_space() -> Refused:
    """The printer's storage is full."""
    return Refused(
        "no-space",
        Text(de="Auf dem Drucker ist kein Platz mehr.", en="The printer has no space left."),
        Text(de="Den Drucker zurücksetzen.", en="Reset the printer."),
    )


@asynccontextmanager
async def _fetched(wanted: Wanted, say: Say) -> AsyncIterator[IO[bytes]]:
    """The file from the hub, in a temporary file; its content is what was ordered. Without the printer's key."""
    import httpx

    digest, total = hashlib.sha256(), 0
    with tempfile.TemporaryFile() as file:
        try:
            async with httpx.AsyncClient(timeout=30, trust_env=False) as http, http.stream("GET", wanted.url) as answer:
                if answer.status_code != 200:
                    raise bad_file(f"status {answer.status_code}")
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
            raise bad_file("sha256")
        file.seek(0)
        yield file
