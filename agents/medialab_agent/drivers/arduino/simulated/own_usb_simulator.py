"""Simulated boards whose chip speaks USB itself, as their tools see them: Leonardo, and boards with a SAMD21."""

import asyncio
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from medialab_agent.drivers.arduino.simulated.board import BootProgram, Mishap
from medialab_agent.drivers.arduino.simulated.caterina import Caterina
from medialab_agent.drivers.arduino.simulated.chip import ATMEGA32U4, BLANK, RA4M1, SAMD21G18, Chip, Part
from medialab_agent.drivers.arduino.simulated.dfu import DfuBoot
from medialab_agent.drivers.arduino.simulated.dfu_tool import install
from medialab_agent.drivers.arduino.simulated.own_usb import OwnUsbBoard
from medialab_agent.drivers.arduino.simulated.sam_ba import SamBa
from medialab_agent.sdk.simulator import Effect, Fault, Simulator
from medialab_wire.sightings import Sighting

SERIAL = "5C1F6E8B50535157372E3120FF0A1C2D"
R4_SERIAL = "3708110C31373030A41233324E572D1E"
"""Of the chips, as programs show them over USB."""


def _caterina(chip: Chip, after_page: Callable[[], None], refuses: bool) -> BootProgram:
    return Caterina(chip, after_page, refuses=refuses)


def _sam_ba(chip: Chip, after_page: Callable[[], None], refuses: bool) -> BootProgram:
    boot = SamBa(chip, after_page, refuses=refuses)
    boot.serial = SERIAL
    return boot


def _secured(chip: Chip, after_page: Callable[[], None], refuses: bool) -> BootProgram:
    return SamBa(chip, after_page, refuses=refuses, is_secured=True)


def _dfu(chip: Chip, after_page: Callable[[], None], refuses: bool) -> BootProgram:
    return DfuBoot(chip, after_page, refuses=refuses)


def _quick_dfu(chip: Chip, after_page: Callable[[], None], refuses: bool) -> BootProgram:
    return DfuBoot(chip, after_page, refuses=refuses, transfer=1024)


@dataclass(frozen=True)
class OwnUsbModel:
    """One kind of board. `shown` is the serial number its programs show, empty for none; `boot_s` see `OwnUsbBoard`;
    `starts` is how a program begins on it."""

    product: str
    vid: str
    running: str
    boot: str
    part: Part
    program: Callable[[Chip, Callable[[], None], bool], BootProgram]
    device_class: str
    starts: bytes
    shown: str = ""
    boot_s: float | None = None


JUMP, STACK = b"\x0c\x94\x5c\x00", bytes.fromhex("00800020b9210000")
"""A jump to where the program begins (AVR); the end of the stack, and where the program begins (Cortex-M)."""
LEONARDO = OwnUsbModel(
    "Arduino Leonardo", "2341", "8036", "0036", ATMEGA32U4, _caterina, "arduino-leonardo", JUMP, "HIDPC", 8.0
)
NANO_33_IOT = OwnUsbModel(
    "Arduino NANO 33 IoT", "2341", "8057", "0057", SAMD21G18, _sam_ba, "arduino-nano-33-iot", STACK, SERIAL
)
SECURED = OwnUsbModel(
    "Arduino NANO 33 IoT", "2341", "8057", "0057", SAMD21G18, _secured, "arduino-nano-33-iot", STACK, SERIAL
)

UNO_R4 = OwnUsbModel("UNO R4 Minima", "2341", "0069", "0369", RA4M1, _dfu, "arduino-uno-r4-minima", STACK, R4_SERIAL)
QUICK_R4 = replace(UNO_R4, program=_quick_dfu)
"""The same with larger pieces at a time, where nothing depends on their size."""
_NUMBERS = count(2)


@dataclass
class OwnUsbSimulator(Simulator):
    """One board, empty, so that its boot program waits. `nodes`: the folder for nodes of USB devices."""

    model: OwnUsbModel = LEONARDO
    nodes: Path = Path("/nonexistent")
    number: int = field(default_factory=lambda: next(_NUMBERS), init=False)
    chip: Chip = field(init=False)

    def __post_init__(self) -> None:
        self.chip = Chip(self.model.part)
        self.board = OwnUsbBoard(
            self.chip, self.model.program, self.faults, self._note, self._changed, boot_s=self.model.boot_s
        )

    @property
    def label(self) -> str:
        """See `Simulator`."""
        return f"{self.model.product} {self.serial}"

    async def start(self) -> None:
        """Plug in."""
        if self.is_dfu:
            self.board.node = self.nodes / "001" / f"{self.number:03}"
        self.board.plug()

    async def stop(self) -> None:
        """Unplug."""
        self.board.unplug()
        await asyncio.sleep(0)  # what it still told of itself is heard before its absence

    @property
    def is_dfu(self) -> bool:
        """Its boot program has no serial port, but the USB class for device firmware."""
        return self.model.part is RA4M1

    def sighting(self) -> Sighting:
        """As USB discovery shows it."""
        is_running = self.board.is_running
        facts = {
            "vid": self.model.vid,
            "pid": self.model.running if is_running else self.model.boot,
            "product": self.model.product,
            "path": f"simulated-usb-{self.serial}",
            "bus": "1",
            "devnum": str(self.number),
        }
        if tty := self.board.tty:
            facts["tty"] = tty
        if self.model.shown and (is_running or self.is_dfu):
            facts["serial"] = self.model.shown
        return Sighting(source="usb", key=f"/simulated/usb1/1-{self.number}", facts=facts)

    def strike(self, pages: int, happen: Callable[[], None], *, is_on_close: bool = False) -> None:
        """Let something happen after that many written pages; see `Mishap`."""
        self.board.mishaps.append(Mishap(self.chip.writes + pages, happen, is_on_close))

    def pull(self) -> None:
        """The plug is pulled, and nobody told discovery yet."""
        self.board.unplug()

    def soil(self) -> None:
        """A learner's program, and values it stored. A plugged board starts it."""
        self.chip.load(self.model.starts + b"Anna's blinking lamp " * 400)
        self.chip.eeprom[:12] = b"Highscore 42"[: len(self.chip.eeprom)]
        if Fault.RESIDUE in self.faults:
            self.chip.worn.add(self.chip.pages[20])
        if self.board.is_plugged and not self.board.is_running:
            self.board.start_anew(is_running=True)

    def residue(self) -> Mapping[str, int]:
        """Bytes that are not blank."""
        return {
            "flash": sum(byte != BLANK for byte in self.chip.program),
            "eeprom": sum(byte != BLANK for byte in self.chip.eeprom),
        }

    def _note(self, verb: str) -> None:
        self.log.append(Effect(time.monotonic(), verb))

    def _changed(self, is_there: bool) -> None:
        sighting = self.sighting()
        self.show(sighting if is_there else sighting.model_copy(update={"present": False}))


def give_nodes(stack: AsyncExitStack, simulators: Sequence[Simulator]) -> dict[str, str]:
    """Before they are started: a folder for their nodes, and a program beside it that finds them there, as settings."""
    boards = [one for one in simulators if isinstance(one, OwnUsbSimulator) and one.is_dfu]
    if not boards:
        return {}
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="usb-nodes-")))
    for board in boards:
        board.nodes = folder
    return {"usb_nodes": str(folder), "dfu_util": str(install(folder))}
