"""The bad line itself: what it loses is really lost, what it doubles arrives twice, and nothing else changes."""

import asyncio
from collections import Counter
from pathlib import Path

import paho.mqtt.client as mqtt

from tests.chaos.proxy import BadLine, Badness
from tests.fixtures.brokers import RealBroker


async def received(folder: Path, seed: int, badness: Badness, messages: int) -> tuple[Counter[bytes], Counter[str]]:
    broker = RealBroker("mosquitto", folder)
    broker.start()
    try:
        line = BadLine(broker.port, seed, badness)
        port = await line.start()
        seen: Counter[bytes] = Counter()
        listener = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
        listener.on_message = lambda _c, _u, message: seen.update([message.payload])
        listener.connect("127.0.0.1", broker.port)
        listener.loop_start()
        listener.subscribe("t", 1)
        sender = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
        await asyncio.to_thread(sender.connect, "127.0.0.1", port)
        sender.loop_start()
        infos = [sender.publish("t", str(n).encode(), 1) for n in range(messages)]
        await asyncio.to_thread(lambda: [info.wait_for_publish(10) for info in infos])
        await asyncio.sleep(badness.held_s + 0.3)
        for client in (sender, listener):
            client.disconnect()
            client.loop_stop()
        await line.stop()
        return seen, line.counts
    finally:
        broker.stop()


async def test_a_line_without_badness_changes_nothing(tmp_path: Path) -> None:
    seen, _ = await received(tmp_path, 1, Badness(0, 0, 0, 0), 100)
    assert seen == Counter(str(n).encode() for n in range(100))


async def test_lost_is_lost_and_doubled_is_doubled(tmp_path: Path) -> None:
    seen, counts = await received(tmp_path, 2, Badness(0.2, 0.2, 0.2, 0.1), 200)
    assert len(seen) == 200 - counts["lost"]
    assert counts["lost"] > 0
    assert sum(seen.values()) == 200 - counts["lost"] + counts["doubled"]
