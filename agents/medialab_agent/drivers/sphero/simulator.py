"""A simulated Sphero robot: BOLT, Mini, RVR or SPRK+, with the real services, faults included."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from medialab_agent.drivers.sphero import packets_v1 as v1
from medialab_agent.drivers.sphero import packets_v2 as v2
from medialab_agent.drivers.sphero.simulated import Inside
from medialab_agent.drivers.sphero.simulated_v1 import InsideV1
from medialab_agent.drivers.sphero.simulated_v2 import InsideV2
from medialab_agent.drivers.sphero.toys import BOLT, MINI, RVR, SPRK, Model
from medialab_agent.sdk.ble_simulator import BleSimulator, open_on_air
from medialab_agent.sdk.peripheral import (
    Advertisement,
    Characteristic,
    Peripheral,
    Property,
    Service,
    address_of,
)
from medialab_agent.sdk.simulator import Fault

MTU = 23


@dataclass
class SpheroSimulator(BleSimulator):
    """One robot; its name is the model's prefix and the end of its address, as from the factory."""

    model: Model = BOLT
    inside: Inside = field(init=False)

    def build(self) -> Peripheral:
        """See `BleSimulator`."""
        address = address_of(self.serial)
        self.own_name = self.model.prefix + address.replace(":", "")[-4:].upper()
        made = InsideV1 if self.model is SPRK else InsideV2
        self.inside = made(self.own_name, self)
        self._is_let_in = False
        service = self._first() if self.model is SPRK else self._second()
        peripheral = Peripheral(address, self._advertisement(), (service,), MTU)
        peripheral.on_connect, peripheral.on_disconnect = self.inside.begin, self._alone
        return peripheral

    @property
    def label(self) -> str:
        """What stands on it."""
        return self.own_name

    def send(self, data: bytes) -> None:
        """For the inside: a notification."""
        self.peripheral.notify(v1.HEAR if self.model is SPRK else v2.API, data)

    def renamed(self) -> None:
        """For the inside: it has another name now."""
        self.peripheral.advertise(self._advertisement())

    def soil(self) -> None:
        """It rolls and shines, somebody renamed it; BOLT keeps three pictures."""
        self.inside.is_moving = self.inside.is_lit = True
        self.inside.name = f"{self.model.prefix}MIA"
        if self.model.picture_target is not None:
            self.inside.pictures = 3
        self.renamed()

    def residue(self) -> Mapping[str, int]:
        """What is left of that."""
        return {
            "moving": int(self.inside.is_moving),
            "lit": int(self.inside.is_lit),
            "renamed": int(self.inside.name != self.own_name),
            "pictures": self.inside.pictures,
        }

    def _advertisement(self) -> Advertisement:
        return Advertisement(self.inside.name, (v1.SERVICE if self.model is SPRK else v2.SERVICE,))

    def _second(self) -> Service:
        both = Property.WRITE | Property.WRITE_QUIETLY | Property.NOTIFY
        api = Characteristic(v2.API, both, on_write=self._behind_gate)
        gate = Characteristic(v2.GATE, Property.WRITE, on_write=self._gate)
        return Service(v2.SERVICE, (api,) if self.model is RVR else (api, gate))

    def _first(self) -> Service:
        write = Property.WRITE | Property.WRITE_QUIETLY
        characteristics = (
            Characteristic(v1.SEND, write, on_write=self._behind_gate),
            Characteristic(v1.HEAR, Property.NOTIFY),
            Characteristic(v1.GATE, write, on_write=self._gate),
            Characteristic(v1.POWER, write, on_write=_take),
        )
        return Service(v1.SERVICE, characteristics)

    async def _gate(self, value: bytes) -> None:
        await self.hesitate()
        self._is_let_in = value in (v1.PASSWORD, v2.PASSWORD)

    async def _behind_gate(self, value: bytes) -> None:
        """Without the password, the robot hangs up."""
        if self._is_let_in or self.model is RVR:
            await self.inside.receive(value)
        else:
            self.peripheral.hang_up()

    def _alone(self) -> None:
        self._is_let_in = False


async def _take(_value: bytes) -> None:
    await asyncio.sleep(0)


def scene() -> tuple[SpheroSimulator, ...]:
    """One of each for the practice lab; the BOLT keeps a picture, somebody's tablet holds the RVR."""
    return (
        SpheroSimulator("sphero-1", model=MINI),
        SpheroSimulator("sphero-2", {Fault.LOCKED}, model=RVR),
        SpheroSimulator("sphero-3", model=SPRK),
        SpheroSimulator("sphero-4", {Fault.RESIDUE}, model=BOLT),
    )


open_scene = open_on_air
