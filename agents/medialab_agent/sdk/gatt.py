"""What a driver needs of one Bluetooth LE connection, however it is made; every error is a `DeviceTrouble`."""

import asyncio
from abc import ABC, abstractmethod

from medialab_agent.sdk.trouble import DeviceTrouble, Refused, Unreachable
from medialab_wire.texts import Text

CONNECT_S = 15.0
"""Seconds a connection may take to come about. BlueZ itself gives up after about 20; busy rooms need more than 10."""
ANSWER_S = 5.0
"""Seconds one read, one write or one awaited notification may take."""
MOST_WAITING = 256
"""Notifications kept for whoever reads slowly; the oldest go first, so that a chattering device fills no memory."""


class Inbox:
    """Notifications of one characteristic, in order."""

    def __init__(self) -> None:
        self._values: asyncio.Queue[bytes | None] = asyncio.Queue()

    def put(self, value: bytes) -> None:
        """A notification came."""
        while self._values.qsize() >= MOST_WAITING:
            self._values.get_nowait()
        self._values.put_nowait(bytes(value))

    def end(self) -> None:
        """The connection is over; whoever waits is told."""
        self._values.put_nowait(None)

    async def next(self, seconds: float = ANSWER_S) -> bytes:
        """The next one. Raises `Unreachable` when none comes in time or the connection is over."""
        try:
            async with asyncio.timeout(seconds):
                value = await self._values.get()
        except TimeoutError as error:
            raise silent("no notification") from error
        if value is None:
            self._values.put_nowait(None)
            raise silent("hung up")
        return value


class Gatt(ABC):
    """One open connection. UUIDs are 128-bit strings. All methods raise `Unreachable` when the device is gone or
    silent for `ANSWER_S`, and `Refused` when it says no."""

    @property
    @abstractmethod
    def mtu(self) -> int:
        """Bytes of one packet, overhead of three included; never below 23."""

    @abstractmethod
    def has(self, uuid: str) -> bool:
        """Whether there is such a characteristic."""

    @abstractmethod
    async def read(self, uuid: str) -> bytes:
        """The value of a characteristic."""

    @abstractmethod
    async def write(self, uuid: str, value: bytes, *, quietly: bool = False) -> None:
        """Set the value of a characteristic; `quietly`: without waiting for the device's word."""

    @abstractmethod
    async def listen(self, uuid: str) -> Inbox:
        """Notifications of a characteristic from now on."""

    @abstractmethod
    async def close(self) -> None:
        """End the connection. Never raises."""


class Radio(ABC):
    """Something that can connect."""

    @abstractmethod
    async def connect(self, address: str, path: str = "") -> Gatt:
        """Connect within `CONNECT_S`, without pairing. `path`: what discovery knows beside the address.
        Raises `Unreachable`, or `DeviceTrouble` when this machine's Bluetooth does not work."""


def silent(detail: str = "") -> Unreachable:
    """It does not answer over Bluetooth."""
    return Unreachable(
        "device-unreachable",
        Text(de="Der Roboter antwortet nicht über Bluetooth.", en="The robot does not answer over Bluetooth."),
        Text(
            de="Prüfen, ob er eingeschaltet, in der Nähe und mit keinem Tablet verbunden ist.",
            en="Check that it is switched on, nearby and not connected to a tablet.",
        ),
        detail,
    )


def refused(detail: str = "") -> Refused:
    """It said no."""
    return Refused(
        "device-refused",
        Text(de="Der Roboter lehnt das ab.", en="The robot refuses this."),
        Text(de="Den Roboter aus- und wieder einschalten.", en="Switch the robot off and on again."),
        detail,
    )


def garbled(detail: str = "") -> DeviceTrouble:
    """It answered something its protocol does not know."""
    return DeviceTrouble(
        "bad-answer",
        Text(de="Der Roboter antwortet Unverständliches.", en="The robot answers something unintelligible."),
        Text(de="Den Roboter aus- und wieder einschalten.", en="Switch the robot off and on again."),
        detail,
    )
