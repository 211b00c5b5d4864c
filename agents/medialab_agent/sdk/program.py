"""Runs an external program for a driver: bounded in time and output, watched, and never left behind."""

import asyncio
import contextlib
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from medialab_agent.sdk.trouble import DeviceTrouble, NeedsPerson
from medialab_wire.texts import Text

log = logging.getLogger(__name__)

OUTPUT_MOST = 65_536
"""Characters of output that are kept; of more, the last ones."""
TICK_S = 0.1
"""Seconds between two looks at deadline, stall and whether the device is still there."""
TERM_S = 0.4
"""Seconds a program has after SIGTERM until SIGKILL."""
DRAIN_S = 0.3
"""Seconds to read what a program wrote before it ended."""

Hear = Callable[[str], bool]
"""Told each piece of output as it comes; says whether this was progress."""


class Ending(StrEnum):
    """Why a program is over. Only `exited` ones ended by themselves."""

    EXITED = "exited"
    DEADLINE = "deadline"
    STALLED = "stalled"
    GONE = "gone"
    """The device it worked on went away."""


@dataclass(frozen=True)
class Program:
    """What to run. `name` is looked up on PATH (or is a path); nothing goes through a shell.

    `deadline_s` bounds the whole, `stall_s` the time without progress. `fds` are handed on under their own numbers."""

    name: str
    arguments: tuple[str, ...]
    deadline_s: float
    stall_s: float = 15.0
    stdin: bytes = b""
    fds: tuple[int, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Ended:
    """How it ended. `code` is its exit code, negative for a signal; `output` what it said on both streams."""

    ending: Ending
    code: int
    output: str

    @property
    def is_ok(self) -> bool:
        """It ended by itself and called it a success. Never proof of what it did."""
        return self.ending is Ending.EXITED and self.code == 0

    def last_lines(self, number: int = 3) -> str:
        """The last lines that say something, for the detail of a trouble."""
        lines = [line.strip() for line in self.output.replace("\r", "\n").split("\n") if line.strip()]
        return " | ".join(lines[-number:])[-300:]


def missing(name: str, package: str) -> NeedsPerson:
    """This machine lacks a program."""
    return NeedsPerson(
        "program-missing",
        Text(
            de=f"Auf diesem Rechner fehlt das Programm „{name}“.",
            en=f"This computer lacks the program “{name}”.",
        ),
        Text(
            de=f"Das Paket „{package}“ installieren lassen.",
            en=f"Have the package “{package}” installed.",
        ),
    )


def failed(name: str, ended: Ended) -> DeviceTrouble:
    """The trouble for a program that did not succeed: gone device, stall, deadline or its own failure."""
    texts = {
        Ending.GONE: ("device-unplugged", "Das Gerät wurde abgezogen.", "The device was unplugged."),
        Ending.STALLED: (
            "program-stalled",
            f"„{name}“ kam nicht mehr voran und wurde beendet.",
            f"“{name}” made no progress any more and was ended.",
        ),
        Ending.DEADLINE: (
            "program-deadline",
            f"„{name}“ brauchte zu lange und wurde beendet.",
            f"“{name}” took too long and was ended.",
        ),
        Ending.EXITED: ("program-failed", f"„{name}“ meldet einen Fehler.", f"“{name}” reports an error."),
    }
    code, de, en = texts[ended.ending]
    remedy = Text(
        de="Das Gerät ab- und wieder anstecken und noch einmal versuchen.",
        en="Unplug the device, plug it in again and try once more.",
    )
    return DeviceTrouble(code, Text(de=de, en=en), remedy, ended.last_lines())


def installed(name: str) -> str | None:
    """Where this program is: on PATH, or beside our own interpreter, where `make` puts the drivers' Python programs."""
    return shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))


def find(*names: str, package: str) -> str:
    """The first of these programs that is installed, as a path. Raises `NeedsPerson`."""
    for name in names:
        if (found := installed(name)) is not None:
            return found
    raise missing(names[0], package)


@contextmanager
def in_memory(data: bytes) -> Iterator[tuple[int, str]]:
    """A file that only exists in memory and can no longer be changed: its descriptor and the path for a program
    that gets that descriptor (`Program.fds`)."""
    flags = os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING
    with os.fdopen(os.memfd_create("image", flags), "wb", buffering=0) as file:
        view = memoryview(data)
        while view:
            view = view[file.write(view) :]
        file.seek(0)
        _seal(file.fileno())
        yield file.fileno(), f"/proc/self/fd/{file.fileno()}"


