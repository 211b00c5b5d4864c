"""A conversation in version 2 of Sphero's API."""

from collections import deque

from medialab_agent.drivers.sphero import packets_v2 as v2
from medialab_agent.drivers.sphero.packets_v2 import BadPacket, Collector, Command, Packet
from medialab_agent.drivers.sphero.toys import Battery, Charge, Model, Toy, bytes_of, text_of
from medialab_agent.sdk.gatt import Gatt, Inbox, garbled, refused, silent

PIECE = 20
"""Bytes of one write."""
MOST_OTHERS = 100
_CHARGES = {1: Charge.OK, 2: Charge.LOW, 3: Charge.CRITICAL}


class ToyV2(Toy):
    """Made by `ToyV2.meet`."""

    def __init__(self, gatt: Gatt, inbox: Inbox, model: Model) -> None:
        self._gatt, self._inbox, self._model = gatt, inbox, model
        self._collector = Collector()
        self._ready: deque[Packet] = deque(maxlen=MOST_OTHERS)
        self._sequence = 0

    @classmethod
    async def meet(cls, gatt: Gatt, model: Model) -> "ToyV2":
        """Open the gate and listen."""
        if gatt.has(v2.GATE):
            await gatt.write(v2.GATE, v2.PASSWORD)
        return cls(gatt, await gatt.listen(v2.API), model)

    async def wake(self) -> None:
        """See `Toy`."""
        await self._ask(Command.WAKE)

    async def firmware(self) -> str:
        """See `Toy`."""
        told = await self._ask(Command.FIRMWARE)
        if len(told) < 6:
            raise garbled("firmware")
        return ".".join(str(int.from_bytes(told[at : at + 2], "big")) for at in (0, 2, 4))

    async def battery(self) -> Battery:
        """See `Toy`."""
        state = (await self._ask(Command.BATTERY_STATE))[:1]
        percent = await self._ask(Command.BATTERY_PERCENT) if self._model.tells_percent else b""
        charge = _CHARGES.get(state[0], Charge.UNKNOWN) if state else Charge.UNKNOWN
        return Battery(charge, min(100, percent[0]) if percent else None)

    async def name(self) -> str:
        """See `Toy`."""
        return text_of(await self._ask(Command.NAME))

    async def rename(self, name: str) -> None:
        """See `Toy`."""
        await self._ask(Command.SET_NAME, bytes_of(name))

    async def pictures(self) -> int:
        """See `Toy`."""
        if self._model.picture_target is None:
            return 0
        return len(await self._ask(Command.PICTURES, target=self._model.picture_target)) // 2

    async def delete_pictures(self) -> None:
        """See `Toy`."""
        await self._ask(Command.DELETE_PICTURES, target=self._model.picture_target)

    async def shine(self, red: int, green: int, blue: int) -> None:
        """See `Toy`. Single lights get the brightest of the three."""
        lights = self._model.lights
        colours = bytes((red, green, blue) * (lights // 3) + (max(red, green, blue),) * (lights % 3))
        size, command = _mask(lights)
        mask = ((1 << lights) - 1).to_bytes(size, "big")
        await self._ask(command, mask + colours, target=self._model.light_target)

    async def sleep(self) -> None:
        """See `Toy`."""
        await self._ask(Command.SLEEP)

    async def _ask(self, command: Command, data: bytes = b"", target: int | None = None) -> bytes:
        self._sequence = (self._sequence + 1) % 0xFF
        device, number = command.value
        target = self._model.target if target is None else target
        frame = Packet(device, number, self._sequence, data, target).build()
        for at in range(0, len(frame), PIECE):
            await self._gatt.write(v2.API, frame[at : at + PIECE])
        for _ in range(MOST_OTHERS):
            packet = await self._next()
            if packet.error is not None and (packet.device, packet.command) == command.value:
                if packet.sequence != self._sequence:
                    continue
                if packet.error:
                    raise refused(f"{command.name}: error {packet.error}")
                return packet.data
        raise silent(f"no answer to {command.name}")

    async def _next(self) -> Packet:
        while not self._ready:
            try:
                self._ready.extend(self._collector.feed(await self._inbox.next()))
            except BadPacket as error:
                raise garbled(str(error)) from error
        return self._ready.popleft()


def _mask(lights: int) -> tuple[int, Command]:
    if lights <= 6:
        return 1, Command.LIGHTS_8
    return (2, Command.LIGHTS_16) if lights <= 16 else (4, Command.LIGHTS_32)
