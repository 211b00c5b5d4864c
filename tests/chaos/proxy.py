"""A bad line: an MQTT 3.1.1 proxy that loses, doubles and reorders PUBLISH packets, seeded, in both directions.

A lost packet of QoS 1 is acknowledged by the proxy itself, so that neither end sends it again: the loss is real.
Packet layout: MQTT 3.1.1 §2 and §3.3 (https://docs.oasis-open.org/mqtt/mqtt/v3.1.1/os/mqtt-v3.1.1-os.html)."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

PUBLISH, PUBACK = 3, 4


@dataclass(frozen=True)
class Badness:
    """Shares of packets (0 to 1) that are lost, doubled, or held back for up to `held_s` seconds."""

    lost: float = 0.1
    doubled: float = 0.1
    held: float = 0.1
    held_s: float = 0.3


@dataclass
class BadLine:
    """Listens on a port of its own and passes everything on to `port`, more or less."""

    port: int
    seed: int
    badness: Badness = Badness()
    counts: Counter[str] = field(default_factory=Counter)
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> int:
        """The port to connect to."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Close everything."""
        for task in self._tasks:
            task.cancel()
        if self._server is not None:
            self._server.close()

    async def _serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        try:
            broker, to_broker = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            to_client.close()
            return
        chance = random.Random(f"{self.seed}/{self.counts['connections']}")
        self.counts["connections"] += 1
        up = asyncio.create_task(self._pass(client, to_broker, to_client, chance))
        down = asyncio.create_task(self._pass(broker, to_client, to_broker, chance))
        self._tasks |= {up, down}
        await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
        for task, writer in ((up, to_client), (down, to_broker)):
            task.cancel()
            writer.close()
            self._tasks.discard(task)

    async def _pass(
        self,
        reader: asyncio.StreamReader,
        onward: asyncio.StreamWriter,
        back: asyncio.StreamWriter,
        chance: random.Random,
    ) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                packet = await read_packet(reader)
                if packet[0] >> 4 == PUBLISH:
                    self._publish(packet, onward, back, chance)
                else:
                    onward.write(packet)
                await onward.drain()

    def _publish(
        self, packet: bytes, onward: asyncio.StreamWriter, back: asyncio.StreamWriter, chance: random.Random
    ) -> None:
        fate, badness = chance.random(), self.badness
        self.counts["published"] += 1
        if fate < badness.lost:
            self.counts["lost"] += 1
            acknowledge(packet, back)
            return
        if fate < badness.lost + badness.held:
            self.counts["held"] += 1
            asyncio.get_running_loop().call_later(chance.random() * badness.held_s, write_if_open(onward, packet))
            return
        onward.write(packet)
        if fate > 1 - badness.doubled:
            self.counts["doubled"] += 1
            onward.write(packet)


async def read_packet(reader: asyncio.StreamReader) -> bytes:
    """One control packet with its fixed header (§2.2)."""
    head = bytearray(await reader.readexactly(1))
    length = shift = 0
    while True:
        byte = (await reader.readexactly(1))[0]
        head.append(byte)
        length |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            break
    return bytes(head) + await reader.readexactly(length)


def acknowledge(packet: bytes, back: asyncio.StreamWriter) -> None:
    """Answer a PUBLISH of QoS 1 with its PUBACK (§3.4)."""
    if (packet[0] >> 1) & 3 != 1:
        return
    start = 1
    while packet[start] & 0x80:
        start += 1
    start += 1
    topic = int.from_bytes(packet[start : start + 2], "big")
    identifier = packet[start + 2 + topic : start + 4 + topic]
    if not back.is_closing():
        back.write(bytes([PUBACK << 4, 2]) + identifier)


def write_if_open(writer: asyncio.StreamWriter, packet: bytes) -> Callable[[], None]:
    """A call that writes later, unless the line is closed by then."""

    def write() -> None:
        if not writer.is_closing():
            writer.write(packet)

    return write
