"""Sightings from the adb server: its pushes wake us, its device list is the truth.

Debian's adb (29.0.6) never pushes "unauthorized", so the list is read every two seconds as well. A newer one (36)
pushes each state a device passes through while it is let in, so that any but "device" counts only once it lasts."""

import asyncio
import contextlib
import logging
import shutil
from collections import Counter
from collections.abc import Mapping

from medialab_agent.drivers.android_adb.client import AdbClient, AdbDevice, NobodyListens
from medialab_agent.drivers.android_adb.device import is_unique
from medialab_agent.sdk.source import See, Source
from medialab_agent.sdk.trouble import DeviceTrouble
from medialab_wire.sightings import BusFact, BusStatus, Sighting
from medialab_wire.texts import Text

_log = logging.getLogger(__name__)
POLL_S = 2.0
"""Seconds between two readings of the list."""
MOMENT_S = 0.3
"""Seconds a state that is not "device" must last to count."""
BACKOFF_S = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds to wait after the first, second, … failure in a row."""
GRACE_POLLS = 2
"""Readings after a server's restart before a missing device counts as gone: it finds USB devices one by one."""
RECONNECT_S = 10.0
"""Seconds between two attempts to connect to an address of `adb_connect`."""
_TITLE = Text(de="Tablets und Headsets (adb)", en="Tablets and headsets (adb)")
_INSTALL = Text(de="„adb“ installieren: sudo apt install adb", en="Install “adb”: sudo apt install adb")
_START = Text(de="Auf dem Computer eingeben: adb start-server", en="Type on the computer: adb start-server")


