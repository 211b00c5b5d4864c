"""The boot program of the Mega 2560: STK500 version 2 (Atmel AVR068) in the subset of Arduino's stk500boot.c (read)."""

from medialab_agent.drivers.arduino.simulated.chip import Chip

START, TOKEN = 0x1B, 0x0E
OK, FAILED, UNKNOWN = 0x00, 0xC0, 0xC9
SIGN_ON, SET_PARAMETER, GET_PARAMETER, ADDRESS, ENTER, LEAVE, ERASE = 0x01, 0x02, 0x03, 0x06, 0x10, 0x11, 0x12
WRITE_FLASH, READ_FLASH, READ_EEPROM, READ_SIGNATURE, SPI_MULTI = 0x13, 0x14, 0x16, 0x1B, 0x1D
PARAMETERS = {0x90: 0x0F, 0x91: 0x02, 0x92: 0x0A}
"""Hardware 15, software 2.10: what stk500boot answers."""


class Stk500v2:
    """Takes bytes, gives bytes. `is_done`: it was told to start the program."""

    def __init__(self, chip: Chip, *, refuses: bool = False) -> None:
        self._chip, self._refuses = chip, refuses
        self._buffer = bytearray()
        self._address = 0
        self.is_done = False

    def take(self, data: bytes) -> bytes:
        """The answers to every message that is complete by now."""
        self._buffer += data
        answers = bytearray()
        while (start := self._buffer.find(START)) >= 0:
            del self._buffer[:start]
            size = int.from_bytes(self._buffer[2:4], "big")
            if len(self._buffer) < 6 or len(self._buffer) < size + 6:
                break
            message = bytes(self._buffer[: size + 6])
            del self._buffer[: size + 6]
            if message[4] == TOKEN and _xor(message) == 0:
                answers += _framed(message[1], self._answer(message[5:-1].ljust(10, b"\0")))
        return bytes(answers)

    def _answer(self, body: bytes) -> bytes:
        command = body[0]
        if command == SIGN_ON:
            return bytes([command, OK, 8]) + b"AVRISP_2"
        if command == WRITE_FLASH and self._refuses:
            return bytes([command, FAILED])
        found = self._carry_out(command, body)
        return bytes([command, UNKNOWN]) if found is None else bytes([command, OK]) + found

    def _carry_out(self, command: int, body: bytes) -> bytes | None:
        match command:
            case 0x02 | 0x10 | 0x12:
                return b""
            case 0x03:
                return bytes([PARAMETERS.get(body[1], 0)])
            case 0x06:
                self._address = (int.from_bytes(body[1:5], "big") & 0x7FFF_FFFF) * 2
                return b""
            case 0x11:
                self.is_done = True
                return b""
            case 0x13:
                self._chip.write(self._address, body[10 : 10 + int.from_bytes(body[1:3], "big")])
                self._address += int.from_bytes(body[1:3], "big")
                return b""
            case 0x14 | 0x16:
                return self._read(command, int.from_bytes(body[1:3], "big"))
            case 0x1B:
                return bytes([self._chip.part.signature[body[4] % 3], OK])
            case 0x1D:
                return self._spi(body)
        return None

    def _read(self, command: int, length: int) -> bytes:
        memory, place = (
            (self._chip.flash, self._address) if command == READ_FLASH else (self._chip.eeprom, self._address // 2)
        )
        self._address += length
        return bytes(memory[place : place + length]) + bytes([OK])

    def _spi(self, body: bytes) -> bytes:
        """avrdude asks for the signature with an SPI instruction (0x30), as of a bare chip."""
        value = self._chip.part.signature[body[6] % 3] if body[4] == 0x30 else 0
        return bytes([0, body[4], 0, value, OK])


def _framed(number: int, body: bytes) -> bytes:
    frame = bytes([START, number]) + len(body).to_bytes(2, "big") + bytes([TOKEN]) + body
    return frame + bytes([_xor(frame)])


def _xor(data: bytes) -> int:
    total = 0
    for byte in data:
        total ^= byte
    return total
