"""Simulated boards with an ESP32: the loader's real protocol on a pty, which esptool talks to as to a real one."""

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from medialab_agent.drivers.esp.simulated.built import built
from medialab_agent.drivers.esp.simulated.loader import Loader
from medialab_agent.drivers.esp.tool import PROGRAMS
from medialab_agent.sdk.firmware_signing import Origin, Part, take_in
from medialab_agent.sdk.program import find
from medialab_agent.sdk.scene import SceneUnavailable
from medialab_agent.sdk.simulated_port import Port
from medialab_agent.sdk.simulator import Effect, Fault, Simulator
from medialab_agent.sdk.trouble import NeedsPerson
from medialab_wire.sightings import Sighting

PROGRAM = built(b"a lab's own quiet program\x00" * 300)
"""Stands for the image a lab imports; simulated chips run nothing."""
PLACE = 0x1_0000


@dataclass
class EspSimulator(Simulator):
    """One board with an ESP32 behind a cable with a serial number."""

    loader: Loader = field(init=False)
    _strikes: list[tuple[int, Callable[[], None]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        digest = sum(self.serial.encode()) & 0xFFFF
        self.loader = Loader(bytes.fromhex("240ac4") + digest.to_bytes(3, "big"))
        self.loader.load(PLACE, PROGRAM)
        self._port = Port(self)

    async def start(self) -> None:
        """Plug in."""
        if not self._port.is_there:
            self._port.start()

    async def stop(self) -> None:
        """Unplug."""
        self._port.stop()

    def sighting(self) -> Sighting:
        """As USB discovery shows the chip of its cable."""
        facts = {"vid": "10c4", "pid": "ea60", "product": "CP2102 USB to UART Bridge Controller", "serial": self.serial}
        place = {"path": f"simulated-usb-{self.serial}", "tty": self._port.path}
        return Sighting(source="usb", key=f"/simulated/{self.serial}", facts=facts | place)

    def soil(self) -> None:
        """A learner's program, and the password of a Wi-Fi in its settings."""
        self.loader.load(PLACE, b"\xe9learner" * 2000)
        self.loader.load(0x9000, b"sta.pswd\x00geheim")
        if Fault.RESIDUE in self.faults:
            self.loader.worn.add(0x9004)

    def strike(self, writes: int, happen: Callable[[], None]) -> None:
        """Let something happen once, after that many more commands that write; on the port's thread."""
        self._strikes.append((self.loader.writes + writes, happen))

    def pull(self) -> None:
        """The plug is pulled, and nobody told discovery yet."""
        self._port.stop()

    def residue(self) -> Mapping[str, int]:
        """Bytes that are not as the lab's program leaves them."""
        flash = bytes(self.loader.flash)
        program = flash[PLACE : PLACE + len(PROGRAM)]
        rest = flash[:PLACE] + flash[PLACE + len(PROGRAM) :]
        return {
            "program": sum(a != b for a, b in zip(program, PROGRAM, strict=True)),
            "rest": len(rest) - rest.count(b"\xff"),
        }

    def opened(self) -> None:
        """See `Port`: the reset into the loader."""
        self.loader.restart()
        self.loader.refuses = Fault.REFUSE in self.faults

    def closed(self) -> None:
        """See `Port`."""

    def heard(self, data: bytes, _baud: int) -> bytes:
        """See `Port`."""
        if {Fault.HANG, Fault.LOCKED} & self.faults:
            return b""
        if Fault.GARBAGE in self.faults:
            return bytes(byte ^ 0x55 for byte in data)
        before = self.loader.writes
        answer = self.loader.take(data)
        if self.loader.writes > before:
            self.log.append(Effect(time.monotonic(), "write"))
            self._strike()
            if Fault.DIE in self.faults:
                self._port.stop()
                return b""
            if Fault.SLOW in self.faults:
                time.sleep(0.02)
        return answer

    def _strike(self) -> None:
        for strike in [one for one in self._strikes if self.loader.writes >= one[0]]:
            self._strikes.remove(strike)
            strike[1]()

    def said(self) -> bytes:
        """See `Port`: nothing by itself."""
        return b""


async def open_scene(stack: AsyncExitStack, simulators: Sequence[Simulator]) -> Mapping[str, str]:
    """Start them, and store the program that belongs on them as a lab would."""
    try:
        find(*PROGRAMS, package="esptool")
    except NeedsPerson as error:
        raise SceneUnavailable(error.trouble.text.en) from error
    home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="medialab-esp-")))
    for simulator in simulators:
        await simulator.start()
        stack.push_async_callback(simulator.stop)
    return {"firmware": str(own_firmware(home)), "before": "no-reset", "after": "no-reset"}


def own_firmware(home: Path) -> Path:
    """A lab's own signed folder with the program of these boards."""
    file = home / "program.bin"
    file.write_bytes(PROGRAM)
    words = ("Ruhiges Programm eines Labors", "A lab's quiet program")
    origin = Origin("esp32/quiet", "1.0", ("esp32-board",), "esp32", "none", "simulated", words, words, is_default=True)
    take_in(home / "own", [Part(file, PLACE)], origin)
    return home / "own"


def scene() -> tuple[EspSimulator, ...]:
    """Two for the practice lab; one refuses."""
    return (EspSimulator("esp-sim-01"), EspSimulator("esp-sim-02", {Fault.REFUSE}))
