"""The boards that are flashed, as mishaps need them: when one writes, what it holds, how its plug is pulled."""

import random
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

from medialab_agent.drivers.arduino.simulated.own_usb_simulator import (
    LEONARDO,
    NANO_33_IOT,
    QUICK_R4,
    OwnUsbModel,
    OwnUsbSimulator,
)
from medialab_agent.drivers.arduino.simulator import MEGA, NANO, UNO, ArduinoSimulator, Model
from medialab_agent.drivers.daplink import boards as daplink
from medialab_agent.drivers.daplink.simulator import DapLinkSimulator
from medialab_agent.drivers.esp.simulator import PLACE, PROGRAM, EspSimulator
from medialab_agent.drivers.jlink_msd.place import ROOM
from medialab_agent.drivers.jlink_msd.simulator import PAGE, JLinkSimulator
from medialab_agent.sdk.firmware import library, shipped_folder
from medialab_agent.sdk.microbit.inspector import Room, fitting
from medialab_agent.sdk.microbit.simulated.chip import Chip
from medialab_agent.sdk.simulator import Simulator
from medialab_wire.progress import Outcome
from medialab_wire.sightings import Sighting

BEAT_S = 0.02
PATIENT_S = 15.0
"""Seconds a boot program waits here for the next word, so that a busy machine is not taken for a mishap. The program of
a Nano is only heard once its boot program has given up, within five seconds."""
RECORD = 16
"""Bytes of one line of the hex files that are sent."""


@dataclass
class ShownDapLink(DapLinkSimulator):
    """`shown` replaces what discovery says of it."""

    shown: dict[str, str] = field(default_factory=dict)

    def sighting(self) -> Sighting:
        """See `Simulator`."""
        return _with(super().sighting(), self.shown)


@dataclass
class ShownJLink(JLinkSimulator):
    """`shown` replaces what discovery says of it."""

    shown: dict[str, str] = field(default_factory=dict)

    def sighting(self) -> Sighting:
        """See `Simulator`."""
        return _with(super().sighting(), self.shown)


def _with(sighting: Sighting, shown: Mapping[str, str]) -> Sighting:
    return sighting.model_copy(update={"facts": {**sighting.facts, **shown}})


class Board(ABC):
    """`families` are the kinds of mishaps it can have, `steps` those of a reset, `run_s` about what one takes on a
    quiet machine, `good` its recorded good state, `best` what can be proven of it when all is well, `unseen` what no
    check can see of what is left; `chip` and `device_class` are as firmware names them."""

    driver: str
    tool = ""
    """The driver's setting that names the program which writes this board."""
    families: frozenset[str]
    device_class: str
    chip: str
    steps: tuple[str, ...]
    run_s: float
    simulator: Simulator
    deadline_s = 20.0
    stall_s = 1.5
    good: Mapping[str, Any] = MappingProxyType({})
    best = Outcome.CLEAN
    unseen: frozenset[str] = frozenset()

    @property
    @abstractmethod
    def writes(self) -> int:
        """How many writes one reset makes; about, where that is the tool's business."""

    @property
    @abstractmethod
    def written(self) -> int:
        """How many writes it has seen."""

    @abstractmethod
    def strike(self, write: int, happen: Callable[[], None]) -> None:
        """Let something happen once, at the write of that number from now."""

    @abstractmethod
    def pull(self) -> None:
        """Pull the plug, and tell nobody."""

    @abstractmethod
    def flip(self, chance: random.Random) -> None:
        """One bit of the program area flips."""

    @abstractmethod
    def wear(self, chance: random.Random) -> Callable[[], None]:
        """A place takes nothing any more; what is returned mends it."""

    @property
    def residue(self) -> dict[str, int]:
        """What is left that can be seen."""
        left = self.simulator.residue()
        return {name: number for name, number in left.items() if number and name not in self.unseen}

    @property
    def image(self) -> tuple[str, bytes, int]:
        """Name, bytes and place of the image that belongs on it."""
        file = shipped_folder() / library().default(self.device_class).id / "image.hex"
        return file.name, file.read_bytes(), 0


