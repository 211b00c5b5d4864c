"""Where OctoPrint keeps files, and which one it has selected."""

from typing import IO
from urllib.parse import quote

from medialab_agent.drivers.octoprint import models
from medialab_agent.drivers.octoprint.client import Client, file_path
from medialab_agent.drivers.octoprint.traces import list_files, walk
from medialab_agent.sdk.findings import result_of
from medialab_agent.sdk.staged_files import StagedFiles, Wanted, sha256_of
from medialab_agent.sdk.steps import Done, Order, Say, Step
from medialab_wire.progress import Check
from medialab_wire.texts import Text

_SELECT = Step("select", Text(de="Datei auswählen", en="Select the file"), deadline_s=30)


class Local:
    """See `Place`: the files on OctoPrint's own computer."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def holds(self, wanted: Wanted) -> bool:
        """See `Place`. OctoPrint lists a SHA-1, and version 2 none at all: only the content itself is proof."""
        listing = await list_files(self._client)
        entry = next((e for e in walk(listing.files) if e.origin == "local" and e.path == wanted.path), None)
        if entry is None or not wanted.may_have(entry.size):
            return False
        async with self._client.stream(f"/downloads/files/local/{quote(wanted.path)}") as chunks:
            return await sha256_of(chunks) == wanted.sha256

    async def free(self) -> int | None:
        """See `Place`."""
        return (await list_files(self._client)).free

    async def put(self, wanted: Wanted, file: IO[bytes], _say: Say) -> None:
        """See `Place`. OctoPrint takes a file into its place only when all of it arrived."""
        folder, name = wanted.folder_and_name
        form = {"path": folder, "filename": name}
        await self._client.call("POST", "/api/files/local", files={"file": (name, file)}, data=form)


class Stage:
    """One order to provide files, against one OctoPrint; the one that is wanted is selected at the end."""

    def __init__(self, client: Client, order: Order) -> None:
        self._client = client
        self._files = StagedFiles(Local(client), order)

    async def plan(self) -> tuple[Step, ...]:
        """What is not there yet, and one step to select."""
        steps = await self._files.plan()
        return steps if await self._is_selected() else (*steps, _SELECT)

    async def do(self, step: Step, say: Say) -> Done:
        """Carry out one step."""
        if step.id != _SELECT.id:
            return await self._files.do(step, say)
        if await self._is_selected():
            return Done(changed=False)
        await self._client.order(file_path("local", self._files.selected or ""), command="select")
        return Done()

    async def verify(self) -> tuple[Check, ...]:
        """Fetches each file back, and asks what is selected."""
        checks = await self._files.verify()
        if self._files.selected is None:
            return checks
        title = Text(de="Datei ist ausgewählt", en="File is selected")
        return (*checks, Check(id="selected", title=title, result=result_of(await self._is_selected())))

    async def _is_selected(self) -> bool:
        """Whether what is to be selected is; always, when nothing is to be."""
        chosen = (await self._client.read(models.Job, "/api/job")).job.file
        found = chosen.path if chosen.origin == "local" else None
        return self._files.selected in {None, found}
