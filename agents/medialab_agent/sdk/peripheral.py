"""A Bluetooth LE device without a radio: what it advertises and offers, for whatever puts it on an air."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Flag, auto
from hashlib import blake2b
from typing import Protocol

from medialab_wire.sightings import Sighting

DEFAULT_MTU = 247
"""Bytes of one ATT packet most robots of today agree to; three of them are overhead (Bluetooth Core 5.4, 3.F.3.2.8)."""
READ_NOT_PERMITTED, WRITE_NOT_PERMITTED, UNLIKELY_ERROR, NO_SUCH_ATTRIBUTE = 0x02, 0x03, 0x0E, 0x0A
"""ATT error codes (Bluetooth Core 5.4, vol 3, part F, 3.4.1.1)."""
MOST_DATA = 31
"""Bytes of manufacturer data that are facts; one legacy advertisement has no more (Bluetooth Core 5.4, 6.B.2.3.1)."""


def uuid_of(short: int) -> str:
    """A 16-bit number of the Bluetooth SIG in its 128-bit form, lower case."""
    return f"{short:08x}-0000-1000-8000-00805f9b34fb"


def address_of(serial: str) -> str:
    """A static random address that is always the same for one simulated device (Bluetooth Core 5.4, 6.B.1.3.2.1)."""
    digest = bytearray(blake2b(serial.encode(), digest_size=6).digest())
    digest[0] |= 0xC0
    return ":".join(f"{byte:02x}" for byte in digest)


class Property(Flag):
    """What may be done with a characteristic."""

    READ = auto()
    WRITE = auto()
    WRITE_QUIETLY = auto()
    """Write without response."""
    NOTIFY = auto()


class AttRefusal(Exception):
    """A handler refuses a read or a write with an ATT error code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"ATT error 0x{code:02x}")
        self.code = code


@dataclass(frozen=True)
class Advertisement:
    """What it says to everybody. UUIDs have 128 bits; manufacturer data lacks the two bytes of the company's id."""

    name: str = ""
    service_uuids: tuple[str, ...] = ()
    manufacturer_data: Mapping[int, bytes] = field(default_factory=dict)
    service_data: Mapping[str, bytes] = field(default_factory=dict)
    is_connectable: bool = True

    def facts(self, address: str) -> dict[str, str]:
        """The same as discovery makes of it."""
        makers = {f"{maker:04x}": data for maker, data in sorted(self.manufacturer_data.items())}
        facts = {
            "address": address.lower(),
            "name": self.name,
            "service_uuids": " ".join(sorted(uuid.lower() for uuid in self.service_uuids)),
            "service_data_uuids": " ".join(sorted(uuid.lower() for uuid in self.service_data)),
            "manufacturer_ids": " ".join(makers),
            **{f"manufacturer.{maker}": data[:MOST_DATA].hex() for maker, data in makers.items()},
        }
        return {key: value for key, value in facts.items() if value}


@dataclass(frozen=True)
class Characteristic:
    """One value. `on_read` and `on_write` may take their time (a device that hangs never returns) and may raise
    `AttRefusal`; without them a read or a write is refused."""

    uuid: str
    properties: Property
    on_read: Callable[[], Awaitable[bytes]] | None = None
    on_write: Callable[[bytes], Awaitable[None]] | None = None


@dataclass(frozen=True)
class Service:
    """A group of characteristics."""

    uuid: str
    characteristics: tuple[Characteristic, ...]


class Carrier(Protocol):
    """Puts peripherals on an air, simulated or real, and is told what they do. Called on the event loop."""

    def advertises(self, peripheral: "Peripheral") -> None:
        """It appeared, vanished or advertises something else; see `is_on` and `advertisement`."""

    def notifies(self, peripheral: "Peripheral", uuid: str, value: bytes) -> None:
        """A value for whoever is connected and has asked for notifications of this characteristic."""

    def hangs_up(self, peripheral: "Peripheral") -> None:
        """It ends its connection, or vanished with it."""


class Peripheral:
    """One device. Like most robots it serves one connection at a time.

    `on_connect` and `on_disconnect` tell the model; the carrier calls `connected`, `disconnected`, `read`, `write`.
    `is_taken()`: somebody else, such as a tablet, holds the connection; carriers then refuse to connect."""

    def __init__(
        self, address: str, advertisement: Advertisement, services: tuple[Service, ...] = (), mtu: int = DEFAULT_MTU
    ) -> None:
        self.address, self.services, self.mtu = address.lower(), services, mtu
        self.advertisement = advertisement
        self.is_on = self.is_connected = False
        self.is_taken: Callable[[], bool] = lambda: False
        self.carrier: Carrier | None = None
        self.connections = 0
        self.on_connect: Callable[[], None] = lambda: None
        self.on_disconnect: Callable[[], None] = lambda: None

    def appear(self) -> None:
        """Switched on: it advertises."""
        self.is_on = True
        self._tell()

    def vanish(self) -> None:
        """Switched off or out of reach."""
        self.is_on = False
        self.hang_up()
        self._tell()

    def advertise(self, advertisement: Advertisement) -> None:
        """Advertise this from now on."""
        self.advertisement = advertisement
        self._tell()

    def notify(self, uuid: str, value: bytes) -> None:
        """Send a notification; nothing happens when nobody listens."""
        if self.carrier is not None and self.is_connected:
            self.carrier.notifies(self, uuid, value)

    def hang_up(self) -> None:
        """End the connection, if there is one."""
        if self.carrier is not None and self.is_connected:
            self.carrier.hangs_up(self)

    def sighting(self) -> Sighting:
        """How discovery sees it."""
        facts = self.advertisement.facts(self.address)
        return Sighting(source="ble", key=self.address, present=True, facts=facts)

    def connected(self) -> None:
        """For the carrier: somebody is connected."""
        self.is_connected = True
        self.connections += 1
        self.on_connect()

    def disconnected(self) -> None:
        """For the carrier: the connection is over."""
        if self.is_connected:
            self.is_connected = False
            self.on_disconnect()

    def characteristic(self, uuid: str) -> Characteristic:
        """For the carrier. Raises `AttRefusal`."""
        wanted = uuid.lower()
        for service in self.services:
            for found in service.characteristics:
                if found.uuid.lower() == wanted:
                    return found
        raise AttRefusal(NO_SUCH_ATTRIBUTE)

    async def read(self, uuid: str) -> bytes:
        """For the carrier. Raises `AttRefusal`."""
        found = self.characteristic(uuid)
        if Property.READ not in found.properties or found.on_read is None:
            raise AttRefusal(READ_NOT_PERMITTED)
        return await found.on_read()

    async def write(self, uuid: str, value: bytes) -> None:
        """For the carrier; also for writes without response. Raises `AttRefusal`."""
        found = self.characteristic(uuid)
        if not found.properties & (Property.WRITE | Property.WRITE_QUIETLY) or found.on_write is None:
            raise AttRefusal(WRITE_NOT_PERMITTED)
        await found.on_write(value)

    def _tell(self) -> None:
        if self.carrier is not None:
            self.carrier.advertises(self)


def constant(value: bytes) -> Callable[[], Awaitable[bytes]]:
    """An `on_read` that always says the same."""

    async def read() -> bytes:
        await asyncio.sleep(0)
        return value

    return read
