"""Turns at the radio: drivers open connections here, at most five at a time on one machine, people's orders first."""

import asyncio
import heapq
import itertools
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from weakref import WeakKeyDictionary

from medialab_agent.sdk.driver import DeviceLink
from medialab_agent.sdk.gatt import Gatt, Radio, silent
from medialab_agent.sdk.gatt_air import AirRadio
from medialab_agent.sdk.trouble import DeviceTrouble, NeedsPerson, Refused, Unreachable
from medialab_wire.sightings import Sighting

log = logging.getLogger(__name__)

MOST_CONNECTIONS = 5
"""At one time, for the whole agent: as many as Home Assistant trusts a Linux adapter with (its library
bluetooth_adapters, `DEFAULT_CONNECTION_SLOTS`). To end each takes BlueZ two to three seconds (src/device.c,
`DISCONNECT_TIMER`)."""
FIRST_REST_S, REST_S = 5.0, 60.0
"""Seconds after a first failure, and after more in a row, during which a reading in the background does not try that
robot again."""
LOOK_AGAIN_S = 600.0
"""Seconds after which a robot that is known already is connected for a reading. Who just switched it on wants it for a
tablet; it must not be taken away from there."""
PARTING_S = 0.2
"""Seconds the end of a connection may hold up whoever had it. The rest goes on behind; its place stays taken."""
FAREWELL_S = 1.0
"""Seconds for what is put back at the end of a connection, also when the work was cut off."""
SHOW_S = 4.0
"""Seconds a robot blinks or shines when somebody looks for it."""
AIR = "air"
"""Driver setting: the socket of a simulated air; without it the machine's own Bluetooth is used."""


class Turns:
    """Who may connect next: `most` at a time; urgent ones first, then in order of asking.

    `wanted` is set while somebody wants to connect and is not connected yet, `calm` while nobody does: whoever listens
    to advertisements makes room then, for one radio cannot do both well."""

    def __init__(self, most: int = MOST_CONNECTIONS) -> None:
        self._free = most
        self._count = itertools.count()
        self._waiting: list[tuple[bool, int, asyncio.Future[None]]] = []
        self._wishes = 0
        self.wanted, self.calm = asyncio.Event(), asyncio.Event()
        self.calm.set()

    @contextmanager
    def wish(self) -> Iterator[None]:
        """Hold it from the wish for a connection until it is there, or given up."""
        self._wishes += 1
        self._tell()
        try:
            yield
        finally:
            self._wishes -= 1
            self._tell()

    def _tell(self) -> None:
        now, other = (self.wanted, self.calm) if self._wishes else (self.calm, self.wanted)
        other.clear()
        now.set()

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
_partings: set[asyncio.Task[None]] = set()


def turns() -> Turns:
    """The one queue of this agent: a machine has one radio, and an agent has one event loop."""
    return _turns.setdefault(asyncio.get_running_loop(), Turns())


class BleLine:
    """A driver's way to its robot; one for each driver instance."""

    def __init__(self, link: DeviceLink) -> None:
        self._link = link
        self._rest_until, self._looked_at = float("-inf"), time.monotonic()
        self._failures = 0
        self._failure: DeviceTrouble | None = None
        self._parting: asyncio.Task[None] | None = None

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
        background, which waits behind all orders and fails at once while the robot rests after a failure.

        Raises what `Radio.connect` raises."""
        if not urgent and self._failure is not None and time.monotonic() < self._rest_until:
            raise _once_more(self._failure)
        async with AsyncExitStack() as turn:
            with turns().wish():
                await self._parted()
                await turn.enter_async_context(turns().turn(urgent=urgent))
                gatt = await self._connect()
            try:
                yield gatt
                self._failure, self._failures = None, 0
            except DeviceTrouble as trouble:
                self._remember(trouble)
                raise
            finally:
                await self._part(gatt, turn.pop_all())

    async def _part(self, gatt: Gatt, turn: AsyncExitStack) -> None:
        """End the connection, and only then the turn; whoever had it need not wait longer than `PARTING_S`."""
        self._parting = asyncio.create_task(_close(gatt, turn))
        _partings.add(self._parting)
        self._parting.add_done_callback(_partings.discard)
        await asyncio.wait({self._parting}, timeout=PARTING_S)

    async def _parted(self) -> None:
        """Until the last connection is over: most robots serve one at a time."""
        if self._parting is not None:
            await asyncio.wait({self._parting})

    async def _connect(self) -> Gatt:
        facts = self.facts
        try:
            gatt = await self._radio().connect(facts.get("address", ""), facts.get("path", ""))
        except DeviceTrouble as trouble:
            self._remember(trouble)
            raise
        self._looked_at = time.monotonic()
        return gatt

    def _remember(self, trouble: DeviceTrouble) -> None:
        log.debug("%s: %s", trouble.trouble.code, trouble.trouble.detail)
        self._failure, self._failures = _once_more(trouble), self._failures + 1
        self._rest_until = time.monotonic() + (FIRST_REST_S if self._failures == 1 else REST_S)

    def _radio(self) -> Radio:
        if socket := self._link.settings.get(AIR):
            return AirRadio(Path(socket))
        from medialab_agent.sdk.bluetooth_bleak import BleakRadio

        return BleakRadio()

    def _sighting(self) -> Sighting | None:
        seen = (sighting for sighting in self._link.sightings if sighting.present and sighting.source == "ble")
        return next(seen, None)


def _once_more(failure: DeviceTrouble) -> DeviceTrouble:
    """The same words in a fresh exception: one that is raised again keeps the frames of every time it was raised."""
    kinds = (Unreachable, Refused, NeedsPerson)
    kind = next((kind for kind in kinds if isinstance(failure, kind)), DeviceTrouble)
    told = failure.trouble
    return kind(told.code, told.text, told.remedy, told.detail)


async def parted(seconds: float) -> None:
    """Until all connections of this loop that are ending have ended, at most so long. For the end of the agent: a radio
    may keep the connections of a program that left."""
    loop = asyncio.get_running_loop()
    if ending := {parting for parting in _partings if parting.get_loop() is loop}:
        await asyncio.wait(ending, timeout=seconds)


async def _close(gatt: Gatt, turn: AsyncExitStack) -> None:
    async with turn:
        await gatt.close()


async def farewell(last: Awaitable[None]) -> None:
    """Put something back at the end of a connection, within `FAREWELL_S`. Never raises for a robot's sake."""
    with suppress(DeviceTrouble, TimeoutError):
        async with asyncio.timeout(FAREWELL_S):
            await last


async def show_for(link: DeviceLink) -> None:
    """How long a robot shows itself: the setting `show_s` in seconds, else `SHOW_S`."""
    await asyncio.sleep(float(link.settings.get("show_s", SHOW_S)))
