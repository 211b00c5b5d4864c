"""A real adb server of its own: own port, own HOME and key, no USB; for the practice lab and tests."""

import asyncio
import contextlib
import ctypes
import logging
import os
import shutil
import signal
import socket
import sys
import tempfile
from asyncio.subprocess import DEVNULL
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from medialab_agent.drivers.android_adb.client import AdbClient
from medialab_agent.drivers.android_adb.simulator_device import AndroidSimulator
from medialab_agent.sdk.trouble import DeviceTrouble

PR_SET_PDEATHSIG = 1
"""prctl(2): the kernel sends this signal when the thread that started the child ends, even by force."""
log = logging.getLogger(__name__)

AGAIN_S = 0.2
"""Seconds until a server that died is started again."""
LEAVE_S = 0.5
"""Seconds the server may take to end by itself; it has nothing to save, and sometimes takes several."""
START_S = 15.0
"""Seconds the server may take to listen."""


class NoAdb(Exception):
    """No adb program on this machine."""


class AdbServer:
    """Runs `adb nodaemon server` as a child and connects simulators to it. Never touches the system's server.

    `ADB_USB=0` and `ADB_EMU=0` keep it off real devices and emulators (AOSP adb client/main.cpp)."""

    def __init__(self, port: int = 0, home: Path | None = None, program: Path | None = None) -> None:
        """`program`: another adb than the one on the path."""
        self.port = port or _free_port()
        self._program = program
        self._temporary = home is None
        self.home = home or Path(tempfile.mkdtemp(prefix="medialab-adb-"))
        self._process: asyncio.subprocess.Process | None = None
        self._watching: asyncio.Task[None] | None = None
        self._lives = 0
        self.client = AdbClient("127.0.0.1", self.port)

    @property
    def settings(self) -> dict[str, str]:
        """What drivers and the source need in their settings to use this server."""
        return {"adb_host": "127.0.0.1", "adb_port": str(self.port), "adb_autostart": "no"}

    @property
    def environment(self) -> dict[str, str]:
        """Environment under which adb programs use this server and its key."""
        foreign = ("ADB_", "ANDROID_")
        base = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
        return base | {
            "HOME": str(self.home),
            "ADB_USB": "0",
            "ADB_EMU": "0",
            "ADB_MDNS": "0",
            "ANDROID_ADB_SERVER_PORT": str(self.port),
            "TMPDIR": str(self.home),
        }

    @property
    def key(self) -> Path:
        """The private key the server made for itself."""
        return self.home / ".android" / "adbkey"

    async def start(self) -> None:
        """Start and wait until it listens. Raises `NoAdb` or `DeviceTrouble`."""
        program = shutil.which(self._program or "adb")
        if program is None:
            raise NoAdb("adb")
        await self._spawn(program)
        self._watching = asyncio.create_task(self._watch(program))
        await _until(self._listens)

    async def connect(self, simulators: Iterable[AndroidSimulator]) -> None:
        """Start the simulators that do not listen yet, let the server connect to all of them and wait until those
        that allow it are ready. Raises TimeoutError."""
        chosen = list(simulators)
        for simulator in chosen:
            if not simulator.is_listening:
                await simulator.start()
        wanted = {simulator.address for simulator in chosen if simulator.allow}
        async with asyncio.timeout(START_S):
            while not await self._brought(chosen, wanted):
                log.warning("The adb server broke down; connecting again")

    async def stop(self) -> None:
        """End the child by its pid and remove its temporary home."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
            self._watching = None
        process, self._process = self._process, None
        if process and process.returncode is None:
            process.terminate()
            try:
                async with asyncio.timeout(LEAVE_S):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()
        if self._temporary:
            await asyncio.to_thread(shutil.rmtree, self.home, ignore_errors=True)

    async def _spawn(self, program: str) -> None:
        self._process = await asyncio.create_subprocess_exec(
            program, "-P", str(self.port), "nodaemon", "server",
            env=self.environment, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, preexec_fn=_with_parent(),
        )  # fmt: skip
        self._lives += 1

    async def _watch(self, program: str) -> None:
        """Debian's adb (29.0.6) now and then ends with a segmentation fault while devices connect: start it again."""
        while self._process is not None:
            code = await self._process.wait()
            log.warning("The adb server ended (%d); starting it again", code)
            await asyncio.sleep(AGAIN_S)
            await self._spawn(program)

    async def _brought(self, simulators: Iterable[AndroidSimulator], wanted: set[str]) -> bool:
        """True once all are there; False when this server died meanwhile. One by one: side by side it dies oftener."""
        lives = self._lives
        with contextlib.suppress(DeviceTrouble):
            await _until(self._listens)
            for simulator in simulators:
                await self.client.connect(simulator.address)
        while self._lives == lives:
            with contextlib.suppress(DeviceTrouble):
                if await self._are_ready(wanted):
                    return True
            await asyncio.sleep(0.02)
        return False

    async def _are_ready(self, addresses: set[str]) -> bool:
        return addresses <= {device.serial for device in await self.client.devices() if device.state == "device"}

    async def _listens(self) -> bool:
        try:
            await self.client.ask("host:version")
        except DeviceTrouble:
            return False
        return True


async def _until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Ask again every 20 ms; the server pushes neither of the things we wait for. Raises TimeoutError."""
    async with asyncio.timeout(START_S):
        while not await holds():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def _with_parent() -> Callable[[], None] | None:
    """For the child between fork and exec, so that no server stays behind; what it needs is loaded before."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
