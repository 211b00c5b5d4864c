"""The boot program of Leonardo and Micro: AVR109 as Caterina speaks it (Caterina.c of ArduinoCore-avr; read)."""

from collections.abc import Callable

from medialab_agent.drivers.arduino.simulated.chip import Chip

NAME, VERSION = b"CATERIN", b"10"
LENGTHS = {"A": 2, "T": 1, "l": 1, "D": 1, "C": 1, "c": 1, "B": 3, "g": 3}
"""Bytes behind a command."""
PAGE = 128
FUSES = {"r": 0xEF, "F": 0xFF, "N": 0xD8, "Q": 0xCB}
"""Lock bits, low, high and extended fuse (boards.txt, leonardo.bootloader)."""
FAILED, OK, ESCAPE = b"?", b"\r", "\x1b"


class Caterina:
    """Takes bytes, gives bytes. `is_done`: it was told to start the program. `after_page` is called after each page
    that was written."""

    def __init__(self, chip: Chip, after_page: Callable[[], None], *, refuses: bool = False) -> None:
        self._chip, self._after_page, self._refuses = chip, after_page, refuses
        self._buffer = bytearray()
        self._address = 0
        self.is_done = False

    def take(self, data: bytes) -> bytes:
        """The answers to everything that is complete by now."""
        self._buffer += data
        answers = bytearray()
        while self._buffer:
            command = chr(self._buffer[0])
            length = LENGTHS.get(command, 0)
            if command == "B" and len(self._buffer) > length:
                length += int.from_bytes(self._buffer[1:3], "big")
            if len(self._buffer) < 1 + length:
                break
            body = bytes(self._buffer[1 : 1 + length])
            del self._buffer[: 1 + length]
            answers += self._carry_out(command, body)
        return bytes(answers)

    def _carry_out(self, command: str, body: bytes) -> bytes:
        match command:
            case "S" | "V" | "s" | "t" | "a" | "p" | "b" | "r" | "F" | "N" | "Q":
                return self._told(command)
            case "A":
                self._address = int.from_bytes(body, "big") * 2
                return OK
            case "e":
                return self._erase()
            case "B":
                return self._write(chr(body[2]), body[3:])
            case "g":
                return self._read(chr(body[2]), int.from_bytes(body[:2], "big"))
            case "E" | "L" | "P" | "T" | "l":
                self.is_done = self.is_done or command == "E"
                return OK
        return b"" if command == ESCAPE else FAILED

    def _told(self, command: str) -> bytes:
        told = {"S": NAME, "V": VERSION, "t": b"\x44\0", "a": b"Y", "p": b"S", "b": b"Y" + PAGE.to_bytes(2, "big")}
        told["s"] = self._chip.part.signature[::-1]
        return told.get(command) or bytes([FUSES[command]])

    def _erase(self) -> bytes:
        if self._refuses:
            return FAILED
        for page in self._chip.pages:
            self._chip.erase(page)
            self._after_page()
        return OK

    def _read(self, memory: str, length: int) -> bytes:
        if memory == "E":
            place = self._address // 2
            found = bytes(self._chip.eeprom[place : place + length])
        else:
            place = self._address
            found = bytes(self._chip.flash[place : place + length])
        self._address += 2 * length if memory == "E" else length
        return found

    def _write(self, memory: str, data: bytes) -> bytes:
        if memory == "E":
            place = self._address // 2
            self._chip.eeprom[place : place + len(data)] = data
            self._address += 2 * len(data)
        else:
            self._chip.write(self._address, data)
            self._address += len(data)
        self._after_page()
        return OK
