"""The shipped simulated tablet or headset behind real USB endpoints instead of its socket."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from medialab_agent.drivers.android_adb.simulator_device import AndroidSimulator
from medialab_agent.drivers.android_adb.simulator_wire import Door
from tests.virtual_lab.usb.cable import ALL_BUSES, Cable
from tests.virtual_lab.usb.device import Endpoint, Identity, Interface, UsbDevice
from tests.virtual_lab.vm import Vm

MTP = Interface((6, 1, 1), (Endpoint(0x83), Endpoint(0x03), Endpoint(0x84, kind=3, size=28, interval=6)), "MTP")
ADB = Interface((0xFF, 0x42, 1), (Endpoint(0x01), Endpoint(0x81)), "ADB Interface")
"""adb's class, subclass and protocol (AOSP packages/modules/adb/adb.h); MTP as USB-IF counts it."""
OUT, IN = 0x01, 0x01
HEAD_BYTES = 24
"""adb sends a message's head and its payload as transfers of their own."""


class Endpoints:
    """What the simulator takes for a connection: it writes to the endpoint towards the host."""

    def __init__(self, device: UsbDevice) -> None:
        self._device, self._closed = device, False

    def write(self, data: bytes) -> None:
        self._device.send(IN, data[:HEAD_BYTES])
        if len(data) > HEAD_BYTES:
            self._device.send(IN, data[HEAD_BYTES:])

    def is_closing(self) -> bool:
        return self._closed

    def close(self) -> None:
        self._closed = True


@dataclass
class UsbAndroid(AndroidSimulator):
    """A simulated Android device in a USB port of the guest. `vm` and `identity` must be given."""

    vm: Vm | None = None
    identity: Identity | None = None
    buses: Sequence[int] = ALL_BUSES
    cable: Cable | None = field(init=False, default=None)
    _running: set[asyncio.Task[Any]] = field(init=False, default_factory=set)

    async def start(self) -> None:
        """Plug it in."""
        assert self.vm is not None and self.identity is not None
        self._door = self._door or Door(self.auth, self.allow)
        device = UsbDevice(self.identity)
        reader = asyncio.StreamReader()
        device.receive = lambda endpoint, data: reader.feed_data(data) if endpoint == OUT else None
        serving = asyncio.create_task(self._serve(reader, Endpoints(device)))  # type: ignore[arg-type]
        self._running.add(serving)
        self.cable = Cable(self.vm, device, self.buses)
        await self.cable.plug()

    @property
    def is_listening(self) -> bool:
        return self.cable is not None and self.cable.is_plugged

    def _vanish(self) -> None:
        if self.cable is not None:
            self.cable.unplug()
        for task in self._running:
            task.cancel()
        self._running.clear()
        super()._vanish()


def identity(vid: int, pid: int, serial: str, manufacturer: str, product: str) -> Identity:
    """As Android devices show themselves with files and adb switched on."""
    return Identity(vid, pid, serial, manufacturer, product, (MTP, ADB))
