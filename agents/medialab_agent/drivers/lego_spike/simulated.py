"""The inside of a simulated hub: slots, a name, a battery, a firmware, and LEGO's messages."""

import asyncio
import struct
from typing import Protocol

from medialab_agent.drivers.lego_spike import messages as m
from medialab_agent.drivers.lego_spike.cobs import BadFrame, Deframer, pack
from medialab_agent.drivers.lego_spike.hub import CONTROL
from medialab_agent.drivers.lego_spike.messages import Id
from medialab_agent.sdk.simulator import Fault

STUBBORN = 7
"""With `Fault.RESIDUE`: the slot that stays as it was; see `SimulatedHub.stubborn`."""
PACKET, MESSAGE, CHUNK = 509, 1024, 456
"""Bytes; sizes a hub tells."""
OFFICIAL = (1, 8, 149)
"""Firmware version as new."""


class Shell(Protocol):
    """What the inside needs of the outside."""

    faults: set[Fault]

    def send(self, packet: bytes) -> None:
        """A notification."""

    def renamed(self) -> None:
        """It has another name."""

    async def hesitate(self) -> None:
        """See `BleSimulator`."""

    def dies(self) -> bool:
        """See `BleSimulator`."""

    def did(self, verb: str, subject: str = "") -> None:
        """See `BleSimulator`."""

    def hang_up(self) -> None:
        """The connection breaks."""

    def restart(self) -> None:
        """It is off for a moment."""


