"""A simulated tablet or headset: real adb protocol on a loopback socket, believable state, faults on demand."""

import asyncio
import contextlib
import random
import shlex
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

from medialab_agent.drivers.android_adb.simulator_changes import COMMANDS
from medialab_agent.drivers.android_adb.simulator_models import TABLET, Model, prepared
from medialab_agent.drivers.android_adb.simulator_shell import Shell
from medialab_agent.drivers.android_adb.simulator_state import App, Body, DiedError, HungError, State
from medialab_agent.drivers.android_adb.simulator_sync import SyncService
from medialab_agent.drivers.android_adb.simulator_traces import leave, soil
from medialab_agent.drivers.android_adb.simulator_wire import FEATURES, Door, Service, Stream, WireLink
from medialab_agent.sdk.simulator import Fault, Simulator
from medialab_wire.sightings import Sighting

SLOW_S = 0.2
"""Seconds a slow device takes for each command, over its latency."""
REBOOT_S = 0.3
"""Seconds a restarting device is away: simulated time is shorter than real time."""
BOOT_S = 0.2
"""Seconds adb answers before Android is up."""


@dataclass
class AndroidSimulator(Simulator):
    """One simulated Android device. `port` 0 takes a free one; `latency_s` is added to each command."""

    model: Model = TABLET
    port: int = 0
    latency_s: float = 0.0
    auth: bool = True
    allow: bool = True
    """Whether somebody already tapped "Allow USB debugging"; see `tap_allow`."""
    hang_reads: bool = True
    """With `Fault.HANG`: whether reading hangs too, or only what would change something."""
    away_s: float = REBOOT_S
    """Seconds it is away when it restarts."""
    forgets: bool = False
    """Whether an erase also makes it forget whom it trusted, as a factory reset does: see `tap_allow`."""
    host: str = "127.0.0.1"
    body: Body = field(init=False)

    def __post_init__(self) -> None:
        self.body = Body(prepared(self.model, self.serial), self.faults, self.log, hang_reads=self.hang_reads)
        if Fault.LOCKED in self.faults:
            self.body.state.lock = "Pin"
        self._shell = Shell(self.body, COMMANDS)
        self._server: asyncio.Server | None = None
        self._links: set[WireLink] = set()
        self._door: Door | None = None
        self._later: set[asyncio.Task[None]] = set()
        self._noise = random.Random(self.serial)  # noqa: S311

    @property
    def state(self) -> State:
        """What is on the device now."""
        return self.body.state

    async def start(self) -> None:
        """Listen on loopback; a taken port is replaced by a free one."""
        self._door = self._door or Door(self.auth, self.allow)
        try:
            self._server = await asyncio.start_server(self._serve, self.host, self.port)
        except OSError:
            self._server = await asyncio.start_server(self._serve, self.host, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Drop off the bus."""
        self._vanish()
        for task in list(self._later):
            task.cancel()

    def sighting(self) -> Sighting:
        """As the adb source would report it, but for the transport id, which only the server knows."""
        address = self.address
        return Sighting(
            source="adb", key=address, facts={"serial": address, "state": "device", "model": self.model.name}
        )

    @property
    def address(self) -> str:
        """Host and port, which is also the serial adb gives it."""
        return f"{self.host}:{self.port}"

    @property
    def is_listening(self) -> bool:
        """Whether it is on its bus."""
        return self._server is not None

    def tap_allow(self) -> None:
        """Somebody taps "Allow" on the device."""
        if self._door:
            self._door.allowed.set()

    def consent(self) -> None:
        """See `Simulator`: its only question is whether the computer may control it."""
        self.tap_allow()

    def soil(self) -> None:
        """Apps, photos, settings, networks and data as a group leaves them; with `Fault.RESIDUE` a hidden trace too."""
        soil(self.state)
        if Fault.RESIDUE in self.faults:
            leave(self.state, "unknown-folder")

    def residue(self) -> Mapping[str, int]:
        """What differs from how it was prepared."""
        return self.body.residue()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert self._door is not None
        props = self.state.props
        banner = "device::" + "".join(
            f"{key}={props[key]};" for key in ("ro.product.name", "ro.product.model", "ro.product.device")
        )
        link = WireLink(reader, writer, self._door, f"{banner}features={FEATURES}".encode(), self._service)
        self._links.add(link)
        try:
            await link.run()
        finally:
            self._links.discard(link)

    def _service(self, name: str) -> Service | None:
        kind, _, argument = name.partition(":")
        if kind.startswith("shell,v2"):
            return lambda stream: self._shell_v2(stream, argument)
        if kind.split(",")[0] == "shell":
            return lambda stream: self._shell_v1(stream, argument)
        if kind == "exec":
            return lambda stream: self._exec(stream, argument)
        if kind == "sync":
            return self._sync
        if kind == "reboot":
            return self._reboot_service
        return None

    async def _run(self, script: str) -> tuple[bytes, int]:
        await asyncio.sleep(self.latency_s + (SLOW_S if Fault.SLOW in self.faults else 0.0))
        if Fault.HANG in self.faults and self.hang_reads:
            await asyncio.Event().wait()
        was_erased = self.body.reborn is not None
        try:
            text, code = self._shell.run(script)
        except HungError:
            await asyncio.Event().wait()
            raise
        except DiedError:
            self._vanish()
            raise ConnectionError("died") from None
        if self.body.reborn is not None and not was_erased:
            self._keep(asyncio.get_running_loop().create_task(self._reboot()))
        if Fault.GARBAGE in self.faults:
            return self._noise.randbytes(self._noise.randint(0, 400)), 0
        return text.encode("utf-8", "surrogateescape"), code

    async def _shell_v1(self, stream: Stream, script: str) -> None:
        out, _ = await self._run(script)
        await stream.write(out)

    async def _shell_v2(self, stream: Stream, script: str) -> None:
        out, code = await self._run(script)
        packets = struct.pack("<BI", 1, len(out)) + out if out else b""
        await stream.write(packets + struct.pack("<BIB", 3, 1, code & 0xFF))

    async def _exec(self, stream: Stream, script: str) -> None:
        words = shlex.split(script)
        if words[:3] == ["cmd", "package", "install"] and "-S" in words:
            apk = await stream.read(int(words[words.index("-S") + 1]))
            name = apk[:64].split(b"\0")[0].decode("ascii", "replace") or "unnamed"
            self.body.touch("install", name)
            self.state.apps[name] = App(version=1)
            await stream.write(b"Success\n")
        else:
            await stream.write((await self._run(script))[0])

    async def _sync(self, stream: Stream) -> None:
        await SyncService(self.body).serve(stream)

    async def _reboot_service(self, _: Stream) -> None:
        self.body.touch("reboot")
        self._keep(asyncio.get_running_loop().create_task(self._reboot()))

    async def _reboot(self) -> None:
        await asyncio.sleep(0.02)
        self._vanish()
        if self.forgets and self.body.reborn is not None:
            self._door = Door(self.auth, allow=False)
        self.body.restart()
        await asyncio.sleep(self.away_s)
        with contextlib.suppress(OSError):
            await self.start()
        await asyncio.sleep(BOOT_S)
        self.body.booted()

    def _vanish(self) -> None:
        if self._server:
            self._server.close()
            self._server = None
        for link in list(self._links):
            link.close()

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._later.add(task)
        task.add_done_callback(self._later.discard)
