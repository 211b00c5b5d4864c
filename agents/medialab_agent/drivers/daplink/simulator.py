"""A simulated board behind DAPLink: command channel, serial port and drive, all of one chip whose flash decides."""

import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from medialab_agent.drivers.daplink.boards import CALLIOPE_1, CALLIOPE_3, MICROBIT_V1, MICROBIT_V2, Board
from medialab_agent.drivers.daplink.reading import LOG_FILE
from medialab_agent.drivers.daplink.simulated import stream
from medialab_agent.drivers.daplink.simulated.interface import Interface
from medialab_agent.drivers.daplink.simulated.stream import SECTOR, Stream
from medialab_agent.sdk.firmware import library
from medialab_agent.sdk.microbit.inspector import fitting
from medialab_agent.sdk.microbit.simulated.chip import Chip, LogMemory, learners_program
from medialab_agent.sdk.microbit.simulated.drive import Drive
from medialab_agent.sdk.microbit.simulated.serial_port import SerialPort
from medialab_agent.sdk.scene import SceneUnavailable
from medialab_agent.sdk.simulator import Effect, Fault, Simulator
from medialab_agent.sdk.trouble import DeviceTrouble
from medialab_wire.sightings import Sighting

PREFIX = {"bbc-microbit-v1": "9901", "bbc-microbit-v2": "9904", "calliope-mini-1": "9900", "calliope-mini-3": "9906"}
PRODUCT = {
    "bbc-microbit-v1": "BBC micro:bit CMSIS-DAP",
    "bbc-microbit-v2": "BBC micro:bit CMSIS-DAP",
    "calliope-mini-1": "DAPLink CMSIS-DAP",
    "calliope-mini-3": "Arm Calliope mini V3 CMSIS-DAP",
}
STUCK = 0x30000
"""With `Fault.RESIDUE` on a board without a log: a byte that stays."""
VERSION = "0257"
SLOW_S = 0.005
"""Seconds for one answer with `Fault.SLOW`."""


