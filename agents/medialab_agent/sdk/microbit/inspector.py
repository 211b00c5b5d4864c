"""Looks into a program before it goes to a board: for which chip it was built, and what made it; pure."""

from dataclasses import dataclass
from enum import StrEnum

from medialab_agent.sdk.microbit.hexfile import BadHex, HexFile, Memory, read_hex

RAM = 0x20000000
UICR = range(0x10001000, 0x10002000)
"""Settings beside the program (nRF51 Reference Manual and nRF52833 Product Specification, UICR)."""
TABLES = (0x0, 0x18000, 0x1C000)
"""Where a program's vectors may stand: bare, behind S110 on nRF51, behind MBR and S113 on nRF52833
(calliope-edu/mini-connection-widget; codal-microbit-v2: ld/nrf52833-softdevice.ld)."""
MAKECODE = bytes.fromhex("708E3B92C615A841C49866C975EE5197")
MICROPYTHON = (bytes.fromhex("FE307F59"), bytes.fromhex("9DD7B1C1"))
"""Begin of MakeCode's embedded source, and begin and end of MicroPython's layout table on V2
(calliope-edu/mini-connection-widget)."""
MICROPYTHON_V1 = (0x100010C0, 0x17EEB07C)
"""The word MicroPython for V1 leaves in UICR (microbit-foundation/microbit-fs: uicr.ts)."""


class Chip(StrEnum):
    """The chips these boards have."""

    NRF51 = "nRF51822"
    NRF52 = "nRF52833"


class Maker(StrEnum):
    """What a program was made with, as far as it shows."""

    MAKECODE = "makecode"
    MICROPYTHON = "micropython"
    OTHER = "other"


class Misfit(StrEnum):
    """Why a program does not belong on a board."""

    BROKEN = "broken"
    OTHER_BOARD = "other-board"
    OTHER_CHIP = "other-chip"
    TOO_MUCH_RAM = "too-much-ram"
    OUTSIDE = "outside"
    NO_PROGRAM = "no-program"


class WrongProgram(Exception):
    """This program is not for this board."""

    def __init__(self, why: Misfit, detail: str = "") -> None:
        super().__init__(f"{why.value} {detail}".strip())
        self.why = why


@dataclass(frozen=True)
class Room:
    """What a board offers a program. Sizes in bytes; `hex_ids`: its own first, then the one that stands for it."""

    chip: Chip
    flash: int
    ram: int
    hex_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Findings:
    """What a program says about itself. `ram_end`: the highest initial stack pointer of its vector tables."""

    chip: Chip
    ram_end: int
    maker: Maker
    size: int


def fitting(content: bytes, room: Room) -> Memory:
    """The part of a hex file meant for a board, checked to be for its chip and its memory. Raises `WrongProgram`."""
    try:
        file = read_hex(content)
    except BadHex as error:
        raise WrongProgram(Misfit.BROKEN, str(error)) from error
    memory = _part(file, room)
    found = inspect(memory)
    if found.chip is not room.chip:
        raise WrongProgram(Misfit.OTHER_CHIP, found.chip.value)
    if found.ram_end > RAM + room.ram:
        raise WrongProgram(Misfit.TOO_MUCH_RAM, f"{(found.ram_end - RAM) // 1024} KB")
    if not memory.lies_in(range(room.flash), UICR):
        raise WrongProgram(Misfit.OUTSIDE)
    return memory


def inspect(memory: Memory) -> Findings:
    """Raises `WrongProgram` when nothing in it can start."""
    tables = [at for at in TABLES if _starts(memory, at)]
    if not tables or tables[0] != 0:
        raise WrongProgram(Misfit.NO_PROGRAM)
    # DAPLink (microbitv2.c, board_detect_incompatible_image): Cortex-M0 has no memory, bus and usage fault.
    chip = Chip.NRF52 if any(memory.read(tables[-1] + 0x10, 12, 0)) else Chip.NRF51
    return Findings(chip, max(memory.word(at) for at in tables), maker(memory), memory.size)


def maker(memory: Memory) -> Maker:
    """By marks MakeCode and MicroPython leave in every program."""
    if any(MAKECODE in data for _at, data in memory.runs):
        return Maker.MAKECODE
    if memory.word(MICROPYTHON_V1[0]) == MICROPYTHON_V1[1] or all(
        any(mark in data for _at, data in memory.runs) for mark in MICROPYTHON
    ):
        return Maker.MICROPYTHON
    return Maker.OTHER


def _part(file: HexFile, room: Room) -> Memory:
    memory = file.meant_for(*room.hex_ids)
    if memory is None:
        raise WrongProgram(Misfit.OTHER_BOARD, " ".join(f"{board:04x}" for board in file.boards))
    return memory


def _starts(memory: Memory, at: int) -> bool:
    """A stack pointer into RAM and a reset vector in Thumb code behind it."""
    stack, reset = memory.word(at), memory.word(at + 4)
    return RAM < stack <= RAM + 0x100000 and reset & 1 == 1 and 0 < reset < 0x100000 and stack % 4 == 0
