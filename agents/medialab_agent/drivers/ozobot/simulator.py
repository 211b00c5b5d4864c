"""A simulated Ozobot Evo: its advertisement, and the virtual memory of firmware 3, faults included."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from zlib import crc32

from medialab_agent.drivers.ozobot import packets as p
from medialab_agent.drivers.ozobot.advert import COMPANY, Told, data_of
from medialab_agent.drivers.ozobot.packets import Address, Id
from medialab_agent.sdk.ble_simulator import BleSimulator, open_on_air
from medialab_agent.sdk.peripheral import Advertisement, Characteristic, Peripheral, Property, Service, address_of
from medialab_agent.sdk.simulator import Fault

MTU = 23
VOLUME, BRIGHTNESS = 60, 80
"""As the lab set them."""
PERMISSION_DENIED, OUT_OF_RANGE, BAD_CALL = 3, 4, 2
"""IOResult, and CallStatus for what cannot be carried out."""
MEMORY = 32_768


@dataclass
class OzobotSimulator(BleSimulator):
    """One Evo. `is_driving`: its wheels turn because a program runs."""

    name: str = ""
    battery: int = 64
    is_driving: bool = False
    memory: bytearray = field(default_factory=lambda: bytearray(MEMORY))

    def build(self) -> Peripheral:
        """See `BleSimulator`."""
        self.name = self.name or self.serial
        self.told = Told(blake2b(self.serial.encode(), digest_size=16).hexdigest().upper(), 0, "3.4.17")
        self._put(Address.NAME, self.name.encode().ljust(p.NAME_SIZE, b"\0"))
        self._put(Address.VOLUME, bytes([VOLUME, BRIGHTNESS]))
        self._put(Address.BATTERY, struct.pack("<HB", 3900, self.battery))
        characteristic = Characteristic(
            p.CHARACTERISTIC, Property.WRITE_QUIETLY | Property.NOTIFY, on_write=self._receive
        )
        services = (Service(p.SERVICE, (characteristic,)),)
        return Peripheral(address_of(self.serial), self._advertisement(), services, MTU)

    def soil(self) -> None:
        """A program drives, somebody renamed it and turned it up."""
        self.is_driving = True
        self._put(Address.NAME, b"Flitzer".ljust(p.NAME_SIZE, b"\0"))
        self._put(Address.VOLUME, bytes([100, 10]))
        self.peripheral.advertise(self._advertisement())

    def residue(self) -> Mapping[str, int]:
        """What is left of that."""
        return {
            "driving": int(self.is_driving),
            "renamed": int(self._own_name() != self.name),
            "settings": int(bytes(self.memory[Address.VOLUME : Address.VOLUME + 2]) != bytes([VOLUME, BRIGHTNESS])),
        }

    def _own_name(self) -> str:
        return bytes(self.memory[Address.NAME : Address.NAME + p.NAME_SIZE]).split(b"\0")[0].decode("utf-8", "replace")

    def _advertisement(self) -> Advertisement:
        return Advertisement(self._own_name(), (), {COMPANY: data_of(self.told)})

    def _put(self, address: int, value: bytes) -> None:
        self.memory[address : address + len(value)] = value

    async def _receive(self, packet: bytes) -> None:
        await self.hesitate()
        kind = int.from_bytes(packet[:2], "little")
        if kind == Id.READ:
            address, length = struct.unpack("<IH", packet[2:8])
            self._answer(kind, self._read(address, length))
        elif not self.dies():
            self._answer(kind, self._change(kind, packet))

    def _answer(self, kind: int, rest: bytes) -> None:
        packet = struct.pack("<H", kind + 1) + rest
        self.peripheral.notify(p.CHARACTERISTIC, b"\x02" if Fault.GARBAGE in self.faults else packet)

    def _read(self, address: int, length: int) -> bytes:
        if self.is_driving and address == Address.WHEELS:
            left = int.from_bytes(self.memory[address : address + 4], "little") + 17
            self._put(address, left.to_bytes(4, "little") * 2)
        if address + length > MEMORY:
            return bytes([OUT_OF_RANGE, 0, 0])
        return struct.pack("<BH", p.SUCCESS, length) + bytes(self.memory[address : address + length])

    def _change(self, kind: int, packet: bytes) -> bytes:
        if kind == Id.STOP:
            if self.is_driving and Fault.RESIDUE not in self.faults:
                self.is_driving = False
                self.did("stop")
            return packet[2:6]
        if kind == Id.LED:
            self.did("light", packet[4:7].hex())
            return bytes([p.SUCCESS])
        if kind == Id.WRITE:
            return bytes([self._write(packet)])
        if kind == Id.LONG:
            return self._long(packet)
        return bytes([BAD_CALL])

    def _write(self, packet: bytes) -> int:
        address, length = struct.unpack("<IH", packet[2:8])
        value = packet[8:]
        if len(value) != length or not Address.NAME <= address <= MEMORY - length:
            return OUT_OF_RANGE
        if address < Address.LONG and Fault.REFUSE in self.faults:
            return PERMISSION_DENIED
        if address < Address.LONG:
            self.did("write", str(address))
        self._put(address, value)
        if address == Address.NAME:
            self.peripheral.advertise(self._advertisement())
        return p.SUCCESS

    def _long(self, packet: bytes) -> bytes:
        """Carries out the packet at `Address.LONG`; its answer takes the same place."""
        length, checksum = struct.unpack("<HI", packet[2:8])
        inner = bytes(self.memory[Address.LONG : Address.LONG + length])
        if crc32(inner) != checksum:
            return bytes([BAD_CALL]) + bytes(6)
        result = struct.pack("<HB", Id.WRITE + 1, self._write(inner))
        self._put(Address.LONG, result)
        return struct.pack("<BHI", p.SUCCESS, len(result), crc32(result))


def scene() -> tuple[OzobotSimulator, ...]:
    """Three for the practice lab; one does not stop, another falls silent when it is told something."""
    faults = ((1, set[Fault]()), (2, {Fault.RESIDUE}), (3, {Fault.DIE}))
    return tuple(OzobotSimulator(f"OzoEvo {number}", faulty) for number, faulty in faults)


open_scene = open_on_air
