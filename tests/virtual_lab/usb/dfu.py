"""An UNO R4 Minima in a USB port of the guest: a serial port while its program runs, else USB DFU.

The chip and its boot program are the shipped simulators; the guest's own cdc_acm and dfu-util talk to them."""

import asyncio
import struct
from collections.abc import Callable

from medialab_agent.drivers.arduino.simulated.chip import RA4M1, Chip
from medialab_agent.drivers.arduino.simulated.dfu import ALTERNATES, DfuBoot
from medialab_agent.drivers.arduino.simulated.own_usb import Pulled
from tests.virtual_lab.usb.board import CDC, DTR, GET_LINE_CODING, SET_CONTROL_LINES, SET_LINE_CODING
from tests.virtual_lab.usb.cable import Cable
from tests.virtual_lab.usb.device import Identity, Interface, UsbDevice
from tests.virtual_lab.vm import Vm

VID, RUNNING, BOOT = 0x2341, 0x0069, 0x0369
MAKER, NAME = "Arduino", "UNO R4 Minima"
TOUCH_BAUD = 1200
BUS = 7
"""A controller of its own, so that both devices of the board appear in the same port."""
FREED_S = 20.0
STACK = 0x20
"""The boot program starts what begins with an address in the RAM (main.c, app_valid)."""


class UsbR4:
    """One board. `strike` lets something happen after that many written pages; `transfer` bytes go at a time: 64 on
    the real one, which takes minutes over a cable that is a network on an emulated processor."""

    def __init__(self, vm: Vm, serial: str) -> None:
        self._vm, self._serial, self.transfer = vm, serial, 64
        self.chip = Chip(RA4M1)
        self._boot = DfuBoot(self.chip, self._after_page)
        self._coding = struct.pack("<IBBB", 115_200, 0, 0, 8)
        self._is_open = False
        self._cable: Cable | None = None
        self._task: asyncio.Task[None] | None = None
        self._strikes: list[tuple[int, Callable[[], None]]] = []
        self.touches = 0

    @property
    def is_running(self) -> bool:
        """Its boot program would start what is in the flash."""
        return self.chip.program[3] == STACK

    def strike(self, pages: int, happen: Callable[[], None]) -> None:
        self._strikes.append((self.chip.writes + pages, happen))

    async def plug(self, *, in_boot: bool = False) -> None:
        """Power on; `in_boot`: or started anew into its boot program."""
        await self._port_is_free()
        is_boot = in_boot or not self.is_running
        self._boot, self._is_open = DfuBoot(self.chip, self._after_page, transfer=self.transfer), False
        self._cable = Cable(self._vm, self._dfu() if is_boot else self._serial_port(), (BUS,))
        await self._cable.plug()

    def unplug(self) -> None:
        """Power off."""
        if self._cable is not None:
            self._cable.unplug()
            self._cable = None

    def _dfu(self) -> UsbDevice:
        dfu = Interface((0xFE, 1, 2), (), ALTERNATES[0], self._boot.functional)
        identity = Identity(VID, BOOT, self._serial, MAKER, f"{NAME} DFU", (dfu,))
        return UsbDevice(identity, request=self._asked)

    def _serial_port(self) -> UsbDevice:
        identity = Identity(VID, RUNNING, self._serial, MAKER, NAME, CDC, code=(2, 0, 0))
        return UsbDevice(identity, request=self._line)

    def _asked(self, setup: bytes, data: bytes) -> bytes | None:
        try:
            return self._boot.request(setup, data)
        except Pulled:
            return None

    def _line(self, setup: bytes, data: bytes) -> bytes | None:
        """The requests of the communications class; DTR falling at 1200 baud starts the boot program."""
        _kind, number, value, _index, _length = struct.unpack("<BBHHH", setup)
        if number == GET_LINE_CODING:
            return self._coding
        if number == SET_LINE_CODING:
            self._coding = data
        elif number == SET_CONTROL_LINES:
            was_open, self._is_open = self._is_open, bool(value & DTR)
            (baud,) = struct.unpack_from("<I", self._coding)
            if was_open and not self._is_open and baud == TOUCH_BAUD:
                self.touches += 1
                self._task = asyncio.create_task(self._start_anew())
        return b""

    async def _start_anew(self) -> None:
        self.unplug()
        await self.plug(in_boot=True)

    async def _port_is_free(self) -> None:
        """The guest has noticed that the last device is gone."""
        script = f"! grep -E '^(hs|ss) +[0-9]+ +(005|006|007)' /sys/devices/platform/vhci_hcd.0/status.{BUS}"
        async with asyncio.timeout(FREED_S):
            while (await asyncio.to_thread(self._vm.run, "/bin/sh", "-c", script)).code:
                await asyncio.sleep(0.2)

    def _after_page(self) -> None:
        for strike in [one for one in self._strikes if self.chip.writes >= one[0]]:
            self._strikes.remove(strike)
            strike[1]()
        if self._cable is None:
            raise Pulled
