"""Reads a chip through its boot program: who it is, and what its flash holds. Never writes.

Writing is avrdude's work; what it wrote is read back by this, which shares no line of code with it."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from medialab_agent.drivers.arduino.serial_port import SerialPort, Silence
from medialab_agent.sdk.trouble import DeviceTrouble, Unreachable
from medialab_wire.texts import Text

ANSWER_S = 3.0
"""Seconds for one answer. 256 bytes take 23 ms at 115200 baud; the rest is for a busy computer."""
KNOCKS, KNOCK_S = 11, 0.2
"""How often and how patiently a boot program is called after a reset; it waits for one to two seconds."""


class NoBootProgram(Exception):
    """Nobody answers at this speed in this language."""


def garbled(detail: str) -> DeviceTrouble:
    """The boot program answers something its protocol does not know."""
    return Unreachable(
        "bad-answer",
        Text(de="Das Gerät antwortet Unverständliches.", en="The device answers something unintelligible."),
        Text(de="Das Gerät ab- und wieder anstecken.", en="Unplug the device and plug it in again."),
        detail,
    )


@dataclass(frozen=True)
class ChipSaid:
    """Who answers. `signature` is six hex digits, `boot` the boot program's version."""

    signature: str
    boot: str


class BootReader(ABC):
    """A conversation with a boot program on an open port."""

    def __init__(self, port: SerialPort) -> None:
        self._port = port

    @abstractmethod
    async def greet(self) -> ChipSaid:
        """Reset the board and ask who it is. Raises `NoBootProgram` or `DeviceTrouble`."""

    @abstractmethod
    async def read(self, address: int, length: int) -> bytes:
        """So many bytes of flash, at most 256; the address is even."""

    @abstractmethod
    async def leave(self) -> None:
        """Start the program."""


class Stk500v1(BootReader):
    """Uno, Nano and their clones: Atmel AVR061, in the subset of optiboot (optiboot.c, read) and ATmegaBOOT."""

    async def greet(self) -> ChipSaid:
        await self._port.reset()
        await self._synchronise()
        signature = (await self._ask(b"\x75", 3)).hex()
        major = (await self._ask(b"\x41\x81", 1))[0]
        minor = (await self._ask(b"\x41\x82", 1))[0]
        await self._ask(b"\x50", 0)
        return ChipSaid(signature, f"{major}.{minor}")

    async def read(self, address: int, length: int) -> bytes:
        await self._ask(b"\x55" + (address // 2).to_bytes(2, "little"), 0)
        return await self._ask(b"\x74" + length.to_bytes(2, "big") + b"F", length)

    async def leave(self) -> None:
        await self._ask(b"\x51", 0)

    async def _synchronise(self) -> None:
        for _ in range(KNOCKS):
            self._port.forget()
            await self._port.write(b"\x30\x20")
            try:
                if await self._port.read(2, KNOCK_S) == b"\x14\x10":
                    await self._settle()
                    return
            except Silence:
                continue
        raise NoBootProgram

    async def _settle(self) -> None:
        """Answers to earlier calls may still come: wait until it is quiet, then make sure of the order."""
        while True:
            try:
                await self._port.read(1, 0.03)
            except Silence:
                break
        await self._ask(b"\x30", 0)

    async def _ask(self, command: bytes, length: int) -> bytes:
        await self._port.write(command + b"\x20")
        try:
            answer = await self._port.read(length + 2, ANSWER_S)
        except Silence as error:
            raise garbled(f"no answer to {command[:1].hex()}") from error
        if answer[:1] != b"\x14" or answer[-1:] != b"\x10":
            raise garbled(f"{command[:1].hex()}: {answer[:4].hex()}")
        return answer[1:-1]


class Stk500v2(BootReader):
    """Mega 2560: Atmel AVR068, in the subset of Arduino's stk500boot (stk500boot.c, read)."""

    def __init__(self, port: SerialPort) -> None:
        super().__init__(port)
        self._sequence = 0

    async def greet(self) -> ChipSaid:
        await self._port.reset()
        await self._synchronise()
        signature = b"".join([await self._signature(place) for place in range(3)]).hex()
        major = (await self._ask(b"\x03\x91", 1))[0]
        minor = (await self._ask(b"\x03\x92", 1))[0]
        return ChipSaid(signature, f"{major}.{minor}")

    async def read(self, address: int, length: int) -> bytes:
        await self._ask(b"\x06" + (0x8000_0000 | address // 2).to_bytes(4, "big"), 0)
        return (await self._ask(b"\x14" + length.to_bytes(2, "big") + b"\x20", length + 1))[:-1]

    async def leave(self) -> None:
        await self._ask(b"\x11\x01\x01", 0)

    async def _signature(self, place: int) -> bytes:
        return (await self._ask(bytes([0x1B, 0x04, 0x30, 0x00, place, 0x00]), 2))[:1]

    async def _synchronise(self) -> None:
        for _ in range(KNOCKS):
            self._port.forget()
            try:
                await self._exchange(b"\x01", KNOCK_S)
                return
            except (Silence, DeviceTrouble):
                continue
        raise NoBootProgram

    async def _ask(self, body: bytes, length: int) -> bytes:
        try:
            answer = await self._exchange(body, ANSWER_S)
        except Silence as error:
            raise garbled(f"no answer to {body[:1].hex()}") from error
        if answer[:2] != body[:1] + b"\x00" or len(answer) < length + 2:
            raise garbled(f"{body[:1].hex()}: {answer[:4].hex()}")
        return answer[2 : 2 + length]

    async def _exchange(self, body: bytes, seconds: float) -> bytes:
        """One framed message and its answer: start, number, size, token, body, checksum."""
        self._sequence = (self._sequence + 1) % 256
        frame = bytes([0x1B, self._sequence]) + len(body).to_bytes(2, "big") + b"\x0e" + body
        await self._port.write(frame + bytes([_xor(frame)]))
        head = await self._port.read(5, seconds)
        size = int.from_bytes(head[2:4], "big")
        if head[:2] != frame[:2] or head[4] != 0x0E or size > 300:
            raise garbled(head.hex())
        rest = await self._port.read(size + 1, ANSWER_S)
        if _xor(head + rest) != 0:
            raise garbled("checksum")
        return rest[:-1]


def _xor(data: bytes) -> int:
    total = 0
    for byte in data:
        total ^= byte
    return total


READERS: dict[str, type[BootReader]] = {"stk500v1": Stk500v1, "stk500v2": Stk500v2}
