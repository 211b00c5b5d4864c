"""One conversation with an Evo over one connection."""

import asyncio
from zlib import crc32

from medialab_agent.drivers.ozobot import packets as p
from medialab_agent.drivers.ozobot.packets import Address, BadPacket, Id, Read
from medialab_agent.sdk.gatt import Gatt, Inbox, garbled, refused, silent

MOST_OTHERS = 100
"""Packets that are no answer, while one is awaited."""
LOOK_S = 0.3
"""Seconds between the two looks at the wheels' counters."""


class Evo:
    """Made by `Evo.meet`. All methods raise `DeviceTrouble`."""

    def __init__(self, gatt: Gatt, inbox: Inbox) -> None:
        self._gatt, self._inbox = gatt, inbox

    @classmethod
    async def meet(cls, gatt: Gatt) -> "Evo | None":
        """Listen. None: its firmware is older than 3 and knows none of this."""
        if not gatt.has(p.CHARACTERISTIC):
            return None
        return cls(gatt, await gatt.listen(p.CHARACTERISTIC))

    async def name(self) -> str:
        """What it is called."""
        return (await self._read(Address.NAME, p.NAME_SIZE)).split(b"\0")[0].decode("utf-8", "replace")

    async def battery(self) -> int:
        """Percent."""
        return min(100, (await self._read(Address.BATTERY, p.BATTERY_SIZE))[2])

    async def settings(self) -> tuple[int, int]:
        """Volume and brightness."""
        volume = await self._read(Address.VOLUME, 1)
        return volume[0], (await self._read(Address.BRIGHTNESS, 1))[0]

    async def set_up(self, volume: int, brightness: int) -> None:
        """Set volume and brightness."""
        await self._must(Id.WRITE, p.write(Address.VOLUME, bytes([volume])))
        await self._must(Id.WRITE, p.write(Address.BRIGHTNESS, bytes([brightness])))

    async def rename(self, name: str) -> None:
        """Call it so. The packet is longer than the robot takes at once, so it is put together in its memory first."""
        value = name.encode()[: p.NAME_SIZE - 1].decode("utf-8", "ignore").encode().ljust(p.NAME_SIZE, b"\0")
        packet = p.write(Address.NAME, value)
        for at in range(0, len(packet), p.WRITE_MOST):
            await self._must(Id.WRITE, p.write(Address.LONG + at, packet[at : at + p.WRITE_MOST]))
        await self._must(Id.LONG, p.execute_long(len(packet), crc32(packet)))

    async def stop(self) -> None:
        """End what it carries out."""
        await self._must(Id.STOP, p.stop())

    async def stands_still(self) -> bool:
        """Whether the wheels' counters stay as they are."""
        before = await self._read(Address.WHEELS, p.WHEELS_SIZE)
        await asyncio.sleep(LOOK_S)
        return await self._read(Address.WHEELS, p.WHEELS_SIZE) == before

    async def shine(self, red: int, green: int, blue: int) -> None:
        """All lights in one colour."""
        await self._must(Id.LED, p.led(red, green, blue))

    async def _read(self, address: int, length: int) -> bytes:
        found = b""
        while len(found) < length:
            size = min(p.READ_MOST, length - len(found))
            told = await self._ask(Id.READ, p.read(address + len(found), size))
            if not isinstance(told, Read):
                raise refused(f"read {address}: {told.code}")
            if len(told.data) != size:
                raise garbled(f"read {address}")
            found += told.data
        return found

    async def _must(self, kind: Id, packet: bytes) -> None:
        told = await self._ask(kind, packet)
        if isinstance(told, Read) or told.code != p.SUCCESS:
            raise refused(f"request {kind}: {told}")

    async def _ask(self, kind: Id, packet: bytes) -> p.Read | p.Status:
        await self._gatt.write(p.CHARACTERISTIC, packet, quietly=True)
        for _ in range(MOST_OTHERS):
            try:
                told = p.answer(kind, await self._inbox.next())
            except BadPacket as error:
                raise garbled(str(error)) from error
            if told is not None:
                return told
        raise silent(f"no answer to {kind}")
