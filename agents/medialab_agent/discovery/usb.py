"""USB devices of this machine: everything plugged in at the start, then every plug and unplug."""

import asyncio
import logging
import os
import socket
from contextlib import suppress
from typing import Any

from medialab_agent.discovery import usb_texts
from medialab_agent.discovery.known import Known
from medialab_agent.discovery.usb_facts import device_path
from medialab_agent.discovery.usb_reader import UsbReader, bus_exists, udev_runs
from medialab_agent.sdk.source import See, Source
from medialab_wire.sightings import BusFact, BusStatus, Sighting

log = logging.getLogger(__name__)

NETLINK_KOBJECT_UEVENT = 15
"""linux/netlink.h"""

BATCH = 256
"""Events read in one go before the event loop may do something else."""

REMOVED = frozenset({"remove", "offline"})


class UsbSource(Source):
    """Sightings of USB devices, hubs left out. Key: sysfs devpath. Facts: see `usb_facts.facts_of`.

    Events are hints: after `settle_s` seconds the device is read again and its last state wins. Lost events
    (the kernel says so) and every `check_s` seconds lead to a full enumeration, removals included."""

    name = "usb"

    def __init__(self, settle_s: float = 0.15, check_s: float = 30.0) -> None:
        self.overflows = 0
        """How often the kernel had to drop events; each led to a full enumeration."""
        self._settle_s = settle_s
        self._check_s = check_s
        self._known = Known(self.name, identity=("vid", "pid", "serial"))
        self._pending: dict[str, bool] = {}
        self._all_dirty = True
        self._wake = asyncio.Event()
        self._status = BusStatus.STARTING
        self._detail = ""
        self._with_udev = True

    def fact(self) -> BusFact:
        """Listening (with or without udev), absent, or failed with the system's own message."""
        return usb_texts.fact(self._status, self._with_udev, self._detail, len(self._known))

    async def run(self, see: See) -> None:
        """Listen until cancelled; a failure is stated, and tried again after `check_s`."""
        while True:
            try:
                await self._listen(see)
            except ImportError as error:
                self._state(BusStatus.ABSENT, str(error))
            except OSError as error:
                self._state(BusStatus.DENIED if isinstance(error, PermissionError) else BusStatus.FAILED, str(error))
            await asyncio.sleep(self._check_s if self._status is not BusStatus.LISTENING else 0)

    async def _listen(self, see: See) -> None:
        """Until udevd starts or stops, which calls for another netlink group."""
        reader = await asyncio.to_thread(UsbReader)
        self._with_udev = await asyncio.to_thread(udev_runs)
        monitor = await asyncio.to_thread(_open_monitor, "udev" if self._with_udev else "kernel")
        loop, fd = asyncio.get_running_loop(), monitor.fileno()
        self._all_dirty = True
        loop.add_reader(fd, self._drain, monitor)
        try:
            while await asyncio.to_thread(udev_runs) == self._with_udev:
                await self._sync(reader, see)
                await self._next_change()
        finally:
            loop.remove_reader(fd)

    async def _next_change(self) -> None:
        try:
            async with asyncio.timeout(self._check_s):  # wait_for of Python 3.11 can lose a cancellation
                await self._wake.wait()
        except TimeoutError:
            self._all_dirty = True
        else:
            await asyncio.sleep(self._settle_s)

    async def _sync(self, reader: UsbReader, see: See) -> None:
        """Bring what is reported in line with what is there."""
        self._wake.clear()
        everything, self._all_dirty = self._all_dirty, False
        pending, self._pending = self._pending, {}
        try:
            exists = await asyncio.to_thread(bus_exists)
            sightings = await self._read(reader, pending, everything)
        except BaseException:
            self._all_dirty = True
            raise
        self._state(BusStatus.LISTENING if exists else BusStatus.ABSENT)
        for sighting in sightings:
            see(sighting)

    async def _read(self, reader: UsbReader, pending: dict[str, bool], everything: bool) -> list[Sighting]:
        gone = [devpath for devpath, removed in pending.items() if removed]
        out = [sighting for devpath in gone for sighting in self._known.lost(devpath)]
        if everything:
            now = await asyncio.to_thread(reader.everything)
            if not now.keys().isdisjoint(gone):
                # Either sysfs lags behind the removal, or the event of its return was dropped: look once more.
                self._all_dirty = True
                self._wake.set()
            return out + self._known.exactly({path: facts for path, facts in now.items() if path not in gone})
        for devpath in (path for path, removed in pending.items() if not removed):
            facts = await asyncio.to_thread(reader.one, devpath)
            out += self._known.lost(devpath) if facts is None else self._known.saw(devpath, facts)
        return out

    def _drain(self, monitor: Any) -> None:
        """Called by the event loop when events wait."""
        try:
            if _pending_error(monitor.fileno()):
                self._overflowed()
            for _ in range(BATCH):
                event = monitor.poll(0)
                if event is None:
                    return
                self._note(event)
        except OSError:
            # ENOBUFS, or pyudev's own error for POLLERR: the socket stays readable, so the next call goes on.
            _pending_error(monitor.fileno())
            self._overflowed()

    def _overflowed(self) -> None:
        self.overflows += 1
        self._all_dirty = True
        self._wake.set()
        log.warning("The kernel dropped USB events (%d so far); looking at every device again.", self.overflows)

    def _note(self, event: Any) -> None:
        devpath = device_path(str(event.device_path), str(event.subsystem or ""), str(event.device_type or ""))
        if devpath is None:
            return
        removed = event.action in REMOVED and devpath == event.device_path
        # A child's event never revives a device whose removal is waiting.
        if devpath == event.device_path or not self._pending.get(devpath, False):
            self._pending[devpath] = removed
        self._wake.set()

    def _state(self, status: BusStatus, detail: str = "") -> None:
        if (status, detail) != (self._status, self._detail):
            log.info("USB: %s %s", status.value, detail)
        self._status, self._detail = status, detail


def _open_monitor(source: str) -> Any:
    """A started monitor. Never pyudev's MonitorObserver: its thread dies at the first overflow."""
    import pyudev

    monitor = pyudev.Monitor.from_netlink(pyudev.Context(), source=source)
    for subsystem in ("usb", "tty", "block", "hidraw"):
        monitor.filter_by(subsystem)
    monitor.start()
    return monitor


def _pending_error(fd: int) -> int:
    """Read and clear the socket's error; ENOBUFS means that events were dropped (netlink(7))."""
    with (
        suppress(OSError),
        socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_KOBJECT_UEVENT, fileno=os.dup(fd)) as twin,
    ):
        return twin.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    return 0
