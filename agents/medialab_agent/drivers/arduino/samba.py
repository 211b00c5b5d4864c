"""Boards with a SAMD21, whose boot program speaks SAM-BA over USB (sam_ba_monitor.c of ArduinoCore-samd).

bossac empties the flash; what it left is read back by a reader that shares no line of code with it."""

import re
from contextlib import suppress

from medialab_agent.drivers.arduino.boards import Board
from medialab_agent.drivers.arduino.boot_mode import BootSaid, Left, greeted, not_blank, own_usb
from medialab_agent.drivers.arduino.boot_reader import ANSWER_S, garbled
from medialab_agent.drivers.arduino.device import Device
from medialab_agent.drivers.arduino.serial_port import SerialPort, Silence, opened
from medialab_agent.drivers.arduino.words import no_answer
from medialab_agent.sdk.program import Ended, Program, failed, run
from medialab_agent.sdk.steps import Say
from medialab_agent.sdk.trouble import DeviceTrouble

BAUD = 115_200
"""Any would do: there is no serial line."""
READ_SIZE = 63
"""Bytes asked for at a time: these boot programs spoil answers of 64 and more over USB (BOSSA, Samba.cpp)."""
CPUID, CORTEX_M0 = 0xE000_ED00, 0xC600
"""Which core it is, and what the part number of a Cortex-M0+ looks like (BOSSA, Device.cpp)."""
DSU_DID, DSU_MASK = 0x4100_2018, 0xFFFF_00FF
"""Which chip it is, die and revision left out (the same; SAM D21 data sheet, DSU.DID)."""
SERIAL_WORDS = (0x0080_A00C, 0x0080_A040, 0x0080_A044, 0x0080_A048)
"""Its serial number, which its programs show over USB as well (ArduinoCore-samd, CDC.cpp)."""
BOOT_VECTOR = 4
"""Where the boot program begins; never zero. A secured board answers zero for all of its flash."""
GONE_S = 0.5
"""Seconds until a board that was told to start anew has left the bus."""
RESET = b"WE000ED0C,05FA0004#"
"""Application interrupt and reset control: start anew (BOSSA, Device.cpp)."""


class SamBa:
    """See `BootProgram`."""

    def __init__(self, device: Device, board: Board) -> None:
        self._device, self._own = device, own_usb(board)

    async def identify(self) -> BootSaid:
        """See `BootProgram`."""
        with opened(self._device.tty, BAUD) as port:
            return await _Reader(port).greet()

    async def left(self, most: int | None = None) -> Left:
        """See `BootProgram`. These chips have no EEPROM: what programs keep lies within the flash."""
        with opened(self._device.tty, BAUD) as port:
            reader = _Reader(port)
            await reader.greet()
            if not await reader.word(BOOT_VECTOR):
                return Left(None, 0)
            end = min(self._own.end, self._own.start + (most or self._own.end))
            return Left(await not_blank(reader.flash, self._own.start, end, READ_SIZE), 0)

    async def empty(self, say: Say, deadline_s: float) -> Ended:
        """See `BootProgram`. Never without the offset: in front of it lies the boot program."""
        arguments = ("-p", self._device.tty, "--usb-port=1", f"--offset={self._own.start:#x}", "-e")
        program = Program(self._device.bossac(), arguments, deadline_s, self._device.stall_s)
        say(0.1)
        return await run(program, None, self._device.is_there)

    def why(self, ended: Ended) -> Exception:
        """See `BootProgram`."""
        return failed("bossac", ended)

    async def leave(self) -> None:
        """See `BootProgram`."""
        with opened(self._device.tty, BAUD) as port, suppress(DeviceTrouble, Silence):
            await port.write(RESET)
            await port.read(1, GONE_S)  # until the port vanishes: an order on its way may be lost with a closed one


class _Reader:
    """A conversation with the boot program on an open port. Never writes."""

    def __init__(self, port: SerialPort) -> None:
        self._port = port

    async def greet(self) -> BootSaid:
        return await greeted(self._port, self._greet)

    async def _greet(self) -> BootSaid:
        try:
            await self._ask(b"N#", 2)
        except Silence as error:
            raise no_answer() from error
        version = await self._version()
        if await self.word(CPUID) & 0xFFF0 != CORTEX_M0:
            return BootSaid(version, is_known=False, chip="other core")
        chip = await self.word(DSU_DID) & DSU_MASK
        words = [await self.word(address) for address in SERIAL_WORDS]
        serial = "".join(f"{word:08X}" for word in words) if any(words) else ""
        return BootSaid(version, "[Arduino:" in version, f"{chip:08x}", serial)

    async def word(self, address: int) -> int:
        return int.from_bytes(await self._answer(f"w{address:08X},4#", 4), "little")

    async def flash(self, address: int, length: int) -> bytes:
        return await self._answer(f"R{address:08X},{length:08X}#", length)

    async def _version(self) -> str:
        await self._port.write(b"V#")
        try:
            said = (await self._port.line(ANSWER_S)).decode("ascii", "replace")
        except Silence as error:
            raise garbled("no version") from error
        await self._port.read(1, ANSWER_S)  # the carriage return behind the line feed
        if not re.fullmatch(r"v[ -~]{1,99}", said):
            raise garbled("no version")
        return said

    async def _answer(self, command: str, length: int) -> bytes:
        try:
            return await self._ask(command.encode("ascii"), length)
        except Silence as error:
            raise garbled(f"no answer to {command[:1]}") from error

    async def _ask(self, command: bytes, length: int) -> bytes:
        await self._port.write(command)
        return await self._port.read(length, ANSWER_S)
