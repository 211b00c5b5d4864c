"""More messages waiting at the broker than may be unacknowledged: they arrive before our subscription is confirmed.

On mosquitto only: amqtt does not keep that many for a client that is away."""

import asyncio
from pathlib import Path

import pytest

from medialab_wire import session as wire
from medialab_wire.session import Ack, Broker, Handlers, Session
from tests.fixtures.brokers import RealBroker
from tests.fixtures.waiting import until

WAITING, UNACKNOWLEDGED = 300, 50
WORK_S = 0.5
"""Seconds until a message is stored and acknowledged: the whole backlog takes longer than connecting may."""


def session(broker: RealBroker, name: str, heard: list[bytes], topics: tuple[str, ...] = ()) -> Session:
    def take(_topic: str, payload: bytes, ack: Ack) -> None:
        heard.append(payload)
        asyncio.get_running_loop().call_later(WORK_S, ack)

    return Session(Broker(broker.url, name, max_unacked=UNACKNOWLEDGED), topics, Handlers(take))


async def test_a_backlog_is_worked_off_once_after_coming_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "CONNECT_DEADLINE_S", 1.0)
    broker = RealBroker("mosquitto", tmp_path)
    broker.start()
    try:
        heard: list[bytes] = []
        first = session(broker, "listener", heard, ("a",))
        first.connect()
        await until(lambda: first.is_connected)
        await first.close()
        speaker = session(broker, "speaker", [])
        speaker.connect()
        for number in range(WAITING):
            assert speaker.publish("a", str(number).encode())
        await until(lambda: speaker.is_connected)
        await speaker.close(10)
        again = session(broker, "listener", heard, ("a",))
        again.connect()
        await until(lambda: len(set(heard)) == WAITING)
        assert again.is_connected
        assert len(heard) == WAITING, "some came twice: the line was cut meanwhile"
        await again.close()
    finally:
        broker.stop()
