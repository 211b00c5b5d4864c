"""Turns at the radio: drivers open connections here, at most three at a time on one machine, people's orders first."""

import asyncio
import heapq
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from weakref import WeakKeyDictionary

from medialab_agent.sdk.driver import DeviceLink
from medialab_agent.sdk.gatt import Gatt, Radio, silent
from medialab_agent.sdk.gatt_air import AirRadio
from medialab_agent.sdk.trouble import DeviceTrouble
from medialab_wire.sightings import Sighting

MOST_CONNECTIONS = 3
"""At one time, for the whole agent. The combined Wi-Fi and Bluetooth chips of small computers carry only a few."""
REST_S = 60.0
"""Seconds after a failure during which a reading in the background does not try that robot again."""
LOOK_AGAIN_S = 600.0
"""Seconds after which a robot that is known already is connected for a reading. Who just switched it on wants it for a
tablet; it must not be taken away from there."""
FAREWELL_S = 1.0
"""Seconds for what is put back at the end of a connection, also when the work was cut off."""
SHOW_S = 4.0
"""Seconds a robot blinks or shines when somebody looks for it."""
AIR = "air"
"""Driver setting: the socket of a simulated air; without it the machine's own Bluetooth is used."""


class Turns:
    """Who may connect next: `most` at a time; urgent ones first, then in order of asking."""

    def __init__(self, most: int = MOST_CONNECTIONS) -> None:
        self._free = most
        self._count = itertools.count()
        self._waiting: list[tuple[bool, int, asyncio.Future[None]]] = []

    @asynccontextmanager
    async def turn(self, *, urgent: bool) -> AsyncIterator[None]:
        """Wait for a turn and have it."""
        if self._free:
            self._free -= 1
        else:
            await self._wait(urgent)
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, urgent: bool) -> None:
        called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (not urgent, next(self._count), called))
        try:
            await called
        except asyncio.CancelledError:
            if called.done() and not called.cancelled():
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        while self._waiting:
            _, _, called = heapq.heappop(self._waiting)
            if not called.done():
                called.set_result(None)
                return
        self._free += 1


_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, Turns] = WeakKeyDictionary()


def turns() -> Turns:
    """The one queue of this agent: a machine has one radio, and an agent has one event loop."""
    return _turns.setdefault(asyncio.get_running_loop(), Turns())


class BleLine:
    """A driver's way to its robot; one for each driver instance."""

    def __init__(self, link: DeviceLink) -> None:
        self._link = link
        self._failed_at, self._looked_at = float("-inf"), time.monotonic()
        self._failure: DeviceTrouble | None = None

    @property
    def facts(self) -> Mapping[str, str]:
        """What the robot advertises, as discovery knows it now. Raises `Unreachable` when it is gone."""
        sighting = self._sighting()
        if sighting is None:
            raise silent("not seen")
        return sighting.facts

    def is_due(self, *, is_known: bool) -> bool:
        """Whether a reading in the background should connect: to a robot never met, or after `LOOK_AGAIN_S`."""
        return not is_known or time.monotonic() > self._looked_at + LOOK_AGAIN_S

    @asynccontextmanager
    async def open(self, *, urgent: bool) -> AsyncIterator[Gatt]:
        """A connection, closed at the end. `urgent`: a person waits for it; otherwise it is a reading in the
        background, which waits behind all orders and fails at once within `REST_S` after a failure.

        Raises what `Radio.connect` raises."""
        if not urgent and self._failure is not None and time.monotonic() < self._failed_at + REST_S:
            raise self._failure
        async with turns().turn(urgent=urgent):
            gatt = await self._connect()
            try:
                yield gatt
            except DeviceTrouble as trouble:
                self._remember(trouble)
                raise
            finally:
                await asyncio.shield(gatt.close())

    async def _connect(self) -> Gatt:
        facts = self.facts
        try:
            gatt = await self._radio().connect(facts.get("address", ""), facts.get("path", ""))
        except DeviceTrouble as trouble:
            self._remember(trouble)
            raise
        self._failure, self._looked_at = None, time.monotonic()
        return gatt

    def _remember(self, trouble: DeviceTrouble) -> None:
        self._failure, self._failed_at = trouble, time.monotonic()

    def _radio(self) -> Radio:
        if socket := self._link.settings.get(AIR):
            return AirRadio(Path(socket))
        from medialab_agent.sdk.bluetooth_bleak import BleakRadio

        return BleakRadio()

    def _sighting(self) -> Sighting | None:
        seen = (sighting for sighting in self._link.sightings if sighting.present and sighting.source == "ble")
        return next(seen, None)


async def farewell(last: Awaitable[None]) -> None:
    """Put something back at the end of a connection, within `FAREWELL_S`. Never raises for a robot's sake."""
    with suppress(DeviceTrouble, TimeoutError):
        async with asyncio.timeout(FAREWELL_S):
            await last


async def show_for(link: DeviceLink) -> None:
    """How long a robot shows itself: the setting `show_s` in seconds, else `SHOW_S`."""
    await asyncio.sleep(float(link.settings.get("show_s", SHOW_S)))
