"""One simulated iPad: its ports, its moods, and the person beside it."""

import asyncio
import os
import plistlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from medialab_agent.drivers.apple_ios.identity import USBMUX
from medialab_agent.drivers.apple_ios.lockdown import PORT
from medialab_agent.drivers.apple_ios.simulated.door import Door
from medialab_agent.drivers.apple_ios.simulated.keys import context_for, known_record
from medialab_agent.drivers.apple_ios.simulated.mux import BUID, SimulatedMux
from medialab_agent.drivers.apple_ios.simulated.rooms import ROOMS
from medialab_agent.drivers.apple_ios.simulated.state import IPadState
from medialab_agent.drivers.apple_ios.simulated.stream import DeviceStream
from medialab_agent.sdk.simulator import Effect, Fault, Simulator
from medialab_wire.sightings import Sighting

SLOW_S = 0.04
"""Seconds a slow one takes for each answer."""
FIRST_PORT = 49_152
IPAD = 0x12AB
"""USB product id of every iPad since 2012 (linux-usb.org/usb.ids)."""


def udid_for(serial: str) -> str:
    """A UDID of today's form for a name."""
    digits = uuid5(NAMESPACE_DNS, serial).hex.upper()
    return f"0000{digits[:4]}-{digits[4:20]}"


@dataclass
class IPadSimulator(Simulator):
    """One iPad. `is_trusted`: somebody allowed this computer before. `allow_after_s`: after that many seconds its
    person taps “Trust”; None: only `consent` does. `away_s`: how long a restart takes."""

    is_trusted: bool = True
    allow_after_s: float | None = None
    away_s: float = 0.1
    latency_s: float = 0.0
    state: IPadState = field(init=False)
    mux: SimulatedMux | None = field(init=False, default=None)
    """Where it is plugged in; set before `start`."""

    def __post_init__(self) -> None:
        self.udid, self.product = udid_for(self.serial), IPAD
        self.state = IPadState(self.udid, name=self.serial)
        self._asked: float | None = None
        self._said: bool | None = None
        self._ports: dict[int, tuple[str, str]] = {}
        self._next_port = FIRST_PORT
        self._is_in = False
        self._absence: asyncio.Task[None] | None = None
        self._leaving: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Be plugged in."""
        assert self.mux is not None, "an iPad needs a usbmuxd to be plugged into"
        if self.is_trusted and not self.state.hosts and self.state.setup_done:
            await asyncio.to_thread(self._trust)
        self._is_in = True
        self.mux.attach(self)

    async def stop(self) -> None:
        """Be unplugged; a restart goes on unseen."""
        self._is_in = False
        if self.mux is not None:
            await self.mux.detach(self)

    def sighting(self) -> Sighting:
        """As usbmuxd's list shows it."""
        return Sighting(source=USBMUX, key=self.udid, facts={"udid": self.udid, "product": "12ab"})

    def soil(self) -> None:
        """See `Simulator`."""
        self.state.soil()

    def residue(self) -> Mapping[str, int]:
        """See `Simulator`."""
        return self.state.residue()

    def consent(self) -> None:
        """Taps “Trust”, when the iPad asks."""
        if self._asked is not None:
            self._said = True

    def deny(self) -> None:
        """Taps “Don't trust”."""
        self._said = False

    @property
    def is_locked(self) -> bool:
        """See `door.House`."""
        return Fault.LOCKED in self.faults

    @property
    def refuses(self) -> bool:
        """See `rooms.House`."""
        return Fault.REFUSE in self.faults

    def note(self, verb: str, subject: str = "") -> None:
        """See `House`."""
        self.log.append(Effect(time.monotonic(), verb, subject))

    def listens(self, port: int) -> bool:
        """See `mux.Attached`."""
        return port == PORT or port in self._ports

    async def serve(self, port: int, stream: DeviceStream) -> None:
        """See `mux.Attached`."""
        if port == PORT:
            await Door(self, stream).serve()
            return
        service, host_id = self._ports.pop(port)
        record = self.state.hosts[host_id]
        await stream.secure(context_for(record))
        await ROOMS[service](self, stream)

    def ask_trust(self) -> bool | None:
        """See `door.House`."""
        now = time.monotonic()
        self._asked = now if self._asked is None else self._asked
        if self._said is None and self.allow_after_s is not None and now - self._asked >= self.allow_after_s:
            self._said = True
        said = self._said
        if said is not None:
            self._asked = self._said = None
        return said

    def port_for(self, service: str, host_id: str) -> int | None:
        """See `door.House`."""
        if service not in ROOMS:
            return None
        self._next_port = FIRST_PORT + (self._next_port - FIRST_PORT + 1) % 16_000
        self._ports[self._next_port] = service, host_id
        return self._next_port

    async def answer(self, stream: DeviceStream, message: Mapping[str, Any]) -> None:
        """See `House`."""
        if Fault.HANG in self.faults:
            await asyncio.Event().wait()
        pause = self.latency_s + (SLOW_S if Fault.SLOW in self.faults else 0.0)
        if pause:
            await asyncio.sleep(pause)
        if Fault.GARBAGE in self.faults:
            await stream.send_raw(os.urandom(40))
        else:
            await stream.send(message)

    async def about_to_change(self) -> None:
        """See `rooms.House`."""
        if Fault.DIE in self.faults:
            self._is_in = False
            self._leave()
            raise EOFError

    async def erase(self) -> None:
        """See `rooms.House`: forgets everything and comes back after a while."""
        self.note("erase")
        hosts = dict(self.state.hosts)
        self.state.erase()
        if Fault.RESIDUE in self.faults:
            self.state.hosts, self.state.setup_done, self.state.photos = hosts, True, 1
        self._go_away()

    async def restart(self) -> None:
        """See `rooms.House`."""
        self.note("restart")
        self._go_away()

    def _go_away(self) -> None:
        self._leave()
        self._absence = asyncio.create_task(self._return())

    def _leave(self) -> None:
        if self.mux is not None:
            leaving = asyncio.create_task(self.mux.detach(self))
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)

    async def _return(self) -> None:
        await asyncio.sleep(self.away_s * (5 if Fault.SLOW in self.faults else 1))
        if self._is_in and self.mux is not None:
            self.mux.attach(self)

    def _trust(self) -> None:
        """What was agreed before the scene opened."""
        assert self.mux is not None
        host_id = str(uuid5(NAMESPACE_DNS, f"host-{self.serial}")).upper()
        record = {**known_record(), "HostID": host_id, "SystemBUID": BUID}
        self.state.hosts[host_id] = record
        self.mux.records[self.udid] = plistlib.dumps(record)
