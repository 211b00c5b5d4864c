"""The cable: USB/IP between a device simulated on the host and the guest's vhci_hcd.

Protocol: kernel Documentation/usb/usbip_protocol.rst. The kernel takes over the guest's end of a TCP connection, so
no program in the guest stands between the device and its driver."""

import asyncio
import contextlib
import struct
from collections import defaultdict, deque
from collections.abc import Sequence

from tests.virtual_lab.usb.device import UsbDevice, UsbFault
from tests.virtual_lab.vm import Vm

SUBMIT, UNLINK, SUBMITTED, UNLINKED = 1, 2, 3, 4
HEAD = struct.Struct(">5I")
HEAD_BYTES = 48
STALLED, TAKEN_BACK = -32, -104
"""-EPIPE and -ECONNRESET, as Linux counts them."""
HIGH_SPEED = 3
"""USB_SPEED_HIGH (linux/usb/ch9.h)."""
TO_HOST = 1
ALL_BUSES = tuple(range(8))
"""Debian's kernel has eight of them (CONFIG_USBIP_VHCI_NR_HCS)."""


class Cable:
    """Plugs one device in and pulls it out; it may be plugged in again."""

    def __init__(self, vm: Vm, device: UsbDevice, buses: Sequence[int] = ALL_BUSES) -> None:
        """`buses`: the controllers with a suitable port, by number."""
        self.device, self._vm, self._buses = device, vm, buses
        self._waiting: dict[int, deque[tuple[int, int]]] = defaultdict(deque)
        self._ready: dict[int, deque[bytes]] = defaultdict(deque)
        self._writer: asyncio.StreamWriter | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def is_plugged(self) -> bool:
        return self._writer is not None

    async def plug(self, buses: Sequence[int] = ()) -> None:
        """Connect it to a free port of the guest, of these controllers if told. Raises LabError when there is none."""
        wanted = {"do": "usb", "speed": HIGH_SPEED, "buses": list(buses or self._buses)}
        connection = await asyncio.to_thread(self._vm.ask, wanted)
        connection.settimeout(None)
        reader, self._writer = await asyncio.open_connection(sock=connection)
        self.device.send = self._send
        self._serving = asyncio.create_task(self._serve(reader, self._writer))

    def unplug(self) -> None:
        """Pull it, in the midst of whatever goes on."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        if self._serving is not None:
            self._serving.cancel()
            self._serving = None
        self._waiting.clear()
        self._ready.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readexactly(HEAD_BYTES)
                command, number, _device, direction, endpoint = HEAD.unpack_from(head)
                size = struct.unpack_from(">I", head, 24)[0]
                sent = await reader.readexactly(size) if command == SUBMIT and direction != TO_HOST else b""
                if UsbFault.SILENT in self.device.faults and command == SUBMIT:
                    self._waiting[endpoint].append((number, size))
                elif command == UNLINK:
                    self._unlink(writer, number, struct.unpack_from(">I", head, 20)[0])
                elif endpoint == 0:
                    self._control(number, head[40:48], sent, size if direction == TO_HOST else None)
                elif direction == TO_HOST:
                    self._waiting[endpoint].append((number, size))
                    self._flush(endpoint)
                else:
                    self._answer(number, 0, length=len(sent))
                    self.device.receive(endpoint, sent)

    def _control(self, number: int, setup: bytes, sent: bytes, room: int | None) -> None:
        told = self.device.control(setup, sent)
        if told is None:
            self._answer(number, STALLED)
        elif room is None:
            self._answer(number, 0, length=len(sent))
        else:
            self._answer(number, 0, told[:room])

    def _unlink(self, writer: asyncio.StreamWriter, number: int, victim: int) -> None:
        """The host takes a request back; it may have been answered in the meantime."""
        found = False
        for queue in self._waiting.values():
            for entry in [entry for entry in queue if entry[0] == victim]:
                queue.remove(entry)
                found = True
        writer.write(HEAD.pack(UNLINKED, number, 0, 0, 0) + struct.pack(">i24x", TAKEN_BACK if found else 0))

    def _send(self, endpoint: int, data: bytes) -> None:
        """Queue one transfer towards the host; each answers one request, or several when it is longer."""
        self._ready[endpoint].append(data)
        self._flush(endpoint)

    def _flush(self, endpoint: int) -> None:
        ready, waiting = self._ready[endpoint], self._waiting[endpoint]
        while ready and waiting:
            number, room = waiting.popleft()
            data = ready.popleft()
            if len(data) > room:
                ready.appendleft(data[room:])
            self._answer(number, 0, data[:room])

    def _answer(self, number: int, status: int, data: bytes = b"", length: int | None = None) -> None:
        if self._writer is None:
            return
        size = len(data) if length is None else length
        head = HEAD.pack(SUBMITTED, number, 0, 0, 0) + struct.pack(">iIiIi8x", status, size, 0, 0, 0)
        self._writer.write(head + data)
