"""A program the hub starts, watches, starts again when it dies, and never leaves behind."""

import asyncio
import contextlib
import ctypes
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

PR_SET_PDEATHSIG = 1
"""prctl(2): the kernel sends this signal when the thread that started the child ends."""
SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 5.0
"""Pause before a restart; doubles with each, and is short again once the program ran `STEADY_S`."""
STEADY_S = 10.0
FOR_THE_HUB = frozenset({"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"})
"""sd_notify(3), sd_watchdog_enabled(3)."""


@dataclass(frozen=True)
class Command:
    """What to start. `env` is added to the environment of the hub."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)


def _inherited() -> dict[str, str]:
    """The environment without what is meant for the hub alone: mosquitto would tell systemd that all is ready."""
    return {name: value for name, value in os.environ.items() if name not in FOR_THE_HUB}


def _die_with_parent() -> Callable[[], None]:
    """A function for the child between fork and exec; everything it needs is loaded before."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def prepare() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    return prepare


class Child:
    """One watched program. Start and stop it on the event loop of the main thread.

    It gets a session of its own, so that Ctrl-C in a terminal reaches the hub only, and the hub ends it in order."""

    def __init__(self, command: Command) -> None:
        self._command = command
        self._process: asyncio.subprocess.Process | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._stopping = False
        self.restarts = 0

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    async def start(self) -> None:
        """Start it. Raises OSError when the program cannot be started at all."""
        self._stopping = False
        await self._spawn()
        self._watcher = asyncio.create_task(self._watch(), name=f"child-{self._command.name}")

    async def stop(self, within_s: float = 2.0) -> None:
        """Ask it to end, and end it by force when it does not within that time."""
        self._stopping = True
        process = self._process
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            try:
                await asyncio.wait_for(process.wait(), within_s)
            except TimeoutError:
                log.warning("%s does not end by itself: killed", self._command.name)
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if self._watcher is not None:
            self._watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watcher

    async def _spawn(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *self._command.argv,
            env={**_inherited(), **self._command.env},
            stdin=asyncio.subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent() if sys.platform == "linux" else None,
        )

    async def _watch(self) -> None:
        pause = SHORTEST_PAUSE_S
        while True:
            started = time.monotonic()
            assert self._process is not None
            code = await self._process.wait()
            if self._stopping:
                return
            pause = SHORTEST_PAUSE_S if time.monotonic() - started > STEADY_S else min(LONGEST_PAUSE_S, pause * 2)
            log.warning("%s ended (%s); starting it again", self._command.name, code)
            await self._respawn(pause)

    async def _respawn(self, pause: float) -> None:
        while True:
            await asyncio.sleep(pause)
            try:
                await self._spawn()
            except OSError as error:
                log.error("%s cannot be started: %s", self._command.name, error)
                pause = LONGEST_PAUSE_S
            else:
                self.restarts += 1
                return
