"""A simulated LEGO hub with the LEGO Wireless Protocol 3, faults included."""

from collections.abc import Mapping
from dataclasses import dataclass

from medialab_agent.drivers.lego_lwp3 import messages as m
from medialab_agent.drivers.lego_lwp3.messages import Action, Kind, Operation, Property
from medialab_agent.sdk import peripheral as ble
from medialab_agent.sdk.ble_simulator import BleSimulator, open_on_air
from medialab_agent.sdk.peripheral import Advertisement, Characteristic, Peripheral, Service
from medialab_agent.sdk.simulator import Fault

MTU = 23
"""Older hubs know no larger packets."""
BOOST, CITY, TECHNIC, ESSENTIAL = 0x40, 0x41, 0x80, 0x83
NOT_RECOGNISED, INVALID_USE = 0x05, 0x06
"""Error codes (chapter 3.9.2)."""


@dataclass
class Lwp3Simulator(BleSimulator):
    """One hub."""

    name: str = ""
    kind: int = BOOST
    battery: int = 76
    firmware: bytes = bytes.fromhex("24020010")
    """Version 1.0.00.0224, least significant byte first."""
    is_busy: bool = False

    def build(self) -> Peripheral:
        """See `BleSimulator`."""
        self.name = self.name or m.fitting(self.serial)
        self.own_name = self.name
        properties = ble.Property.READ | ble.Property.WRITE | ble.Property.WRITE_QUIETLY | ble.Property.NOTIFY
        characteristic = Characteristic(m.CHARACTERISTIC, properties, on_write=self._receive)
        services = (Service(m.SERVICE, (characteristic,)),)
        peripheral = Peripheral(ble.address_of(self.serial), self._advertisement(), services, MTU)
        peripheral.on_disconnect = self._disconnected
        return peripheral

    def soil(self) -> None:
        """A name of the learners' own."""
        self.name = "Rennauto"
        self.peripheral.advertise(self._advertisement())

    def residue(self) -> Mapping[str, int]:
        """Whether it still has that name."""
        return {"renamed": int(self.name != self.own_name)}

    def _advertisement(self) -> Advertisement:
        """Button, kind, capabilities, last network, status, option (chapter 2.1)."""
        data = bytes([0, self.kind, 0x02, 0x00, 0x41, 0x00])
        return Advertisement(self.name, (m.SERVICE,), {m.COMPANY: data})

    def _disconnected(self) -> None:
        self.is_busy = False

    async def _receive(self, data: bytes) -> None:
        await self.hesitate()
        if len(data) < 4 or data[0] != len(data):
            return
        kind, rest = data[2], data[3:]
        if kind == Kind.PROPERTY and rest[1] == Operation.REQUEST:
            self._tell(rest[0])
        elif not self.dies():
            self._change(kind, rest)

    def _tell(self, wanted: int) -> None:
        if Fault.GARBAGE in self.faults:
            self._send(b"\x05\x00\x01")
            return
        values = {
            Property.NAME: self.name.encode(),
            Property.FIRMWARE: self.firmware,
            Property.BATTERY: bytes([self.battery]),
        }
        value = values.get(Property(wanted)) if wanted in list(Property) else None
        if value is None:
            self._error(Kind.PROPERTY, NOT_RECOGNISED)
        else:
            self._send(m.message(Kind.PROPERTY, bytes([wanted, Operation.UPDATE]) + value))

    def _change(self, kind: int, rest: bytes) -> None:
        if kind == Kind.ACTION and rest[0] in (Action.SHOW_BUSY, Action.SHOW_NORMAL):
            self.is_busy = rest[0] == Action.SHOW_BUSY
            self.did("light", "busy" if self.is_busy else "normal")
        elif kind == Kind.PROPERTY and rest[:2] == bytes([Property.NAME, Operation.SET]):
            self._rename(rest[2:])
        else:
            self._error(kind, NOT_RECOGNISED)

    def _rename(self, name: bytes) -> None:
        if Fault.REFUSE in self.faults:
            self._error(Kind.PROPERTY, INVALID_USE)
            return
        self.did("rename")
        if Fault.RESIDUE not in self.faults:
            self.name = name.decode("utf-8", "replace")
            self.peripheral.advertise(self._advertisement())

    def _error(self, kind: int, code: int) -> None:
        self._send(m.message(Kind.ERROR, bytes([kind, code])))

    def _send(self, data: bytes) -> None:
        self.peripheral.notify(m.CHARACTERISTIC, data)


def scene() -> tuple[Lwp3Simulator, ...]:
    """Four for the practice lab; one keeps the name somebody gave it, the batteries of another are nearly empty."""
    return (
        Lwp3Simulator("Move Hub 1", kind=BOOST),
        Lwp3Simulator("Technic 2", kind=TECHNIC, battery=6),
        Lwp3Simulator("Essential 3", kind=ESSENTIAL),
        Lwp3Simulator("City 4", {Fault.RESIDUE}, kind=CITY),
    )


open_scene = open_on_air
