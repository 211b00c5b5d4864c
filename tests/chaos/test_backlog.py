"""More messages waiting at the broker than may be unacknowledged: they arrive before our subscription is confirmed.

On mosquitto only: amqtt does not keep that many for a client that is away."""

from pathlib import Path

from medialab_wire.session import Ack, Broker, Handlers, Session
from tests.fixtures.brokers import RealBroker
from tests.fixtures.waiting import until

WAITING, UNACKNOWLEDGED = 500, 50


def session(broker: RealBroker, name: str, heard: list[bytes], topics: tuple[str, ...] = ()) -> Session:
    def take(_topic: str, payload: bytes, ack: Ack) -> None:
        heard.append(payload)
        ack()

    return Session(Broker(broker.url, name, max_unacked=UNACKNOWLEDGED), topics, Handlers(take))


async def test_a_backlog_is_worked_off_after_coming_back(tmp_path: Path) -> None:
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
        await until(lambda: again.is_connected)
        await until(lambda: len(set(heard)) == WAITING)
        await again.close()
    finally:
        broker.stop()
