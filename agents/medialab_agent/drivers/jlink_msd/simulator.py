"""A simulated Calliope mini 2: two drives and a serial port; its J-Link erases only what a file mentions."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from medialab_agent.drivers.jlink_msd.place import ROOM
from medialab_agent.sdk.firmware import library
from medialab_agent.sdk.microbit.hexfile import BadHex, read_hex
from medialab_agent.sdk.microbit.inspector import fitting
from medialab_agent.sdk.microbit.simulated.chip import Chip, learners_program
from medialab_agent.sdk.microbit.simulated.drive import Drive
from medialab_agent.sdk.microbit.simulated.serial_port import SerialPort
from medialab_agent.sdk.scene import SceneUnavailable
from medialab_agent.sdk.simulator import Effect, Fault, Simulator
from medialab_agent.sdk.trouble import DeviceTrouble
from medialab_wire.sightings import Sighting

PAGE = 1024
"""Bytes the nRF51 erases at once."""
STUCK = 0x30000
"""With `Fault.RESIDUE`: a byte that stays."""
SLOW_S = 0.5


@dataclass
class JLinkSimulator(Simulator):
    """One board. `pid`: 1015 for 2.0, 1025 for 2.1. `beat_s`: seconds between two lines its program prints."""

    pid: str = "1025"
    name: str = "Calliope mini 2"
    beat_s: float = 0.1
    has_tty: bool = True
    folder: Path = field(init=False)
    chip: Chip = field(init=False)

    def __post_init__(self) -> None:
        digits = sha256(self.serial.encode()).hexdigest()
        self.folder = Path(tempfile.gettempdir()) / "medialab-not-started"
        self._usb_serial = f"{int(digits[:8], 16):012d}"
        self.chip = Chip(ROOM, int(digits[:16], 16))
        self._port = SerialPort(self._beat, self._hear, self.beat_s)
        self._mini = Drive(self.folder / "MINI", self._details, self._take)
        self.stored = self.folder / "FLASH"
        self._is_running = False
        image = library().default("calliope-mini-2-1").open()
        for at, data in fitting(image.data, ROOM).runs:
            self.chip.write(at, data)
        self._clean = bytes(self.chip.flash)

    @property
    def label(self) -> str:
        """See `Simulator`."""
        return self.name

    async def start(self) -> None:
        """Appear, and run what the flash holds."""
        self.folder = Path(tempfile.mkdtemp(prefix="medialab-"))
        self._mini.folder, self.stored = self.folder / "MINI", self.folder / "FLASH"
        self.stored.mkdir()
        (self.stored / "00.HEX").write_text(":00000001FF\n", encoding="ascii")
        self.chip.restart()
        self._port.open()
        self._mini.open()
        self._is_running = True

    async def stop(self) -> None:
        """Vanish."""
        self._vanish()

    def pull(self) -> None:
        """The plug is pulled, and nobody told discovery yet; what was being written is lost from here on."""
        self.chip.takes = False
        self._vanish()

    def _vanish(self) -> None:
        if self._is_running:
            self._is_running = False
            self._port.close()
            self._mini.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def sighting(self) -> Sighting:
        """As USB discovery shows it."""
        facts = {"vid": "1366", "pid": self.pid, "serial": self._usb_serial, "product": "J-Link"}
        facts |= {"path": f"sim-{self.serial}", "volumes": f"{self._mini.folder} {self.stored}"}
        facts |= {"labels": ":MINI:FLASH:"} | ({"tty": self._port.path} if self.has_tty and self._port.path else {})
        return Sighting(source="usb", key=f"/devices/simulated/{self.serial}", facts=facts)

    def soil(self) -> None:
        """A learner's program that talks and keeps something at the far end of the memory."""
        self.chip.stuck = STUCK if Fault.RESIDUE in self.faults else None
        self.chip.load(0, learners_program(ROOM, "temperature of Emil: 21"))
        self.chip.write(ROOM.flash - PAGE, b"high score of Emil")

    def keep(self, name: str) -> None:
        """Somebody stores one more program on the drive FLASH."""
        (self.stored / name).write_text(":00000001FF\n", encoding="ascii")

    def residue(self) -> Mapping[str, int]:
        """By its own account."""
        return {"program": int(bytes(self.chip.flash) != self._clean)}

    def _beat(self) -> str:
        if Fault.HANG in self.faults:
            return ""
        return "\x00\xff\x17garbage\x7f" if Fault.GARBAGE in self.faults else self.chip.beat()

    def _hear(self, line: str) -> str:
        return "" if {Fault.HANG, Fault.GARBAGE} & self.faults else self.chip.hear(line)

    def _details(self) -> Mapping[str, str]:
        version = "J-Link OB-CALLIOPE-MINI V2.1 compiled Mar 24 2022 11:02:18"
        return {"DETAILS.TXT": f"Version: {version}\n", "Calliope.htm": "<html>"}

    async def _take(self, content: bytes) -> str:
        """What a J-Link does with a file: pages that it mentions are erased and written, others stay."""
        if Fault.HANG in self.faults:
            await asyncio.Event().wait()
        if Fault.DIE in self.faults:
            asyncio.get_running_loop().call_soon(self._vanish)
            await asyncio.Event().wait()
        await asyncio.sleep(SLOW_S if Fault.SLOW in self.faults else 0)
        if {Fault.REFUSE, Fault.LOCKED} & self.faults:
            return "error: could not connect to target\n"
        try:
            parts = (await asyncio.to_thread(read_hex, content)).parts
        except BadHex:
            return "error: file not understood\n"
        memory = next(iter(parts.values()))
        for page in range(0, ROOM.flash, PAGE):
            if Fault.HANG in self.faults:
                await asyncio.Event().wait()
            if any(at < page + PAGE and at + len(data) > page for at, data in memory.runs):
                self.chip.write(page, memory.read(page, PAGE))
        self.chip.restart()
        self.log.append(Effect(time.monotonic(), "flash"))
        return ""


def scene() -> tuple[JLinkSimulator, ...]:
    """Two of the practice lab; the chip of one is locked."""
    try:
        return (
            JLinkSimulator("jl-sim-01", pid="1015", name="Calliope 2.0", beat_s=1.0),
            JLinkSimulator("jl-sim-02", {Fault.LOCKED}, pid="1025", name="Calliope 2.1", beat_s=1.0),
        )
    except DeviceTrouble as error:
        raise SceneUnavailable(error.trouble.text.en) from error
