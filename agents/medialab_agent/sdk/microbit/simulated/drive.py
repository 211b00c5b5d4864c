"""A simulated drive: a directory that takes programs, goes away while it does, and comes back."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

LOOK_S = 0.05
Take = Callable[[bytes], Awaitable[str]]
"""Given a whole file, what FAIL.TXT says afterwards; empty when there is nothing to say."""


class Drive:
    """`files` are shown at each mount; a hex file that somebody copies is taken in after `away_s` seconds."""

    def __init__(self, folder: Path, files: Callable[[], Mapping[str, str]], take: Take, away_s: float = 0.2) -> None:
        self.folder, self._files, self._take, self._away_s = folder, files, take, away_s
        self.count = 0
        """How often it came back."""
        self._task: asyncio.Task[None] | None = None
        self._sizes: dict[str, int] = {}

    def open(self) -> None:
        """Appear, and watch for programs."""
        self._show("")
        self._task = asyncio.create_task(self._watch())

    def close(self) -> None:
        """As if unplugged."""
        if self._task is not None:
            self._task.cancel()
        shutil.rmtree(self.folder, ignore_errors=True)

    def remount(self) -> None:
        """Show what is there now."""
        self.count += 1
        self._show("")

    def _show(self, failure: str) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        files = dict(self._files()) | ({"FAIL.TXT": failure} if failure else {})
        for name, content in files.items():
            (self.folder / name).write_text(content, encoding="utf-8", newline="\r\n")

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            file = self._complete()
            if file is not None:
                content = file.read_bytes()
                shutil.rmtree(self.folder, ignore_errors=True)
                failure = await self._take(content)
                await asyncio.sleep(self._away_s)
                self.count += 1
                self._show(failure)

    def _complete(self) -> Path | None:
        """A program whose size stays the same."""
        found = [file for file in self.folder.glob("*") if file.suffix.upper() == ".HEX"]
        before, self._sizes = self._sizes, {file.name: file.stat().st_size for file in found}
        return next((file for file in found if before.get(file.name) == self._sizes[file.name] > 0), None)
