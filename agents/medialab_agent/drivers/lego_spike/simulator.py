"""A simulated SPIKE Prime hub: LEGO's protocol on the service of the real one, faults included."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

from medialab_agent.drivers.lego_spike.hub import RX, SERVICE, TX
from medialab_agent.drivers.lego_spike.simulated import STUBBORN, SimulatedHub
from medialab_agent.sdk.ble_simulator import BleSimulator, open_on_air
from medialab_agent.sdk.peripheral import Advertisement, Characteristic, Peripheral, Property, Service, address_of
from medialab_agent.sdk.simulator import Fault

MTU = 512


@dataclass
class SpikeSimulator(BleSimulator):
    """One hub. `hub` is the inside of it."""

    name: str = ""
    restart_s: float = 5.0
    hub: SimulatedHub = field(init=False)

    def build(self) -> Peripheral:
        """See `BleSimulator`."""
        self.name = self.name or self.serial
        uuid = blake2b(self.serial.encode(), digest_size=16).digest()
        self.hub = SimulatedHub(self.name, uuid, self)
        characteristics = (
            Characteristic(RX, Property.WRITE_QUIETLY, on_write=self.hub.receive),
            Characteristic(TX, Property.NOTIFY),
        )
        peripheral = Peripheral(
            address_of(self.serial), self._advertisement(), (Service(SERVICE, characteristics),), MTU
        )
        peripheral.on_connect = self.hub.begin
        peripheral.on_disconnect = self.hub.end
        return peripheral

    def send(self, packet: bytes) -> None:
        """For the hub: a notification."""
        self.peripheral.notify(TX, packet)

    def renamed(self) -> None:
        """For the hub: it has another name now."""
        self.peripheral.advertise(self._advertisement())

    def hang_up(self) -> None:
        """For the hub: the connection breaks."""
        self.peripheral.hang_up()

    def restart(self) -> None:
        """For the hub: off, and on again after `restart_s`."""
        loop = asyncio.get_running_loop()
        loop.call_later(self.restart_s / 10, self.peripheral.vanish)
        loop.call_later(self.restart_s, self.peripheral.appear)

    def soil(self) -> None:
        """Three programs, one of them running, and a name of the learners' own."""
        self.hub.programs |= {0: "maze.py", 3: "dance.py", STUBBORN: "race.py"}
        self.hub.is_running = True
        self.hub.name = "Team Blitz"
        self.renamed()

    def residue(self) -> Mapping[str, int]:
        """What is left of that."""
        return {
            "programs": len(self.hub.programs),
            "renamed": int(self.hub.name != self.name),
            "running": int(self.hub.is_running),
        }

    def _advertisement(self) -> Advertisement:
        return Advertisement(self.hub.name, (SERVICE,))


def scene() -> tuple[SpikeSimulator, ...]:
    """Four for the practice lab; one keeps a program."""
    healthy = [SpikeSimulator(f"Spike {number}") for number in range(1, 4)]
    return (*healthy, SpikeSimulator("Spike 4", {Fault.RESIDUE}))


open_scene = open_on_air
