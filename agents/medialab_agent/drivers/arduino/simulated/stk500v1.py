"""The boot program of Uno and Nano: STK500 version 1 (Atmel AVR061) as optiboot speaks it (optiboot.c, GPL-2; read)."""

from medialab_agent.drivers.arduino.simulated.chip import Chip

EOP, INSYNC, OK, FAILED = 0x20, 0x14, 0x10, 0x11
SYNC, PARAMETER, DEVICE, DEVICE_EXT, ENTER, LEAVE = 0x30, 0x41, 0x42, 0x45, 0x50, 0x51
ADDRESS, UNIVERSAL, WRITE, READ, SIGNATURE = 0x55, 0x56, 0x64, 0x74, 0x75
LENGTHS = {PARAMETER: 1, DEVICE: 20, DEVICE_EXT: 5, ADDRESS: 2, UNIVERSAL: 4, READ: 3}
"""Bytes between a command and its end mark."""
VERSION = {0x81: 8, 0x82: 3}
"""Major and minor, as optiboot 8.3 gives them."""


class Stk500v1:
    """Takes bytes, gives bytes. `is_done`: it was told to start the program."""

    def __init__(self, chip: Chip, *, refuses: bool = False) -> None:
        self._chip, self._refuses = chip, refuses
        self._buffer = bytearray()
        self._address = 0
        self.is_done = False

    def take(self, data: bytes) -> bytes:
        """The answers to everything that is complete by now."""
        self._buffer += data
        answers = bytearray()
        while self._buffer:
            length = self._length()
            if length is None or len(self._buffer) < length + 2:
                break
            command, body, end = self._buffer[0], bytes(self._buffer[1 : 1 + length]), self._buffer[1 + length]
            del self._buffer[: length + 2]
            if end != EOP:
                self._buffer.clear()
                break
            answers += self._answer(command, body)
        return bytes(answers)

    def _length(self) -> int | None:
        if self._buffer[0] != WRITE:
            return LENGTHS.get(self._buffer[0], 0)
        return None if len(self._buffer) < 3 else 3 + int.from_bytes(self._buffer[1:3], "big")

    def _answer(self, command: int, body: bytes) -> bytes:
        if command == WRITE and self._refuses:
            return bytes([INSYNC, FAILED])
        return bytes([INSYNC]) + self._carry_out(command, body) + bytes([OK])

    def _carry_out(self, command: int, body: bytes) -> bytes:
        match command:
            case 0x41:
                return bytes([VERSION.get(body[0], 3)])
            case 0x55:
                self._address = int.from_bytes(body, "little") * 2
            case 0x56:
                return b"\x00"
            case 0x64:
                self._chip.write(self._address, body[3:])
            case 0x74:
                return bytes(self._chip.flash[self._address : self._address + int.from_bytes(body[:2], "big")])
            case 0x75:
                return self._chip.part.signature
            case 0x51:
                self.is_done = True
        return b""
