"""One iPad behind usbmuxd: find it, talk to its door, open its services."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

from medialab_agent.drivers.apple_ios import lockdown, pairing
from medialab_agent.drivers.apple_ios.identity import udid_of
from medialab_agent.drivers.apple_ios.lockdown import Lockdown
from medialab_agent.drivers.apple_ios.mux import Mux, MuxDevice
from medialab_agent.drivers.apple_ios.pairing import Trust
from medialab_agent.drivers.apple_ios.troubles import NotTrusted, away, denied, not_trusted, of_lockdown
from medialab_agent.drivers.apple_ios.wire import PlistStream

ASK_S = 1.0
"""Seconds between two questions whether somebody has tapped “Trust”."""
_PENDING, _LOCKED = "PairingDialogResponsePending", "PasswordProtected"


class IPad:
    """Named by its UDID, wherever it is plugged in. Raises `DeviceTrouble`."""

    def __init__(self, mux: Mux, udid: str) -> None:
        self.mux, self.udid = mux, udid
        self._trust: tuple[dict[str, Any], Trust] | None = None

    async def find(self) -> MuxDevice:
        """Its attachment now. Raises `Unreachable`."""
        for device in await self.mux.devices():
            if udid_of(device.udid) == self.udid:
                return device
        raise away("not attached")

    @contextlib.asynccontextmanager
    async def door(self) -> AsyncIterator[Lockdown]:
        """lockdownd without a session: what every stranger may ask."""
        async with self._connected(await self.find(), lockdown.PORT) as stream:
            yield Lockdown(stream)

    @contextlib.asynccontextmanager
    async def session(self) -> AsyncIterator["Session"]:
        """lockdownd with a session. Raises `NotTrusted`."""
        device = await self.find()
        trust = await self.trust(device)
        if trust is None:
            raise not_trusted()
        async with self._connected(device, lockdown.PORT) as stream:
            door = Lockdown(stream)
            await door.open_session(trust)
            yield Session(self.mux, device, door, trust)

    async def trust(self, device: MuxDevice | None = None) -> Trust | None:
        """What the device and this computer agreed on; None: nothing. Raises `NotTrusted` for a broken record."""
        record = await self.mux.pair_record((device or await self.find()).udid)
        if record is None:
            self._trust = None
        elif self._trust is None or self._trust[0] != record:
            self._trust = record, await asyncio.to_thread(Trust.of, record)
        return self._trust[1] if self._trust else None

    async def is_trusted(self) -> bool:
        """Whether the device opens a session for this computer now."""
        with contextlib.suppress(NotTrusted):
            trust = await self.trust()
            return trust is not None and not await self.refuses(trust.host_id)
        return False

    async def refuses(self, host_id: str) -> bool:
        """Whether the device no longer knows a host it once trusted. Raises `DeviceTrouble` for other errors."""
        buid = await self.mux.buid()
        async with self.door() as door:
            error, _ = await door.knock(host_id, buid)
        if error not in ("", "InvalidHostID"):
            raise of_lockdown(error)
        return error == "InvalidHostID"

    async def pair(self, waits: Callable[[bool], None] | None) -> bool:
        """Become trusted, and keep the record where all programs of this computer find it.

        `waits(is_locked)` is told while somebody has to act; with None nobody is waited for, and False says so."""
        device = await self.find()
        async with self._connected(device, lockdown.PORT) as stream:
            door = Lockdown(stream)
            key, address = await door.value("DevicePublicKey"), await door.value("WiFiAddress")
        record = await asyncio.to_thread(pairing.new_record, key, await self.mux.buid(), address)
        while (bag := await self._asked(device, record)) in (_PENDING, _LOCKED):
            if waits is None:
                return False
            waits(bag == _LOCKED)
            await asyncio.sleep(ASK_S)
        await self.mux.save_pair_record(device, record | ({"EscrowBag": bag} if isinstance(bag, bytes) else {}))
        return True

    async def _asked(self, device: MuxDevice, record: dict[str, Any]) -> str | bytes | None:
        """The key bag or None when trusted; a word while somebody has to act. Raises `NeedsPerson` when denied."""
        async with self._connected(device, lockdown.PORT) as stream:
            error, bag = await Lockdown(stream).pair(record)
        if error == "UserDeniedPairing":
            raise denied()
        if error not in ("", _PENDING, _LOCKED):
            raise of_lockdown(error)
        return error or bag

    @contextlib.asynccontextmanager
    async def _connected(self, device: MuxDevice, port: int) -> AsyncIterator[PlistStream]:
        stream = await self.mux.connect(device, port)
        try:
            yield stream
        finally:
            stream.close()


class Session:
    """An open session: values, and services beside it."""

    def __init__(self, mux: Mux, device: MuxDevice, door: Lockdown, trust: Trust) -> None:
        self._mux, self._device, self.door, self._trust = mux, device, door, trust

    @contextlib.asynccontextmanager
    async def service(self, name: str) -> AsyncIterator[PlistStream]:
        """A connection to one service. Raises `NeedsPerson` when the device is locked."""
        port, is_secure = await self.door.start_service(name)
        stream = await self._mux.connect(self._device, port)
        try:
            if is_secure:
                await stream.secure(self._trust.context)
            yield stream
        finally:
            stream.close()
