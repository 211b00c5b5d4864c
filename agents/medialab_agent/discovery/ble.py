"""Bluetooth LE devices that advertise nearby."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from medialab_agent.discovery.ble_facts import facts_of
from medialab_agent.discovery.ble_texts import LISTENING, STARTING, BleState, state_of
from medialab_agent.discovery.known import Known
from medialab_agent.discovery.text import short
from medialab_agent.sdk.bluetooth import turns
from medialab_agent.sdk.source import See, Source
from medialab_wire.sightings import BusFact, Sighting

if TYPE_CHECKING:
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData

log = logging.getLogger(__name__)

PATH = "path"
"""The fact, and in bleak's details, the name of BlueZ's object."""
MOST_DEVICES = 512
"""Followed at once; a street full of telephones stops here."""
LEAST_S = 2.0
"""Seconds each round listens even while somebody wants to connect. The slowest usual advertisers take 1.28 s (Linux'
default, net/bluetooth/hci_core.c); robots wait for a tablet and say it five to forty times as often."""
MOST_REST_S = 10.0
"""Seconds listening makes room for those who want to connect, at most. bluetoothd forgets a device it has not heard for
30 s (BlueZ 5.66, src/device.c), and the last in the queue must still find theirs."""


class BleSource(Source):
    """Sightings of advertising devices. Key: address. Facts: see `ble_facts.facts_of`, and `PATH`; no signal strength.

    Scans in rounds of `scan_s` with pauses of `pause_s`; each round BlueZ tells of every device anew, so that silence
    means absence. Unseen for `expire_s`: gone. After an error: `retry_s`.

    A round ends early, and the pause lasts longer, while somebody wants to connect: Linux first waits for an
    advertisement of whom it shall connect, and while it scans for everybody its controller hides those it has told of
    already (filter_duplicates; kernel 6.1, net/bluetooth/hci_sync.c), so that the wait would last to the round's end.

    What is not `wanted` is mostly people's own (phones, watches, hearing aids): it is forgotten at once, never counted,
    never logged."""

    name = "ble"

    def __init__(
        self,
        scan_s: float = 12.0,
        pause_s: float = 3.0,
        expire_s: float = 60.0,
        retry_s: float = 30.0,
        wanted: Callable[[Sighting], bool] = lambda _sighting: True,
    ) -> None:
        self._is_wanted = wanted
        self._scan_s, self._pause_s = scan_s, pause_s
        self._expire_s, self._retry_s = expire_s, retry_s
        self._known = Known(self.name)
        self._facts: dict[str, dict[str, str]] = {}
        self._last: dict[str, float] = {}
        self._state: BleState = STARTING

    def fact(self) -> BusFact:
        """Listening, absent, denied or failed, with the reason."""
        return self._state.fact(len(self._known))

    async def run(self, see: See) -> None:
        """Scan until cancelled; a failure is stated and tried again."""
        while True:
            try:
                await self._round(see)
                pause = self._pause_s
            except _expected_errors() as error:
                self._enter(state_of(error))
                pause = self._retry_s
            self._expire(see)
            await self._rest(pause)

    async def _round(self, see: See) -> None:
        from bleak import BleakScanner

        def heard(device: "BLEDevice", told: "AdvertisementData") -> None:
            self._heard(device, told, see)

        async with BleakScanner(heard):
            self._enter(LISTENING)
            least = min(LEAST_S, self._scan_s)
            await asyncio.sleep(least)
            await _within(self._scan_s - least, turns().wanted)

    async def _rest(self, pause_s: float) -> None:
        await asyncio.sleep(pause_s)
        await _within(MOST_REST_S, turns().calm)

    def _heard(self, device: "BLEDevice", told: "AdvertisementData", see: See) -> None:
        key, name = device.address.lower(), told.local_name or device.name
        before = {fact: value for fact, value in self._facts.get(key, {}).items() if fact != PATH}
        facts = facts_of(before, key, name, told.service_uuids, told.manufacturer_data, told.service_data)
        facts |= _path(device)
        if key not in self._facts and not self._has_place(Sighting(source=self.name, key=key, facts=facts)):
            return
        self._last[key] = asyncio.get_running_loop().time()
        self._facts[key] = facts
        self._tell(self._known.saw(key, facts), see)

    def _has_place(self, sighting: Sighting) -> bool:
        return len(self._facts) < MOST_DEVICES and self._is_wanted(sighting)

    def _expire(self, see: See) -> None:
        oldest = asyncio.get_running_loop().time() - self._expire_s
        for key in [key for key, heard in self._last.items() if heard < oldest]:
            del self._last[key], self._facts[key]
            self._tell(self._known.lost(key), see)

    def _enter(self, state: BleState) -> None:
        if state != self._state:
            log.info("Bluetooth: %s %s", state.status.value, state.reason.en if state.reason else "")
        self._state = state

    def _tell(self, sightings: list[Sighting], see: See) -> None:
        for sighting in sightings:
            see(sighting)


async def _within(seconds: float, event: asyncio.Event) -> None:
    """Until it is set, or so long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


def _path(device: "BLEDevice") -> dict[str, str]:
    """BlueZ's name of the device, by which it can be connected without another search; nothing on other systems."""
    path = device.details.get(PATH) if isinstance(device.details, dict) else None
    return {PATH: short(path)} if isinstance(path, str) else {}


def _expected_errors() -> tuple[type[Exception], ...]:
    """Everything bleak raises for a bus that is not there; it passes on errors of D-Bus and of sockets."""
    plain = (ImportError, OSError, EOFError, TimeoutError)
    try:
        from bleak.exc import BleakError
        from dbus_fast.errors import AuthError, DBusError, InvalidAddressError
    except ImportError:
        return plain
    return (*plain, BleakError, DBusError, AuthError, InvalidAddressError)
