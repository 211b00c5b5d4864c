"""Connections over this machine's own Bluetooth, by bleak; imported only when one is wanted."""

import asyncio
import logging
from collections.abc import Awaitable
from typing import TypeVar

from bleak import BleakClient
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.device import BLEDevice
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
)
from dbus_fast.errors import AuthError, DBusError, InvalidAddressError

from medialab_agent.sdk.bluetooth_bluez import PatientClient
from medialab_agent.sdk.gatt import ANSWER_S, CONNECT_S, Gatt, Inbox, Radio, refused, silent
from medialab_agent.sdk.trouble import DeviceTrouble
from medialab_wire.texts import Text

log = logging.getLogger(__name__)

OVERHEAD = 3
"""Bytes of one packet that are not payload (Bluetooth Core 5.4, vol 3, part F, 3.4.5.3)."""
GONE = (BleakError, DBusError, AuthError, InvalidAddressError, OSError, EOFError, TimeoutError, AssertionError)
"""What bleak raises when a device, the Bluetooth service or the system bus is not there; it asserts on both."""
AGAIN_S = 0.5
"""Seconds before a second try; what BlueZ still has to tell of the first must not be taken for news of the second."""

T = TypeVar("T")


class BleakRadio(Radio):
    """This machine's Bluetooth adapter."""

    async def connect(self, address: str, path: str = "") -> Gatt:
        """See `Radio`. `path`: BlueZ's object of the device; with it bleak need not search, which would disturb the
        search that is going on (BlueZ answers a second one of the same program with InProgress)."""
        target = BLEDevice(address.upper(), None, {"path": path}) if path else address.upper()
        try:
            async with asyncio.timeout(CONNECT_S):
                return await _connected_at_last(target)
        except BleakBluetoothNotAvailableError as error:
            raise _no_bluetooth(str(error)) from error
        except GONE as error:
            raise silent(f"{type(error).__name__} {error}"[:200]) from error


async def _connected_at_last(target: BLEDevice | str) -> "BleakGatt":
    """The second try helps against what other radios disturb, as bleak's own documentation of these errors says."""
    try:
        return await _connected(target)
    except (BleakBluetoothNotAvailableError, BleakDeviceNotFoundError):
        raise
    except BleakError as error:
        log.debug("Connecting once more: %s", error)
    await asyncio.sleep(AGAIN_S)
    return await _connected(target)


async def _connected(target: BLEDevice | str) -> "BleakGatt":
    gatt = BleakGatt()
    gatt.client = BleakClient(
        target, disconnected_callback=gatt.hung_up, timeout=CONNECT_S, pair=False, backend=PatientClient
    )
    await gatt.client.connect()
    return gatt


class BleakGatt(Gatt):
    """One connection by bleak."""

    client: BleakClient

    def __init__(self) -> None:
        self._inboxes: list[Inbox] = []

    @property
    def mtu(self) -> int:
        """See `Gatt`. BlueZ tells it per characteristic since 5.62; before, the least there is."""
        quiet = [
            one.max_write_without_response_size
            for one in self.client.services.characteristics.values()
            if "write-without-response" in one.properties
        ]
        return max([*quiet, 20]) + OVERHEAD

    def has(self, uuid: str) -> bool:
        """See `Gatt`."""
        return self.client.services.get_characteristic(uuid) is not None

    async def read(self, uuid: str) -> bytes:
        """See `Gatt`."""
        return bytes(await self._bounded(self.client.read_gatt_char(uuid)))

    async def write(self, uuid: str, value: bytes, *, quietly: bool = False) -> None:
        """See `Gatt`."""
        await self._bounded(self.client.write_gatt_char(uuid, value, response=not quietly))

    async def listen(self, uuid: str) -> Inbox:
        """See `Gatt`."""
        inbox = Inbox()

        def heard(_of: BleakGATTCharacteristic, value: bytearray) -> None:
            inbox.put(bytes(value))

        self._inboxes.append(inbox)
        await self._bounded(self.client.start_notify(uuid, heard))
        return inbox

    async def close(self) -> None:
        """See `Gatt`."""
        try:
            async with asyncio.timeout(ANSWER_S):
                await self.client.disconnect()
        except GONE as error:
            log.debug("Disconnecting failed: %s", error)

    def hung_up(self, _client: BleakClient) -> None:
        """The connection is over."""
        for inbox in self._inboxes:
            inbox.end()

    async def _bounded(self, call: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(ANSWER_S):
                return await call
        except BleakGATTProtocolError as error:
            raise refused(str(error)[:200]) from error
        except GONE as error:
            raise silent(f"{type(error).__name__} {error}"[:200]) from error


def _no_bluetooth(detail: str) -> DeviceTrouble:
    return DeviceTrouble(
        "no-bluetooth",
        Text(
            de="Das Bluetooth dieses Computers geht gerade nicht.", en="The Bluetooth of this computer does not work."
        ),
        Text(de="Auf der Seite „System“ steht, was hilft.", en="The page “System” says what helps."),
        detail,
    )