class Avr(Board):
    """Arduino boards; avrdude writes them."""

    driver, tool, families = "arduino", "avrdude", frozenset({"image", "signature", "avr", "tool"})
    steps = ("preflight", "write")
    simulator: ArduinoSimulator | OwnUsbSimulator

    def __init__(self, serial: str, model: Model, run_s: float) -> None:
        self.simulator = ArduinoSimulator(serial, model=model, boot_s=4.0 if model is NANO else PATIENT_S)
        self.device_class, self.chip, self.run_s = model.device_class, model.part.name, run_s
        self.deadline_s = 20.0 + 5 * run_s

    @property
    def writes(self) -> int:
        """Pages."""
        return self.simulator.chip.part.application // self.simulator.chip.part.page

    @property
    def written(self) -> int:
        """Pages."""
        return self.simulator.chip.writes

    def strike(self, write: int, happen: Callable[[], None]) -> None:
        """See `Board`."""
        self.simulator.strike(write, happen)

    def pull(self) -> None:
        """See `Board`."""
        self.simulator.pull()

    def flip(self, chance: random.Random) -> None:
        """See `Board`."""
        self.simulator.chip.flash[chance.randrange(0, 600)] ^= 1 << chance.randrange(8)

    def wear(self, chance: random.Random) -> Callable[[], None]:
        """See `Board`."""
        worn = self.simulator.chip.worn
        worn.add(chance.randrange(0, 30))
        return worn.clear


class OwnUsb(Avr):
    """Arduino boards whose chip speaks USB itself. They are emptied; by which tool depends on their boot program."""

    families = frozenset({"tool"})

    def __init__(self, serial: str, model: OwnUsbModel, tool: str) -> None:
        self.simulator: OwnUsbSimulator = OwnUsbSimulator(serial, model=model)
        self.device_class, self.chip, self.tool, self.run_s, self.deadline_s = model.device_class, "", tool, 4.0, 40.0
        if model.part.signature:
            self.families = self.families | {"signature"}
        else:
            self.best, self.unseen = Outcome.UNVERIFIED, frozenset({"eeprom"})

    @property
    def writes(self) -> int:
        """Pages."""
        return len(self.simulator.chip.pages)

    def flip(self, chance: random.Random) -> None:
        """See `Board`."""
        start = self.simulator.chip.part.start
        self.simulator.chip.flash[start + chance.randrange(0, 600)] ^= 1 << chance.randrange(8)

    def wear(self, chance: random.Random) -> Callable[[], None]:
        """See `Board`."""
        worn = self.simulator.chip.worn
        worn.add(self.simulator.chip.pages[chance.randrange(0, 4)])
        return worn.clear


class Esp(Board):
    """Boards with an ESP32; esptool writes them."""

    driver, tool, families = "esp", "esptool", frozenset({"image", "esp", "tool"})
    device_class, chip, steps, run_s = "esp32-board", "esp32", ("write",), 5.0
    deadline_s, stall_s, writes = 60.0, 3.0, 3
    """Three commands that write: erase, begin, one compressed block."""
    image = ("program.bin", PROGRAM, PLACE)

    def __init__(self, serial: str) -> None:
        self.simulator: EspSimulator = EspSimulator(serial)

    @property
    def written(self) -> int:
        """Commands."""
        return self.simulator.loader.writes

    def strike(self, write: int, happen: Callable[[], None]) -> None:
        """See `Board`."""
        self.simulator.strike(write, happen)

    def pull(self) -> None:
        """See `Board`."""
        self.simulator.pull()

    def flip(self, chance: random.Random) -> None:
        """See `Board`."""
        self.simulator.loader.flash[PLACE + chance.randrange(len(PROGRAM))] ^= 1 << chance.randrange(8)

    def wear(self, chance: random.Random) -> Callable[[], None]:
        """See `Board`."""
        worn = self.simulator.loader.worn
        worn.add(PLACE + chance.randrange(100))
        return worn.clear


