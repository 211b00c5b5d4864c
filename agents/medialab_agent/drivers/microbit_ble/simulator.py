"""A simulated micro:bit in the air: what the foundation's runtime advertises while a program uses Bluetooth."""

from collections.abc import Mapping
from dataclasses import dataclass

from medialab_agent.sdk.ble_simulator import BleSimulator, open_on_air
from medialab_agent.sdk.peripheral import Advertisement, Peripheral, Service, address_of, constant, uuid_of
from medialab_agent.sdk.peripheral import Characteristic as Value
from medialab_agent.sdk.peripheral import Property as Prop


@dataclass
class MicrobitBleSimulator(BleSimulator):
    """One board; `serial` is its name of five letters."""

    maker: str = "BBC micro:bit"

    @property
    def label(self) -> str:
        """What it advertises."""
        return f"{self.maker} [{self.serial}]"

    def build(self) -> Peripheral:
        """See `BleSimulator`. Device information as in the runtime: model and serial number."""
        information = Service(
            uuid_of(0x180A),
            (
                Value(uuid_of(0x2A24), Prop.READ, on_read=constant(self.maker.encode())),
                Value(uuid_of(0x2A25), Prop.READ, on_read=constant(b"2216482343")),
            ),
        )
        return Peripheral(address_of(self.serial), Advertisement(self.label), (information,), mtu=23)

    def soil(self) -> None:
        """What learners leave behind is not to be seen over the air."""

    def residue(self) -> Mapping[str, int]:
        """Nothing that this road could remove."""
        return {}


def scene() -> tuple[MicrobitBleSimulator, ...]:
    """Two for the practice lab."""
    return (MicrobitBleSimulator("tipov"), MicrobitBleSimulator("gevaz", maker="Calliope mini"))


open_scene = open_on_air