def _seal(fd: int) -> None:
    import fcntl

    seals = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, seals)


async def run(program: Program, hear: Hear | None = None, is_there: Callable[[], bool] | None = None) -> Ended:
    """Run it to its end, or end it: at its deadline, without progress (`hear`; any output when None), when
    `is_there` says no more, or when cancelled. Afterwards nobody of its process group is left.

    Raises `NeedsPerson` when the program is not installed."""
    path = installed(program.name)
    if path is None:
        raise missing(program.name, program.name)
    with ExitStack() as stack:
        job = _Job(program, path, stack, hear)
        try:
            ending = await job.wait(is_there or (lambda: True))
        except asyncio.CancelledError:
            log.info("%s is ended: cancelled", program.name)
            await asyncio.shield(job.end())
            raise
        return await job.over(ending)


class _Job:
    """One running program, the leader of its own session and process group."""

    def __init__(self, program: Program, path: str, stack: ExitStack, hear: Hear | None) -> None:
        self._program, self._hear = program, hear
        self._output = ""
        self._began = self._moved = time.monotonic()
        self._loop = asyncio.get_running_loop()
        self._exited, self._silent = asyncio.Event(), asyncio.Event()
        stdin, _ = stack.enter_context(in_memory(program.stdin))
        self._process = subprocess.Popen(  # noqa: S603 - an argument list, no shell
            [*_dies_with_us(), path, *program.arguments],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=_environment(program.env),
            cwd="/",
            start_new_session=True,
            pass_fds=program.fds,
        )
        stack.callback(self._abandon)
        self._pidfd = os.pidfd_open(self._process.pid)
        self._loop.add_reader(self._pidfd, self._on_exit)
        self._pipe = self._process.stdout.fileno() if self._process.stdout else -1
        os.set_blocking(self._pipe, False)
        self._loop.add_reader(self._pipe, self._on_output)

    async def wait(self, is_there: Callable[[], bool]) -> Ending:
        """Until it exits or has to be ended."""
        while not self._exited.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK_S):
                    await self._exited.wait()
                    break
            if not is_there():
                return Ending.GONE
            now = time.monotonic()
            if now - self._began > self._program.deadline_s:
                return Ending.DEADLINE
            if now - self._moved > self._program.stall_s:
                return Ending.STALLED
        return Ending.EXITED

    async def over(self, ending: Ending) -> Ended:
        """End what is left and say how it went."""
        if ending is not Ending.EXITED:
            log.info("%s is ended: %s", self._program.name, ending.value)
        code = await self.end()
        return Ended(ending, code, self._output)

    async def end(self) -> int:
        """End the whole group, first politely; the exit code of its leader."""
        if not self._exited.is_set():
            self._signal(signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TERM_S):
                    await self._exited.wait()
        # The leader stays a zombie until it is waited for, so its group's number belongs to nobody else yet.
        self._signal(signal.SIGKILL)
        await self._exited.wait()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_S):
                await self._silent.wait()
        return self._process.wait()

    def _signal(self, number: signal.Signals) -> None:
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def _abandon(self) -> None:
        """Release everything, whatever happened before."""
        self._signal(signal.SIGKILL)
        self._process.wait()
        self._loop.remove_reader(self._pidfd)
        self._loop.remove_reader(self._pipe)
        os.close(self._pidfd)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _on_exit(self) -> None:
        self._loop.remove_reader(self._pidfd)
        self._exited.set()

    def _on_output(self) -> None:
        try:
            piece = os.read(self._pipe, 4096)
        except BlockingIOError:
            return
        if not piece:
            self._loop.remove_reader(self._pipe)
            self._silent.set()
            return
        words = piece.decode("utf-8", "replace")
        self._output = (self._output + words)[-OUTPUT_MOST:]
        if self._hear is None or self._hear(words):
            self._moved = time.monotonic()


def _dies_with_us() -> tuple[str, ...]:
    """When the agent is killed, so is the program (prctl(2), PR_SET_PDEATHSIG): two of them on one port spoil both."""
    setpriv = shutil.which("setpriv")
    return (setpriv, "--pdeathsig", "KILL", "--") if setpriv else ()


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    """No settings of a person's home folder, no translated messages."""
    path = os.environ.get("PATH", os.defpath)
    return {"PATH": path, "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", "TERM": "dumb", **more}