@dataclass
class DapLinkSimulator(Simulator):
    """One board. `beat_s`: seconds between two lines its program prints. `has_hid`, `has_tty`: what the host sees."""

    board: Board = MICROBIT_V1
    name: str = ""
    beat_s: float = 0.1
    has_hid: bool = True
    has_tty: bool = True
    folder: Path = field(init=False)
    chip: Chip = field(init=False)
    drive: Drive = field(init=False)

    def __post_init__(self) -> None:
        digits = sha256(self.serial.encode()).hexdigest()
        self._unique_id = (PREFIX[self.board.id] + digits)[:48]
        self.folder = Path(tempfile.gettempdir()) / "medialab-not-started"
        log = LogMemory() if self.board.has_log else None
        self.chip = Chip(self.board.room, int(digits[:16], 16), log)
        self._stream = Stream(self.chip, self._trouble, self._started)
        self._interface = Interface(self.folder / "hid", self._handle, self._delay)
        self._port = SerialPort(self._beat, self._hear, self.beat_s)
        self.drive = Drive(self.folder / self._label, self._files, self._take)
        self._is_running = False
        self._load_default()

    @property
    def label(self) -> str:
        """See `Simulator`."""
        return self.name or self.board.name

    @property
    def _label(self) -> str:
        return "MINI" if self.board.id.startswith("calliope") else "MICROBIT"

    def _load_default(self) -> None:
        """As the lab has prepared it."""
        image = library().default(self.board.id).open()
        self.chip.erase()
        for at, data in fitting(image.data, self.board.room).runs:
            self.chip.write(at, data)
        self._clean = bytes(self.chip.flash)
        self.chip.restart()

    async def start(self) -> None:
        """Appear, and run what the flash holds."""
        self.folder = Path(tempfile.mkdtemp(prefix="medialab-"))
        self._interface.path, self.drive.folder = self.folder / "hid", self.folder / self._label
        self._stream = Stream(self.chip, self._trouble, self._started)
        self.chip.restart()
        self._interface.open()
        self._port.open()
        self.drive.open()
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
            self._interface.close()
            self._port.close()
            self.drive.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def sighting(self) -> Sighting:
        """As USB discovery shows it."""
        facts = {"vid": "0d28", "pid": "0204", "serial": self._unique_id, "product": PRODUCT[self.board.id]}
        facts |= {"path": f"sim-{self.serial}", "volumes": str(self.drive.folder), "labels": f":{self._label}:"}
        facts |= {"hidraw": str(self.folder / "hid")} if self.has_hid else {}
        facts |= {"tty": self._port.path} if self.has_tty and self._port.path else {}
        return Sighting(source="usb", key=f"/devices/simulated/{self.serial}", facts=facts)

    def soil(self) -> None:
        """A learner's program that talks, and logged data where the board keeps any."""
        self.chip.stuck = STUCK if Fault.RESIDUE in self.faults and self.chip.log is None else None
        self.chip.load(0, learners_program(self.board.room, "temperature of Emil: 21"))
        if self.chip.log is not None:
            self.chip.log.has_data = True
            self.chip.log.is_stubborn = Fault.RESIDUE in self.faults
        if self._is_running:
            self.drive.remount()

    def residue(self) -> Mapping[str, int]:
        """By its own account."""
        log = int(self.chip.log.has_data) if self.chip.log else 0
        return {"program": int(bytes(self.chip.flash) != self._clean), "data_log": log}

    def _delay(self) -> float:
        return SLOW_S if Fault.SLOW in self.faults else 0.0

    def _trouble(self) -> int:
        if Fault.LOCKED in self.faults:
            return stream.UNLOCK
        return stream.ERASE_ALL if Fault.REFUSE in self.faults else stream.OK

    def _started(self) -> None:
        self.log.append(Effect(time.monotonic(), "flash"))
        if self._is_running:
            self.drive.remount()

    def _beat(self) -> str:
        if Fault.HANG in self.faults or self._stream.is_open:
            return ""
        return "\x00\xff\x17garbage\x7f" if Fault.GARBAGE in self.faults else self.chip.beat()

    def _hear(self, line: str) -> str:
        if {Fault.HANG, Fault.GARBAGE} & self.faults or self._stream.is_open:
            return ""
        return self.chip.hear(line)

    def _files(self) -> Mapping[str, str]:
        details = (
            "# DAPLink Firmware - see https://daplink.io\n"
            f"Unique ID: {self._unique_id}\nHIC ID: 97969901\nAuto Reset: 1\nAutomation allowed: 0\n"
            f"Daplink Mode: Interface\nInterface Version: {VERSION}\nRemount count: {self.drive.count}\n"
        )
        has_log = self.chip.log is not None and self.chip.log.has_data
        return {"DETAILS.TXT": details, f"{self._label}.HTM": "<html>"} | ({LOG_FILE: "<html>"} if has_log else {})

    async def _take(self, content: bytes) -> str:
        """A file on the drive goes the same way; here a missing end is noticed, by a timeout."""
        way = Stream(self.chip, self._trouble, self._started)
        way.open(stream.HEX_TYPE)
        status = stream.OK
        for at in range(0, len(content), SECTOR):
            status = way.write(content[at : at + SECTOR].ljust(SECTOR, b"\n"))
            if status != stream.OK:
                break
        way.close()
        words = {
            stream.DONE: "",
            stream.OK: "The transfer timed out.",
            stream.CHECKSUM: "The hex file cannot be decoded. Checksum calculation failure occurred.",
            stream.INCOMPATIBLE: "The application image is not compatible with the target.",
            stream.UNLOCK: "Failed to unlock target MCU for programming",
            stream.ERASE_ALL: "Flash algorithm erase all command FAILURE",
        }.get(status, "An internal error has occurred")
        return f"error: {words}\ntype: transient, user\n" if words else ""

    def _handle(self, report: bytes) -> bytes | None:
        """One command of the channel: CMSIS-DAP's numbers below 0x80, DAPLink's from there on (DAP.h)."""
        if Fault.HANG in self.faults:
            return None
        if Fault.GARBAGE in self.faults:
            return b"\x5a\xa5" * 32
        command, rest = report[0], report[1:]
        if command == 0x8A and Fault.DIE in self.faults:
            self._vanish()
            return None
        return self._command(command, rest)

    def _command(self, command: int, rest: bytes) -> bytes:
        if command == 0x00:
            return self._info(rest[0])
        if command == 0x80:
            return bytes([command, len(self._unique_id)]) + self._unique_id.encode()
        if command == 0x8A:
            return bytes([command, self._stream.open(rest[0])])
        if command == 0x8B:
            return bytes([command, self._stream.close()])
        if command == 0x8C:
            return bytes([command, self._stream.write(rest[1 : 1 + rest[0]])])
        if command in (0x01, 0x89):
            return bytes([command, int(command == 0x89)])
        return b"\xff"

    def _info(self, what: int) -> bytes:
        """DAP_Info: words end with a zero byte that is counted; 0xF0 capabilities (SWD), 0xFE packets, 0xFF size."""
        words = {1: "Arm", 2: PRODUCT[self.board.id], 3: self._unique_id, 4: VERSION}
        numbers = {0xF0: b"\x01", 0xFE: b"\x01", 0xFF: (64).to_bytes(2, "little")}
        said = words[what].encode() + b"\0" if what in words else numbers.get(what, b"")
        return bytes([0x00, len(said)]) + said


def scene() -> tuple[DapLinkSimulator, ...]:
    """The class set of the practice lab: most are well, the data log of one cannot be erased."""
    beat = 1.0
    try:
        return (
            DapLinkSimulator("mb-sim-01", board=MICROBIT_V1, name="micro:bit 1", beat_s=beat),
            DapLinkSimulator("mb-sim-02", board=MICROBIT_V2, name="micro:bit 2", beat_s=beat),
            DapLinkSimulator("mb-sim-03", board=CALLIOPE_3, name="Calliope 3", beat_s=beat),
            DapLinkSimulator("mb-sim-04", {Fault.RESIDUE}, board=MICROBIT_V2, name="micro:bit 4", beat_s=beat),
            DapLinkSimulator("mb-sim-05", board=CALLIOPE_1, name="Calliope 5", beat_s=beat),
        )
    except DeviceTrouble as error:
        raise SceneUnavailable(error.trouble.text.en) from error
