"""Leonardo and Micro: the boot program Caterina, which speaks AVR109 (Atmel AVR109; Caterina.c of ArduinoCore-avr).

avrdude empties the chip; what it left is read back by a reader that shares no line of code with it."""

from contextlib import suppress

from medialab_agent.drivers.arduino.avrdude import avrdude, why
from medialab_agent.drivers.arduino.boards import Board
from medialab_agent.drivers.arduino.boot_mode import BootSaid, Left, greeted, not_blank, own_usb
from medialab_agent.drivers.arduino.boot_reader import ANSWER_S, garbled
from medialab_agent.drivers.arduino.device import Device
from medialab_agent.drivers.arduino.program_image import BLANK
from medialab_agent.drivers.arduino.serial_port import SerialPort, Silence, opened
from medialab_agent.drivers.arduino.words import no_answer
from medialab_agent.sdk.program import Ended, in_memory
from medialab_agent.sdk.steps import Say
from medialab_agent.sdk.trouble import DeviceTrouble

BAUD = 57_600
"""Any would do: there is no serial line (boards.txt, leonardo.upload.speed)."""
CATERINA = "CATERIN"
"""Seven bytes of its name (Caterina.h, SOFTWARE_IDENTIFIER)."""
READ_SIZE = 128
"""Bytes asked for at a time: one page of the flash."""
DONE = b"\r"


class Avr109:
    """See `BootProgram`."""

    def __init__(self, device: Device, board: Board) -> None:
        self._device, self._board, self._own = device, board, own_usb(board)

    async def identify(self) -> BootSaid:
        """See `BootProgram`."""
        with opened(self._device.tty, BAUD) as port:
            return await _Reader(port).greet()

    async def left(self, most: int | None = None) -> Left:
        """See `BootProgram`."""
        with opened(self._device.tty, BAUD) as port:
            reader = _Reader(port)
            await reader.greet()
            program = await not_blank(reader.flash, self._own.start, most or self._own.end, READ_SIZE)
            eeprom = None if most else await not_blank(reader.eeprom, 0, self._own.eeprom, READ_SIZE)
        return Left(program, eeprom)

    async def empty(self, say: Say, deadline_s: float) -> Ended:
        """See `BootProgram`. The boot program empties the flash itself, page by page from the beginning: a board
        unplugged in between has no program that could start, and stays in its boot program."""
        with in_memory(BLANK * (self._own.eeprom)) as (fd, path):
            arguments = (
                *("-p", self._board.part, "-c", "avr109", "-b", str(BAUD), "-P", self._device.tty),
                *("-e", "-U", f"eeprom:w:{path}:r"),
            )
            return await avrdude(self._device, arguments, (fd,), deadline_s, say)

    def why(self, ended: Ended) -> Exception:
        """See `BootProgram`."""
        return why(ended)

    async def leave(self) -> None:
        """See `BootProgram`."""
        with opened(self._device.tty, BAUD) as port, suppress(DeviceTrouble):
            await _Reader(port).leave()


class _Reader:
    """A conversation with the boot program on an open port. Never writes."""

    def __init__(self, port: SerialPort) -> None:
        self._port = port

    async def greet(self) -> BootSaid:
        return await greeted(self._port, self._greet)

    async def _greet(self) -> BootSaid:
        try:
            name = (await self._ask(b"S", 7)).decode("ascii", "replace")
        except Silence as error:
            raise no_answer() from error
        if not name.isascii() or not name.isprintable():
            raise garbled("no name")
        version = (await self._answer(b"V", 2)).decode("ascii", "replace")
        signature = (await self._answer(b"s", 3))[::-1].hex()
        shown = f"{version[0]}.{version[1]}" if version.isalnum() and len(version) == 2 else "?"
        return BootSaid(f"{name} {shown}", name == CATERINA, signature)

    async def flash(self, address: int, length: int) -> bytes:
        await self._at(address // 2)
        return await self._answer(b"g" + length.to_bytes(2, "big") + b"F", length)

    async def eeprom(self, address: int, length: int) -> bytes:
        await self._at(address)
        return await self._answer(b"g" + length.to_bytes(2, "big") + b"E", length)

    async def leave(self) -> None:
        await self._answer(b"E", 1)

    async def _at(self, address: int) -> None:
        if (said := await self._answer(b"A" + address.to_bytes(2, "big"), 1)) != DONE:
            raise garbled(f"address: {said.hex()}")

    async def _answer(self, command: bytes, length: int) -> bytes:
        try:
            return await self._ask(command, length)
        except Silence as error:
            raise garbled(f"no answer to {command[:1].hex()}") from error

    async def _ask(self, command: bytes, length: int) -> bytes:
        await self._port.write(command)
        return await self._port.read(length, ANSWER_S)