class AdbSource(Source):
    """Settings: adb_host, adb_port, adb_autostart (`no` switches off), adb_connect (addresses, by commas), adb_only
    (`yes`: nothing but those addresses is seen, whatever else the server has)."""

    name = "adb"

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._client = AdbClient.from_settings(settings)
        self._may_start = settings.get("adb_autostart", "yes") != "no"
        self._addresses = [address.strip() for address in settings.get("adb_connect", "").split(",") if address.strip()]
        self._is_closed = settings.get("adb_only") == "yes"
        self._tried: dict[str, float] = {}
        self._known: dict[str, Sighting] = {}
        self._since: dict[tuple[str, str], float] = {}
        """When a device that is not ready was first seen in its state, by transport."""
        self._passing: set[str] = set()
        self._status = BusStatus.STARTING
        self._reason: Text | None = None
        self._remedy: Text | None = None
        self._grace = 0
        self._failures = 0
        self._changed = asyncio.Event()

    def fact(self) -> BusFact:
        """Whether the adb server answers now."""
        listening = self._status is BusStatus.LISTENING
        return BusFact(
            source=self.name,
            status=self._status,
            title=_TITLE,
            reason=None if listening else self._reason,
            remedy=None if listening else self._remedy,
            seen=len(self._known),
        )

    async def run(self, see: See) -> None:
        """Report everything present at once, then every change, through restarts of the server."""
        tracking = asyncio.create_task(self._track())
        try:
            while True:
                self._changed.clear()
                try:
                    await self._connect_addresses()
                    self._reconcile(self._ours(await self._client.devices()), see)
                    self._failures, self._status = 0, BusStatus.LISTENING
                    pause = min(MOMENT_S, POLL_S) if self._passing else POLL_S
                except (DeviceTrouble, TimeoutError) as error:
                    pause = await self._fail(error)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._changed.wait()
        finally:
            tracking.cancel()

    async def _track(self) -> None:
        """Sets `_changed` at every push; waits and tries again when the server is not there."""
        while True:
            with contextlib.suppress(DeviceTrouble, TimeoutError):
                async with contextlib.aclosing(self._client.track()) as pushes:
                    async for _ in pushes:
                        self._changed.set()
            await asyncio.sleep(POLL_S if self._failures else 0.2)

    def _ours(self, devices: tuple[AdbDevice, ...]) -> tuple[AdbDevice, ...]:
        return tuple(d for d in devices if d.serial in self._addresses) if self._is_closed else devices

    def _note_passing(self, devices: tuple[AdbDevice, ...]) -> None:
        """Find the transports whose state is too young to count."""
        now = asyncio.get_running_loop().time()
        unready = ((device.transport_id, device.state) for device in devices if device.state != "device")
        self._since = {stay: self._since.get(stay, now) for stay in unready}
        self._passing = {transport for (transport, _), since in self._since.items() if now - since < MOMENT_S}

    def _reconcile(self, devices: tuple[AdbDevice, ...], see: See) -> None:
        self._note_passing(devices)
        now = {sighting.key: sighting for sighting in sightings_of(devices)}
        for key, sighting in now.items():
            if self._known.get(key) != sighting and sighting.facts.get("transport_id") not in self._passing:
                self._known[key] = sighting
                see(sighting)
        self._grace = max(0, self._grace - 1)
        for key in [] if self._grace else [key for key in self._known if key not in now]:
            see(self._known.pop(key).model_copy(update={"present": False}))

    async def _fail(self, error: Exception) -> float:
        """Note why, start a server once where nobody listens, and give the pause until the next attempt.

        adb itself ends a server of another version, or one that does not answer; ours may be somebody else's."""
        self._grace = GRACE_POLLS
        self._failures += 1
        program = shutil.which("adb")
        self._status = BusStatus.FAILED if program else BusStatus.ABSENT
        self._reason = (
            Text(de="Der adb-Dienst antwortet nicht.", en="The adb service does not answer.")
            if program
            else Text(de="Das Programm „adb“ fehlt.", en="The program “adb” is missing.")
        )
        self._remedy = _START if program else _INSTALL
        _log.info("adb server: %s", error)
        if program and self._may_start and isinstance(error, NobodyListens):
            self._may_start = False
            await start_server(program, self._client.port)
            return 0.0
        return BACKOFF_S[min(self._failures, len(BACKOFF_S)) - 1]

    async def _connect_addresses(self) -> None:
        """Keep network devices connected: a restarted server forgets them."""
        if not self._addresses:
            return
        listed = {device.serial for device in await self._client.devices()}
        now = asyncio.get_running_loop().time()
        due = [a for a in self._addresses if a not in listed and now - self._tried.get(a, -RECONNECT_S) >= RECONNECT_S]
        self._tried |= dict.fromkeys(due, now)
        await asyncio.gather(*(self._connect(address) for address in due))

    async def _connect(self, address: str) -> None:
        with contextlib.suppress(DeviceTrouble, TimeoutError):
            async with asyncio.timeout(RECONNECT_S):
                await self._client.connect(address)


async def start_server(program: str, port: int) -> None:
    """Start the system's adb server, as any adb command would. Failure shows at the next attempt to connect."""
    process = await asyncio.create_subprocess_exec(
        program, "-P", str(port), "start-server",
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(15):
            await process.wait()


def sightings_of(devices: tuple[AdbDevice, ...]) -> list[Sighting]:
    """One sighting each; serials that are shared or say nothing get their port into the key and `duplicate`."""
    counts = Counter(device.serial for device in devices)
    return [_sighting(device, shared=counts[device.serial] > 1 or not is_unique(device.serial)) for device in devices]


def _sighting(device: AdbDevice, shared: bool) -> Sighting:
    facts = {
        "serial": device.serial,
        "state": device.state,
        "usb": device.place,
        "product": device.product,
        "model": device.model,
        "device": device.device,
        "transport_id": device.transport_id,
    }
    key = f"{device.serial}@{device.place or device.transport_id}" if shared else device.serial
    if shared:
        facts["duplicate"] = "yes"
    return Sighting(source="adb", key=key[:512], facts={name: value[:512] for name, value in facts.items() if value})


SOURCE = AdbSource
