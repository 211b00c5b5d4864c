"""Runs the default program for nRF52833 on an emulated Cortex-M4 (unicorn) beside a model of the interface chip.

Not a pytest module: it runs with the peer's Python, `cortex.py IMAGE NONCE SECTOR FAULT LOG...`, and prints JSON. The
interface chip's I2C storage follows DAPLink (source/board/microbitv2/i2c_commands.c, storage_common.c): after a write
the answer waits and the ready pin is low; a read fetches it once, and then it says busy."""

import json
import sys
from pathlib import Path

from unicorn import UC_ARCH_ARM, UC_MODE_MCLASS, UC_MODE_THUMB, Uc
from unicorn.arm_const import UC_ARM_REG_LR, UC_ARM_REG_MSP, UC_ARM_REG_PC, UC_ARM_REG_SP

FLASH, RAM, DEVICE = 512 * 1024, 128 * 1024, (0x89ABCDEF, 0x12345678)
SLICE, RETURN = 3000, 0x70000
"""Instructions between two interrupts; an address no program runs at."""


class Storage:
    """The interface chip at 0x70 and 0x72."""

    def __init__(self, sector, fault, logged):
        self.sector, self.fault = sector, fault
        self.data = bytearray(b"\xff" * (0x20000 - sector))
        for at in logged:
            self.data[at] = 0x41
        self.visible, self.answer, self.remounts, self.erased = bool(logged), None, 0, 0
        self.busy = 0

    def write(self, address, message):
        if address == 0x72:
            self.answer = self._do(message)
            self.busy = 2 if self.fault == "busy" else 0

    def read(self, size):
        if self.busy:
            self.busy -= 1
            return bytes([0x20, 0x39]).ljust(size, b"\0")
        answer, self.answer = self.answer or bytes([0x20, 0x39]), None
        return answer.ljust(size, b"\0")[:size]

    def _do(self, message):
        command = message[0]
        if command == 3:
            return bytes([3, self.visible])
        if command == 5:
            self.visible = False
        elif command == 6:
            return bytes([6, len(self.data) // self.sector])
        elif command == 7:
            return bytes([7]) + self.sector.to_bytes(2, "big")
        elif command == 8:
            self.remounts += 1
        elif command == 10:
            at, size = int.from_bytes(message[1:4], "big"), int.from_bytes(message[4:8], "big")
            return message[:8] + bytes(self.data[at : at + size])
        elif command == 12:
            return self._erase(int.from_bytes(message[1:4], "big"), int.from_bytes(message[5:8], "big"))
        else:
            return bytes([0x20])
        return bytes([command])

    def _erase(self, first, last):
        if first % self.sector or last % self.sector or not first <= last < len(self.data):
            return bytes([0x20])
        if self.fault != "stubborn":
            self.data[first : last + self.sector] = b"\xff" * (last + self.sector - first)
        self.erased += 1
        return bytes([12])


class Board:
    """Registers the program uses: UART, TWIM, TIMER1 and the pins."""

    def __init__(self, image, storage):
        self.uc, self.storage = Uc(UC_ARCH_ARM, UC_MODE_THUMB | UC_MODE_MCLASS), storage
        self.said, self.typed, self.regs, self.pins = bytearray(), bytearray(), {}, set()
        self.uc.mem_map(0, FLASH)
        self.uc.mem_map(0x20000000, RAM)
        self.uc.mem_map(0x10000000, 0x1000)
        self.uc.mem_write(0, image)
        self.uc.mem_write(0x10000060, b"".join(word.to_bytes(4, "little") for word in DEVICE))
        self.uc.mem_write(0x100000A4, bytes.fromhex("665544332211ffff"))
        for base in (0x40000000, 0x50000000, 0xE000E000):
            self.uc.mmio_map(base, 0x10000 if base != 0xE000E000 else 0x1000, self._read, base, self._write, base)
        self.vectors = [int.from_bytes(image[4 * n : 4 * n + 4], "little") for n in range(48)]
        self.uc.reg_write(UC_ARM_REG_MSP, self.vectors[0])
        self.uc.reg_write(UC_ARM_REG_SP, self.vectors[0])
        self.pc = self.vectors[1]

    def _read(self, _uc, offset, _size, base):
        address = base + offset
        if address == 0x4000211C:
            return 1
        if address == 0x40002108:
            return int(bool(self.typed))
        if address == 0x40002518:
            return self.typed.pop(0) if self.typed else 0
        if address == 0x40000100:
            return 1
        if address == 0x50000510:
            return 0 if self.storage.answer is not None else 1 << 25
        return self.regs.get(address, 0)

    def _write(self, _uc, offset, _size, value, base):
        address = base + offset
        self.regs[address] = value
        if address == 0x4000251C:
            self.said.append(value & 0xFF)
        elif address in (0x50000508, 0x5000050C, 0x50000808, 0x5000080C):
            self.pins.add((address, value))
        elif address in (0x40003000, 0x40003008) and value and self.regs.get(0x40003500) == 6:
            self._transfer(is_read=address == 0x40003000)

    def _transfer(self, is_read):
        address = self.regs[0x40003588]
        if is_read:
            data = self.storage.read(self.regs[0x40003538])
            self.uc.mem_write(self.regs[0x40003534], data)
        else:
            data = self.uc.mem_read(self.regs[0x40003544], self.regs[0x40003548])
            self.storage.write(address, bytes(data))
        self.regs[0x40003104] = 1

    def run(self, slices, until):
        """Instructions in slices, the timer's interrupt between them, until something was said."""
        for _ in range(slices):
            self.uc.emu_start(self.pc | 1, RETURN, count=SLICE)
            self.pc = self.uc.reg_read(UC_ARM_REG_PC)
            self._interrupt()
            if until in self.said:
                return True
        return False

    def _interrupt(self):
        if self.regs.get(0x40009000) and self.regs.get(0x40009304) == 1 << 16 and self.regs.get(0xE000E100) == 1 << 9:
            saved = self.uc.context_save()
            self.uc.reg_write(UC_ARM_REG_LR, RETURN | 1)
            self.uc.emu_start(self.vectors[16 + 9] | 1, RETURN)
            self.uc.context_restore(saved)


def main(image, nonce, sector, fault, *logged):
    storage = Storage(int(sector), fault, [int(at) for at in logged])
    board = Board(Path(image).read_bytes(), storage)
    finished = board.run(60000, b"log=blank") if not logged and fault in ("none", "busy") else None
    if finished is None:
        finished = board.run(60000, b"log=failed" if fault == "stubborn" else b"log=erased")
    board.typed += b"MEDIALAB? " + nonce.encode() + b"\n"
    board.run(60000, b"MEDIALAB proof ")
    board.run(200, b"\x00")
    lines = board.said.decode("latin-1").split("\r\n")
    left = sum(byte != 0xFF for byte in storage.data)
    about = {"visible": bool(storage.visible), "remounts": storage.remounts, "erased": storage.erased}
    print(json.dumps({"finished": finished, "lines": lines, "left": left, **about}))


main(*sys.argv[1:])
