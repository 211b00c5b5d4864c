"""Simulated Arduino boards: the boot programs' real protocols on a pty, which avrdude writes as it writes real ones."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import cached_property

from medialab_agent.drivers.arduino.simulated.board import Board, BootProgram, Mishap
from medialab_agent.drivers.arduino.simulated.chip import ATMEGA328P, ATMEGA328P_OLD, ATMEGA2560, Chip, Part
from medialab_agent.drivers.arduino.simulated.own_usb_simulator import (
    NANO_33_IOT,
    QUICK_R4,
    OwnUsbSimulator,
    give_nodes,
)
from medialab_agent.drivers.arduino.simulated.stk500v1 import Stk500v1
from medialab_agent.drivers.arduino.simulated.stk500v2 import Stk500v2
from medialab_agent.sdk import intel_hex
from medialab_agent.sdk.firmware import library
from medialab_agent.sdk.scene import open_plainly
from medialab_agent.sdk.simulated_port import Port
from medialab_agent.sdk.simulator import Effect, Fault, Simulator
from medialab_wire.sightings import Sighting

LEARNER = b"\x0c\x94\x5c\x00\x0c\x94\x6e\x00" + b"Anna's blinking lamp " * 400
"""A program as learners write them: longer than ours, so that it would shine through behind it."""


@dataclass(frozen=True)
class Model:
    """One kind of board: USB ids, chip, speed and protocol of its boot program, and what a reset puts on it."""

    product: str
    vid: str
    pid: str
    part: Part
    baud: int
    boot: Callable[[Chip, bool], BootProgram]
    device_class: str
    has_serial: bool = True


def _stk500v1(chip: Chip, refuses: bool) -> BootProgram:
    return Stk500v1(chip, refuses=refuses)


def _stk500v2(chip: Chip, refuses: bool) -> BootProgram:
    return Stk500v2(chip, refuses=refuses)


UNO = Model("Arduino Uno", "2341", "0043", ATMEGA328P, 115_200, _stk500v1, "arduino-uno-r3")
NANO = Model("USB Serial", "1a86", "7523", ATMEGA328P_OLD, 57_600, _stk500v1, "arduino-nano", has_serial=False)
MEGA = Model("Arduino Mega 2560", "2341", "0042", ATMEGA2560, 115_200, _stk500v2, "arduino-mega-2560")


@dataclass
class ArduinoSimulator(Simulator):
    """One board, with our default program on it. `boot_s`: how long its boot program waits for a programmer."""

    model: Model = UNO
    boot_s: float = 2.0
    chip: Chip = field(init=False)

    def __post_init__(self) -> None:
        self.chip = Chip(self.model.part)
        self.chip.load(self._default)
        self._board = Board(
            self.chip, self.model.baud, self.model.boot, self.faults, self._note, self.pull, self.boot_s
        )
        self._port = Port(self._board)

    @cached_property
    def _default(self) -> bytes:
        image = library().default(self.model.device_class).open()
        return intel_hex.flat(image.data, self.model.part.application)

    @property
    def label(self) -> str:
        """See `Simulator`."""
        return f"{self.model.product} {self.serial}"

    async def start(self) -> None:
        """Plug in; the node may be another one than before."""
        if not self._port.is_there:
            self._port.start()

    async def stop(self) -> None:
        """Unplug."""
        self._port.stop()

    def sighting(self) -> Sighting:
        """As USB discovery shows it."""
        facts = {
            "vid": self.model.vid,
            "pid": self.model.pid,
            "product": self.model.product,
            "path": f"simulated-usb-{self.serial}",
            "tty": self._port.path,
        }
        if self.model.has_serial:
            facts["serial"] = self.serial
        return Sighting(source="usb", key=f"/simulated/{self.serial}", facts=facts)

    def strike(self, pages: int, happen: Callable[[], None], *, is_on_close: bool = False) -> None:
        """Let something happen after that many written pages; see `Mishap`."""
        self._board.mishaps.append(Mishap(self.chip.writes + pages, happen, is_on_close))

    def pull(self) -> None:
        """The plug is pulled, and nobody told discovery yet."""
        self._port.stop()

    def soil(self) -> None:
        """A learner's program, and values it stored."""
        self.chip.load(LEARNER)
        self.chip.eeprom[:12] = b"Highscore 42"
        if Fault.RESIDUE in self.faults:
            self.chip.worn.add(60)

    def residue(self) -> Mapping[str, int]:
        """Bytes that are not as our default program leaves them."""
        flash = self.chip.flash[: len(self._default)]
        return {
            "flash": sum(a != b for a, b in zip(flash, self._default, strict=True)),
            "eeprom": sum(byte != intel_hex.BLANK for byte in self.chip.eeprom),
        }

    def _note(self, verb: str) -> None:
        self.log.append(Effect(time.monotonic(), verb))


def scene() -> tuple[Simulator, ...]:
    """A tray of boards for the practice lab: one has a worn memory, the boot program of another one is gone."""
    return (
        ArduinoSimulator("uno-sim-01"),
        ArduinoSimulator("mega-sim-01", model=MEGA),
        ArduinoSimulator("uno-sim-02", {Fault.RESIDUE}),
        ArduinoSimulator("uno-sim-03", {Fault.LOCKED}),
        OwnUsbSimulator("leonardo-sim-01"),
        OwnUsbSimulator("nano-33-sim-01", model=NANO_33_IOT),
        OwnUsbSimulator("uno-r4-sim-01", model=QUICK_R4),
    )


async def open_scene(stack: AsyncExitStack, simulators: Sequence[Simulator]) -> Mapping[str, str]:
    """See `sdk.scene`: what boards need whose boot program has no serial port."""
    return {**give_nodes(stack, simulators), **await open_plainly(stack, simulators)}
