"""A USB board: a serial port, and where it has one a command channel, in front of a model that lives on the host.

The guest's own cdc_acm, usbhid and hidraw drive it; the model behind it is the one that is shipped, or a simulated
chip with a real boot program."""

import asyncio
import contextlib
import os
import socket
import struct
import termios
import tty
from collections.abc import Callable, Sequence

from tests.virtual_lab.usb.cable import Cable
from tests.virtual_lab.usb.device import INTERRUPT, Endpoint, Identity, Interface, UsbDevice
from tests.virtual_lab.vm import Vm

LINE_OUT, LINE_IN, NEWS = 0x01, 0x82, 0x83
HID_OUT, HID_IN = 0x04, 0x85
SET_LINE_CODING, GET_LINE_CODING, SET_CONTROL_LINES = 0x20, 0x21, 0x22
"""USB class definitions for communications devices 1.2, PSTN subclass, table 13."""
DTR = 1
HID_REPORT = 0x22
"""Descriptor type (Device Class Definition for HID 1.11, 7.1)."""
REPORT = 64
REPORTS = bytes.fromhex("0600ff0901a10115002600ff00750895400901810295400901910295010901b102c0")
"""64 bytes in, 64 out, of a maker's own meaning, as CMSIS-DAP has it."""
SPEEDS = {1200: termios.B1200, 57_600: termios.B57600, 115_200: termios.B115200}
CDC = (
    Interface(
        (2, 2, 1),
        (Endpoint(NEWS, INTERRUPT, 8, 10),),
        "Serial",
        bytes.fromhex("05240010010524010001042402020524060001"),
    ),
    Interface((10, 0, 0), (Endpoint(LINE_OUT), Endpoint(LINE_IN)), "Data"),
)
"""Header, call management, abstract control and union of interfaces 0 and 1 (the same, table 18 and chapter 5)."""
HID = Interface(
    (3, 0, 0),
    (Endpoint(HID_IN, INTERRUPT, REPORT, 4), Endpoint(HID_OUT, INTERRUPT, REPORT, 4)),
    "CMSIS-DAP",
    bytes.fromhex("092111010001" + f"22{len(REPORTS):02x}00"),
)


class SerialSide:
    """From the USB endpoints to the model's terminal; raising DTR opens it, dropping DTR closes it."""

    def __init__(self, path: Callable[[], str], device: UsbDevice) -> None:
        self._path, self._device = path, device
        self._coding = struct.pack("<IBBB", 115_200, 0, 0, 8)
        self._fd = -1

    def request(self, number: int, value: int, data: bytes) -> bytes | None:
        """The requests of the communications class."""
        if number == GET_LINE_CODING:
            return self._coding
        if number == SET_LINE_CODING:
            self._coding = data
            self._set_speed()
        elif number == SET_CONTROL_LINES:
            (self._open if value & DTR else self.close)()
        return b""

    def receive(self, data: bytes) -> None:
        if self._fd >= 0:
            with contextlib.suppress(OSError):
                os.write(self._fd, data)

    def _open(self) -> None:
        if self._fd < 0:
            self._fd = os.open(self._path(), os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
            tty.setraw(self._fd)
            self._set_speed()
            asyncio.get_running_loop().add_reader(self._fd, self._read)

    def _set_speed(self) -> None:
        (baud,) = struct.unpack_from("<I", self._coding)
        if self._fd >= 0 and baud in SPEEDS:
            mode = termios.tcgetattr(self._fd)
            mode[4] = mode[5] = SPEEDS[baud]
            termios.tcsetattr(self._fd, termios.TCSANOW, mode)

    def close(self) -> None:
        if self._fd >= 0:
            asyncio.get_running_loop().remove_reader(self._fd)
            os.close(self._fd)
            self._fd = -1

    def _read(self) -> None:
        try:
            self._device.send(LINE_IN & 0x7F, os.read(self._fd, 512))
        except OSError:
            self.close()


class CommandSide:
    """From the HID endpoints to the model's socket of whole messages."""

    def __init__(self, path: str, device: UsbDevice) -> None:
        self._device = device
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line.connect(path)
        self._line.setblocking(False)
        asyncio.get_running_loop().add_reader(self._line, self._read)

    def receive(self, report: bytes) -> None:
        """The model expects the number of the report in front, as hidraw writes it."""
        self._line.send(b"\0" + report)

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._line)
        self._line.close()

    def _read(self) -> None:
        if answer := self._line.recv(REPORT):
            self._device.send(HID_IN & 0x7F, answer.ljust(REPORT, b"\0"))
        else:
            asyncio.get_running_loop().remove_reader(self._line)


class UsbBoard:
    """`terminal` gives the path of the model's terminal, `commands` of its command socket (empty: it has none)."""

    def __init__(
        self, vm: Vm, ids: tuple[int, int, str, str, str], terminal: Callable[[], str], commands: str = ""
    ) -> None:
        interfaces = (*CDC, HID) if commands else CDC
        code = (0xEF, 2, 1) if commands else (2, 0, 0)
        self.device = UsbDevice(Identity(*ids, interfaces=interfaces, code=code), self._receive, self._request)
        self._serial = SerialSide(terminal, self.device)
        self._path = commands
        self._commands: CommandSide | None = None
        self._cable = Cable(vm, self.device)

    async def plug(self, buses: Sequence[int] = ()) -> None:
        """The model must be running; `buses`: see `Cable.plug`."""
        if self._path:
            self._commands = CommandSide(self._path, self.device)
        await self._cable.plug(buses)

    def unplug(self) -> None:
        self._cable.unplug()
        self._serial.close()
        if self._commands is not None:
            self._commands.close()
            self._commands = None

    def _receive(self, endpoint: int, data: bytes) -> None:
        if endpoint == LINE_OUT:
            self._serial.receive(data)
        elif endpoint == HID_OUT and self._commands is not None:
            self._commands.receive(data)

    def _request(self, setup: bytes, data: bytes) -> bytes | None:
        kind, number, value, index, _length = struct.unpack("<BBHHH", setup)
        if kind == 0x81:
            return REPORTS if value >> 8 == HID_REPORT else None
        if index == len(CDC):
            return b""
        return self._serial.request(number, value, data)