class Micro(Board):
    """Boards whose default program proves what it lies in."""

    steps = ("flash", "start")
    run_s, deadline_s = 1.0, 8.0
    room: Room
    simulator: ShownDapLink | ShownJLink

    @property
    def writes(self) -> int:
        """Lines of the hex file that are stored."""
        memory = fitting(library().default(self.device_class).open().data, self.room)
        return sum(-(-len(data) // RECORD) for _at, data in memory.runs)

    @property
    def written(self) -> int:
        """Beside what the simulator itself laid down."""
        return self.simulator.chip.writes - self._laid

    def soiled(self) -> None:
        """What is written from now on counts."""
        self._laid = self.simulator.chip.writes

    def strike(self, write: int, happen: Callable[[], None]) -> None:
        """See `Board`."""
        self.simulator.chip.strike(write, happen)

    def pull(self) -> None:
        """See `Board`."""
        self.simulator.pull()

    def flip(self, chance: random.Random) -> None:
        """See `Board`."""
        self.simulator.chip.flash[chance.randrange(0, 2000)] ^= 1 << chance.randrange(8)

    def wear(self, chance: random.Random) -> Callable[[], None]:
        """See `Board`."""
        chip = self.simulator.chip
        chip.stuck = chance.randrange(0x200, 0x20000)

        def mend() -> None:
            chip.stuck = None

        return mend

    def become(self, room: Room) -> Callable[[], None]:
        """Another main chip sits on it; what is returned puts the right one back."""
        right = self.simulator.chip
        self.simulator.chip = Chip(room, right.device_id)
        self._laid = 0

        def back() -> None:
            self.simulator.chip = right

        return back


class DapLink(Micro):
    """micro:bit and Calliope mini; by the command channel, or by the drive where that is closed."""

    driver = "daplink"

    def __init__(self, serial: str, board: daplink.Board, *, has_hid: bool) -> None:
        self.simulator: ShownDapLink = ShownDapLink(serial, board=board, beat_s=BEAT_S, has_hid=has_hid)
        self.families = frozenset({"image", "micro", "daplink", "hid" if has_hid else "drive"}) | _log(board)
        self.device_class, self.chip, self.room = board.id, board.room.chip.value, board.room


def _log(board: daplink.Board) -> frozenset[str]:
    return frozenset({"log"} if board.has_log else ())


class JLink(Micro):
    """Calliope mini 2."""

    driver, families = "jlink-msd", frozenset({"image", "micro", "drive", "jlink"})
    device_class, chip, room = "calliope-mini-2-1", ROOM.chip.value, ROOM
    good: Mapping[str, Any] = MappingProxyType({"stored": [sha256(b"00.HEX").hexdigest()[:16]]})

    def __init__(self, serial: str) -> None:
        self.simulator: ShownJLink = ShownJLink(serial, beat_s=BEAT_S)

    @property
    def writes(self) -> int:
        """Pages; all of them are written."""
        return ROOM.flash // PAGE


Make = Callable[[str], Board]
BOARDS: dict[str, Make] = {
    "Uno": lambda serial: Avr(serial, UNO, 1.8),
    "Nano": lambda serial: Avr(serial, NANO, 1.8),
    "Mega 2560": lambda serial: Avr(serial, MEGA, 6.0),
    "Leonardo": lambda serial: OwnUsb(serial, LEONARDO, "avrdude"),
    "Nano 33 IoT": lambda serial: OwnUsb(serial, NANO_33_IOT, "bossac"),
    "UNO R4 Minima": lambda serial: OwnUsb(serial, QUICK_R4, "dfu_util"),
    "ESP32": Esp,
    "micro:bit V1": lambda serial: DapLink(serial, daplink.MICROBIT_V1, has_hid=True),
    "micro:bit V1, drive": lambda serial: DapLink(serial, daplink.MICROBIT_V1, has_hid=False),
    "micro:bit V2": lambda serial: DapLink(serial, daplink.MICROBIT_V2, has_hid=True),
    "micro:bit V2, drive": lambda serial: DapLink(serial, daplink.MICROBIT_V2, has_hid=False),
    "Calliope 1": lambda serial: DapLink(serial, daplink.CALLIOPE_1, has_hid=True),
    "Calliope 3": lambda serial: DapLink(serial, daplink.CALLIOPE_3, has_hid=True),
    "Calliope 3, drive": lambda serial: DapLink(serial, daplink.CALLIOPE_3, has_hid=False),
    "Calliope 2": JLink,
}
"""Every way in which the project flashes a board, by its name in the table."""


def own_image(home: Path, board: Board, content: bytes | None = None) -> tuple[Path, int]:
    """The image that belongs on it, or other bytes under its name, as a maker's file; and its place."""
    name, data, place = board.image
    file = home / f"maker-{name}"
    file.write_bytes(data if content is None else content)
    return file, place
