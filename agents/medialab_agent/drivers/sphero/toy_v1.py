"""A conversation in version 1 of Sphero's API."""

from collections import deque

from medialab_agent.drivers.sphero import packets_v1 as v1
from medialab_agent.drivers.sphero.packets_v1 import Answer, Collector, Command
from medialab_agent.drivers.sphero.packets_v2 import BadPacket
from medialab_agent.drivers.sphero.toys import Battery, Charge, Toy, bytes_of, text_of
from medialab_agent.sdk.gatt import Gatt, Inbox, garbled, refused, silent

PIECE = 20
MOST_OTHERS = 100
STRONG = 7
"""Transmitting power, as the maker's app sets it."""
_CHARGES = {1: Charge.OK, 2: Charge.OK, 3: Charge.LOW, 4: Charge.CRITICAL}


class ToyV1(Toy):
    """Made by `ToyV1.meet`."""

    def __init__(self, gatt: Gatt, inbox: Inbox) -> None:
        self._gatt, self._inbox = gatt, inbox
        self._collector = Collector()
        self._ready: deque[Answer] = deque(maxlen=MOST_OTHERS)
        self._sequence = 0

    @classmethod
    async def meet(cls, gatt: Gatt) -> "ToyV1":
        """Open the gate and listen."""
        await gatt.write(v1.GATE, v1.PASSWORD)
        await gatt.write(v1.POWER, bytes([STRONG]))
        return cls(gatt, await gatt.listen(v1.HEAR))

    async def wake(self) -> None:
        """See `Toy`. Being connected wakes it."""

    async def firmware(self) -> str:
        """See `Toy`."""
        told = await self._ask(Command.VERSIONS)
        if len(told) < 5:
            raise garbled("versions")
        return f"{told[3]}.{told[4]}"

    async def battery(self) -> Battery:
        """See `Toy`."""
        told = await self._ask(Command.POWER_STATE)
        return Battery(_CHARGES.get(told[1], Charge.UNKNOWN) if len(told) >= 2 else Charge.UNKNOWN)

    async def name(self) -> str:
        """See `Toy`."""
        return text_of(await self._ask(Command.NAME))

    async def rename(self, name: str) -> None:
        """See `Toy`."""
        await self._ask(Command.SET_NAME, bytes_of(name))

    async def pictures(self) -> int:
        """See `Toy`."""
        return 0

    async def delete_pictures(self) -> None:
        """See `Toy`."""

    async def shine(self, red: int, green: int, blue: int) -> None:
        """See `Toy`."""
        await self._ask(Command.LIGHT, bytes([red, green, blue]))

    async def sleep(self) -> None:
        """See `Toy`. Until somebody connects: no time, no macro, no line of a program."""
        await self._ask(Command.SLEEP, bytes(5))

    async def _ask(self, command: Command, data: bytes = b"") -> bytes:
        self._sequence = (self._sequence + 1) % 0x100
        frame = v1.request(command, self._sequence, data)
        for at in range(0, len(frame), PIECE):
            await self._gatt.write(v1.SEND, frame[at : at + PIECE])
        for _ in range(MOST_OTHERS):
            answer = await self._next()
            if answer.sequence == self._sequence:
                if answer.code:
                    raise refused(f"{command.name}: code {answer.code}")
                return answer.data
        raise silent(f"no answer to {command.name}")

    async def _next(self) -> Answer:
        while not self._ready:
            try:
                self._ready.extend(self._collector.feed(await self._inbox.next()))
            except BadPacket as error:
                raise garbled(str(error)) from error
        return self._ready.popleft()