class SimulatedHub:
    """What survives a connection, and what does not."""

    def __init__(self, name: str, uuid: bytes, shell: Shell) -> None:
        self.name, self.uuid, self.firmware = name, uuid, OFFICIAL
        self.battery, self.motors, self.is_running = 83, 2, False
        self.is_unstoppable = False
        self.stubborn, self.is_stubborn_openly = STUBBORN, False
        """Which slot keeps its program with `Fault.RESIDUE`, and whether it refuses to be cleared instead of lying."""
        self.clears_by_rote = ""
        """`always` or `never`: acknowledges to clear a slot so, whatever was there."""
        self.programs: dict[int, str] = {}
        self.uploaded: dict[bytes, bytearray] = {}
        self.chunks, self.chunks_left = 0, -1
        """How many pieces came; after how many more the connection breaks, never when negative."""
        self._shell = shell
        self.begin()

    def begin(self) -> None:
        """Somebody connected."""
        self._deframer = Deframer()
        self._upload: tuple[str, int] | bytes | None = None
        self._running_crc = 0
        self._telling: asyncio.Task[None] | None = None

    def end(self) -> None:
        """The connection is over."""
        if self._telling is not None:
            self._telling.cancel()

    async def receive(self, packet: bytes) -> None:
        """What was written to RX."""
        await self._shell.hesitate()
        try:
            messages = self._deframer.feed(packet)
        except BadFrame:
            return
        for message in messages:
            answer = self._answer(message)
            if answer:
                self._send(answer)

    def _send(self, message: bytes) -> None:
        frame = b"\x09\x09\x02" if Fault.GARBAGE in self._shell.faults else pack(message)
        for at in range(0, len(frame), PACKET):
            self._shell.send(frame[at : at + PACKET])

    def _answer(self, message: bytes) -> bytes:
        kind, rest = message[0], message[1:]
        match kind:
            case Id.INFO:
                return struct.pack("<BBBHBBHHHHH", Id.INFO_IS, 1, 0, 47, *self.firmware, PACKET, MESSAGE, CHUNK, 0)
            case Id.GET_NAME:
                return bytes([Id.NAME_IS]) + self.name.encode() + b"\0"
            case Id.UUID:
                return bytes([Id.UUID_IS]) + self.uuid
            case Id.NOTIFY:
                return self._notify(int.from_bytes(rest[:2], "little"))
        if self._shell.dies():
            return b""
        changes = {
            Id.PROGRAM: self._program,
            Id.CLEAR: self._clear,
            Id.SET_NAME: self._set_name,
            Id.START_FILE: self._start_file,
            Id.CHUNK: self._chunk,
            Id.START_FIRMWARE: self._start_firmware,
            Id.BEGIN_FIRMWARE: self._begin_firmware,
        }
        change = changes.get(Id(kind)) if kind in list(Id) else None
        return change(rest) if change else b""

    def _status(self, kind: Id, is_done: bool) -> bytes:
        return bytes([kind, m.ACKNOWLEDGED if is_done else m.REFUSED])

    def _program(self, rest: bytes) -> bytes:
        was_running = self.is_running
        self.is_running = (rest[0] == m.START and rest[1] in self.programs) or self.is_unstoppable
        if was_running and not self.is_running:
            self._shell.did("stop")
        return self._status(Id.PROGRAM_IS, was_running or self.is_running)

    def _clear(self, rest: bytes) -> bytes:
        slot = rest[0]
        if self.clears_by_rote:
            self.programs.pop(slot, None)
            return self._status(Id.CLEAR_IS, self.clears_by_rote == "always")
        if slot not in self.programs or Fault.REFUSE in self._shell.faults:
            return self._status(Id.CLEAR_IS, False)
        keeps = slot == self.stubborn and Fault.RESIDUE in self._shell.faults
        if keeps and self.is_stubborn_openly:
            return self._status(Id.CLEAR_IS, False)
        name = self.programs[slot]
        self._shell.did("check" if name == CONTROL else "clear", f"slot {slot}")
        if not keeps:
            del self.programs[slot]
        return self._status(Id.CLEAR_IS, True)

    def _set_name(self, rest: bytes) -> bytes:
        self.name = rest.split(b"\0")[0].decode("utf-8", "replace")
        self._shell.did("rename")
        self._shell.renamed()
        return self._status(Id.SET_NAME_IS, True)

    def _start_file(self, rest: bytes) -> bytes:
        name, _, told = rest.partition(b"\0")
        slot = told[0]
        self._upload, self._running_crc = (name.decode("utf-8", "replace"), slot), 0
        return self._status(Id.START_FILE_IS, slot < m.SLOTS)

    def _chunk(self, rest: bytes) -> bytes:
        if not self.chunks_left:
            self.chunks_left = -1
            self._shell.hang_up()
            return b""
        self.chunks, self.chunks_left = self.chunks + 1, self.chunks_left - 1
        crc, size = struct.unpack("<IH", rest[:6])
        data = rest[6:]
        self._running_crc = m.checksum(data, self._running_crc)
        is_right = self._upload is not None and size == len(data) <= CHUNK and crc == self._running_crc
        if is_right and isinstance(self._upload, tuple):
            name, slot = self._upload
            if slot not in self.programs or self.programs[slot] != name:
                self._shell.did("check" if name == CONTROL else "upload", f"slot {slot}")
            self.programs[slot] = name
        elif is_right and isinstance(self._upload, bytes):
            self.uploaded[self._upload] += data
        return self._status(Id.CHUNK_IS, is_right)

    def _start_firmware(self, rest: bytes) -> bytes:
        sha = rest[:20]
        there = self.uploaded.setdefault(sha, bytearray())
        self._upload, self._running_crc = sha, m.checksum(bytes(there)) if there else 0
        return bytes([Id.START_FIRMWARE_IS, m.ACKNOWLEDGED]) + len(there).to_bytes(4, "little")

    def _begin_firmware(self, rest: bytes) -> bytes:
        """Installs what is whole by its checksum; the new version stands in the first bytes of a simulated image."""
        data = bytes(self.uploaded.get(rest[:20], b""))
        if not data or m.checksum(data) != int.from_bytes(rest[20:24], "little"):
            return self._status(Id.BEGIN_FIRMWARE_IS, False)
        major, minor, build = data[:32].split(b"\0")[0].decode().split(".")
        self.firmware = (int(major), int(minor), int(build))
        self._shell.did("firmware")
        self._shell.restart()
        return self._status(Id.BEGIN_FIRMWARE_IS, True)

    def _notify(self, every_ms: int) -> bytes:
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None
        if every_ms:
            self._telling = asyncio.create_task(self._tell(every_ms / 1000))
        return self._status(Id.NOTIFY_IS, True)

    async def _tell(self, every_s: float) -> None:
        """Real hubs tell at the end of the interval; the first one comes at once here."""
        while True:
            await asyncio.sleep(0)
            power, speed = (5000, 50) if self.is_running else (0, 0)
            motors = b"".join(
                struct.pack("<BBBhhbi", 10, port, 0x30, 0, power, speed, 0) for port in range(self.motors)
            )
            payload = bytes([0, self.battery]) + motors
            self._send(struct.pack("<BH", Id.DEVICE, len(payload)) + payload)
            await asyncio.sleep(every_s)
