"""Real boot programs on simulated AVR chips: what a test plugs in instead of an Arduino board."""

import atexit
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from medialab_agent.drivers.arduino.simulator import LEARNER
from medialab_wire.sightings import Sighting

HERE = Path(__file__).parent
BLANK = 0xFF


@dataclass(frozen=True)
class Kind:
    """What is simulated: simavr's name of the chip, its boot program, and how USB would show the board."""

    mcu: str
    boot: str
    flash: int
    eeprom: int
    application: int
    vid: str
    pid: str
    serial: bool


UNO = Kind("atmega328p", "uno.hex", 32_768, 1024, 32_256, "2341", "0043", True)
NANO = Kind("atmega328p", "nano.hex", 32_768, 1024, 30_720, "1a86", "7523", False)
MEGA = Kind("atmega2560", "mega.hex", 262_144, 4096, 253_952, "2341", "0042", True)


@cache
def built() -> Path:
    """The folder of the built programs. Raises `CalledProcessError` when a compiler or library is missing."""
    out = Path(tempfile.mkdtemp(prefix="medialab-avr-"))
    atexit.register(shutil.rmtree, out, ignore_errors=True)
    done = subprocess.run(["sh", HERE / "build.sh", out], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"the simulated boards cannot be built; see tests/peers/avr/debian.txt\n{done.stderr}"
    return out


class SimulatedAvr:
    """One board. What it holds is in two files and outlives being unplugged."""

    def __init__(self, home: Path, kind: Kind = UNO) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.kind, self.port = kind, home / "port"
        self._flash, self._eeprom = home / "flash", home / "eeprom"
        self._process: subprocess.Popen[str] | None = None

    def plug(self) -> None:
        """Power on."""
        program = built()
        self._process = subprocess.Popen(
            [program / "board", self.kind.mcu, program / self.kind.boot, self.port, self._flash, self._eeprom],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n", "the simulated board did not start"

    def unplug(self) -> None:
        """Power off at once, whatever it is doing."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._process = None

    @property
    def tty(self) -> str:
        """The device node behind its port."""
        return str(self.port.readlink())

    @property
    def application(self) -> bytes:
        """The flash in front of the boot program, read from outside of everything."""
        return self._flash.read_bytes()[: self.kind.application]

    @property
    def eeprom(self) -> bytes:
        """The EEPROM, read from outside of everything; up to 0.1 s old."""
        return self._eeprom.read_bytes()

    def soil(self) -> None:
        """A learner's program and values, put there while it is unplugged."""
        assert self._process is None
        flash = bytearray([BLANK]) * self.kind.flash
        flash[: len(LEARNER)] = LEARNER
        self._flash.write_bytes(flash)
        self._eeprom.write_bytes(b"Highscore 42".ljust(self.kind.eeprom, bytes([BLANK])))

    def sighting(self, *, present: bool = True) -> Sighting:
        """As USB discovery would show it."""
        facts = {"vid": self.kind.vid, "pid": self.kind.pid, "path": "simulated-avr", "tty": self.tty}
        if self.kind.serial:
            facts["serial"] = "SIMAVR1"
        return Sighting(source="usb", key="/simulated/avr", present=present, facts=facts)
