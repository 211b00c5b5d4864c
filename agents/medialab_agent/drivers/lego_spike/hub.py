"""One conversation with a hub over one connection."""

from collections import deque
from collections.abc import Callable
from typing import TypeVar

from medialab_agent.drivers.lego_spike import messages as m
from medialab_agent.drivers.lego_spike.cobs import BadFrame, Deframer, pack
from medialab_agent.drivers.lego_spike.messages import DeviceState, Id, Info
from medialab_agent.sdk.gatt import ANSWER_S, Gatt, Inbox, garbled, refused, silent

SERVICE = "0000fd02-0000-1000-8000-00805f9b34fb"
RX = "0000fd02-0001-1000-8000-00805f9b34fb"
TX = "0000fd02-0002-1000-8000-00805f9b34fb"
"""LEGO/spike-prime-docs, connect.rst; received and sent as the hub sees it."""
NOTIFY_MS = 100
"""How often the hub tells its state while somebody listens for the first one."""
MOST_OTHERS = 200
"""Messages that are no answer, while one is awaited; a hub that talks on and on does not hold up the run."""
CONTROL = "medialab-check"
"""Name of the little program that `tells_empty_slots` stores and clears again."""


T = TypeVar("T")


class Hub:
    """Made by `Hub.meet`. All methods raise `DeviceTrouble`."""

    def __init__(self, gatt: Gatt, inbox: Inbox) -> None:
        self._gatt, self._inbox = gatt, inbox
        self._deframer = Deframer()
        self._ready: deque[bytes] = deque(maxlen=MOST_OTHERS)
        self.info = Info("", "", 20, 0, m.ALIGN, 0)

    @classmethod
    async def meet(cls, gatt: Gatt) -> "Hub":
        """Listen, and ask for what the hub can take; LEGO demands this first."""
        hub = cls(gatt, await gatt.listen(TX))
        answer = await hub.ask(bytes([Id.INFO]), Id.INFO_IS)
        hub.info = _understood(m.info_is, answer)
        if hub.info.product != m.SPIKE_PRIME:
            raise refused(f"product {hub.info.product}")
        return hub

    async def name(self) -> str:
        """What the hub is called."""
        return m.text_is(await self.ask(bytes([Id.GET_NAME]), Id.NAME_IS))

    async def uuid(self) -> str:
        """Who the hub is, in hex."""
        return _understood(m.uuid_is, await self.ask(bytes([Id.UUID]), Id.UUID_IS))

    async def state(self) -> DeviceState:
        """Battery and motors."""
        await self._must(m.notify(NOTIFY_MS), Id.NOTIFY_IS)
        told = _understood(m.device_state, await self._next(Id.DEVICE))
        await self._must(m.notify(0), Id.NOTIFY_IS)
        return told

    async def rename(self, name: str) -> None:
        """Call it so."""
        await self._must(m.set_name(name), Id.SET_NAME_IS)

    async def stop_programs(self) -> None:
        """Stop whatever runs; a hub on which nothing runs may refuse, which is as good."""
        await self.ask(m.program(m.STOP, 0), Id.PROGRAM_IS)

    async def clear(self, slot: int) -> bool:
        """True: the hub had something there and has cleared it. False: it refused, which LEGO's own example reads as
        “could mean the slot was already empty”."""
        return _understood(m.is_acknowledged, await self.ask(m.clear(slot), Id.CLEAR_IS))

    async def upload(self, name: str, slot: int, content: bytes, say: Callable[[float], None] = lambda _: None) -> None:
        """Store a program."""
        await self._must(m.start_file(name, slot, m.checksum(content)), Id.START_FILE_IS)
        await self.transfer(content, 0, say)

    async def transfer(self, content: bytes, since: int, say: Callable[[float], None]) -> None:
        """Send everything after the first `since` bytes, which the hub has already."""
        running = m.checksum(content[:since]) if since else 0
        for at in range(since, len(content), self.info.chunk_most):
            piece = content[at : at + self.info.chunk_most]
            running = m.checksum(piece, running)
            await self._must(m.chunk(running, piece), Id.CHUNK_IS)
            say((at + len(piece)) / len(content))

    async def tells_empty_slots(self, slot: int) -> bool:
        """Whether this hub acknowledges to clear a full slot and refuses to clear an empty one, tried out on one slot
        that ends empty. Only then does a refusal mean anything."""
        start = await self.ask(m.start_file(CONTROL, slot, m.checksum(b"pass")), Id.START_FILE_IS)
        if not _understood(m.is_acknowledged, start):
            return False
        await self.transfer(b"pass", 0, lambda _: None)
        return await self.clear(slot) and not await self.clear(slot)

    async def ask(self, message: bytes, answer: Id, seconds: float = ANSWER_S) -> bytes:
        """Send a message and return the next one of the awaited kind."""
        self._ready.clear()
        frame = pack(message)
        size = min(self.info.packet_most, self._gatt.mtu - 3) if self.info.firmware else self._gatt.mtu - 3
        for at in range(0, len(frame), size):
            await self._gatt.write(RX, frame[at : at + size], quietly=True)
        return await self._next(answer, seconds)

    async def _must(self, message: bytes, answer: Id) -> None:
        if not _understood(m.is_acknowledged, await self.ask(message, answer)):
            raise refused(f"message {message[0]}")

    async def _next(self, kind: Id, seconds: float = ANSWER_S) -> bytes:
        for _ in range(MOST_OTHERS):
            while not self._ready:
                self._ready.extend(_understood(self._deframer.feed, await self._inbox.next(seconds)))
            message = self._ready.popleft()
            if message[0] == kind:
                return message
        raise silent(f"no answer {kind}")


def _understood(read: Callable[[bytes], T], data: bytes) -> T:
    """What the bytes mean. Raises `DeviceTrouble`."""
    try:
        return read(data)
    except BadFrame as error:
        raise garbled(str(error)) from error
