"""A real boot program on a simulated chip, as the bench takes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from medialab_agent.sdk import intel_hex
from medialab_agent.sdk.firmware import library
from medialab_agent.sdk.simulator import Simulator
from medialab_wire.sightings import Sighting
from tests.peers.avr.rig import UNO, Kind, SimulatedAvr


@dataclass
class AvrBoard(Simulator):
    """One Arduino made of simavr and the boot program of the real thing."""

    home: Path = Path()
    kind: Kind = UNO
    device_class: str = "arduino-uno-r3"
    avr: SimulatedAvr = field(init=False)
    is_plugged: bool = False

    def __post_init__(self) -> None:
        self.avr = SimulatedAvr(self.home, self.kind)

    async def start(self) -> None:
        """Power on."""
        if not self.is_plugged:
            self.avr.plug()
            self.is_plugged = True

    async def stop(self) -> None:
        """Power off at once."""
        self.avr.unplug()
        self.is_plugged = False

    def sighting(self) -> Sighting:
        """As USB discovery shows it."""
        return self.avr.sighting()

    def soil(self) -> None:
        """Before it is plugged in."""
        self.avr.soil()

    def residue(self) -> Mapping[str, int]:
        """Read from the files behind the chip, past boot program, driver and avrdude."""
        image = library().default(self.device_class).open()
        wanted = intel_hex.flat(image.data, self.kind.application)
        return {
            "flash": sum(a != b for a, b in zip(self.avr.application, wanted, strict=True)),
            "eeprom": sum(byte != intel_hex.BLANK for byte in self.avr.eeprom),
        }
