"""The MQTT session on real brokers: acknowledge after the work, survive kills, never block, stay bounded."""

import asyncio
import socket
from pathlib import Path

import pytest

from medialab_wire import session
from medialab_wire.outgoing import Publication
from medialab_wire.session import Ack, Broker, Handlers, Session
from tests.fixtures.brokers import RealBroker, free_port
from tests.fixtures.waiting import until


class Peer:
    """One session and everything it heard."""

    def __init__(self, url: str, name: str, topics: tuple[str, ...] = (), auto_ack: bool = True, **more: int) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self.acks: list[Ack] = []
        self.connected: list[bool] = []
        self.wills = 0
        self.auto_ack = auto_ack
        handlers = Handlers(self._take, self.connected.append, will=self._will)
        self.session = Session(Broker(url, name, **more), topics, handlers)
        self.name = name

    def _take(self, topic: str, payload: bytes, ack: Ack) -> None:
        self.heard.append((topic, payload))
        if self.auto_ack:
            ack()
        else:
            self.acks.append(ack)

    def _will(self) -> Publication:
        self.wills += 1
        return Publication(f"will/{self.name}", str(self.wills).encode(), retain=True)

    async def __aenter__(self) -> "Peer":
        self.session.connect()
        await until(lambda: bool(self.connected))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()


async def test_a_message_and_its_retained_copy_arrive(broker: RealBroker) -> None:
    async with Peer(broker.url, "listener", ("a/#",)) as listener, Peer(broker.url, "speaker") as speaker:
        assert speaker.session.publish("a/1", b"now")
        assert speaker.session.publish("a/2", b"kept", retain=True)
        await until(lambda: len(listener.heard) == 2)
        async with Peer(broker.url, "late", ("a/#",)) as late:
            await until(lambda: bool(late.heard))
            assert set(late.heard) == {("a/2", b"kept")}


async def test_a_short_message_does_not_wait_for_the_one_before(mosquitto: RealBroker) -> None:
    async with Peer(mosquitto.url, "speaker") as speaker:
        connection = speaker.session._client.socket()
        assert isinstance(connection, socket.socket)
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def test_what_was_not_acknowledged_comes_again_after_a_drop(mosquitto: RealBroker) -> None:
    async with Peer(mosquitto.url, "listener", ("a/#",), auto_ack=False) as listener:
        async with Peer(mosquitto.url, "speaker") as speaker:
            for number in range(5):
                speaker.session.publish(f"a/{number}", b"x")
            await until(lambda: len(listener.heard) == 5)
        for ack in listener.acks[:2]:
            ack()
        await asyncio.sleep(0.2)
        late = listener.acks[2]
        listener.heard.clear()
        listener.session.drop()
        await until(lambda: len(listener.connected) == 2)
        await until(lambda: len(listener.heard) == 3)
        assert listener.connected == [True, False]
        assert sorted(topic for topic, _ in listener.heard) == ["a/2", "a/3", "a/4"]
        late()
        listener.heard.clear()
        listener.session.drop()
        await until(lambda: len(listener.heard) == 3)


async def test_after_kill_9_of_the_broker_both_sides_go_on(broker: RealBroker) -> None:
    async with Peer(broker.url, "listener", ("a/#",)) as listener, Peer(broker.url, "speaker") as speaker:
        broker.kill()
        await until(lambda: not speaker.session.is_connected and not listener.session.is_connected)
        for number in range(3):
            assert speaker.session.publish("a/state", str(number).encode(), retain=True)
        broker.start()
        await until(lambda: len(listener.connected) == 2 and len(speaker.connected) == 2)
        await until(lambda: ("a/state", b"2") in listener.heard)
        assert listener.connected == [True, True]
        assert ("a/state", b"0") not in listener.heard


async def test_every_connection_has_a_will_of_its_own(mosquitto: RealBroker) -> None:
    async with Peer(mosquitto.url, "watcher", ("will/#",)) as watcher:
        first = Peer(mosquitto.url, "mortal")
        async with first:
            first.session.drop()
            await until(lambda: len(first.connected) == 2)
            assert watcher.heard == []
            assert first.wills == 2
            cable = first.session._client.socket()
            assert cable is not None
            cable.shutdown(socket.SHUT_RDWR)
            await until(lambda: ("will/mortal", b"2") in watcher.heard)
            await until(lambda: len(first.connected) == 3)


async def test_a_goodbye_sends_what_is_queued_and_no_will(broker: RealBroker) -> None:
    async with Peer(broker.url, "watcher", ("#",)) as watcher:
        speaker = Peer(broker.url, "polite")
        async with speaker:
            for number in range(300):
                speaker.session.publish(f"bye/{number}", b"x")
        await until(lambda: len(watcher.heard) >= 300)
        assert not [topic for topic, _ in watcher.heard if topic.startswith("will/")]


async def test_the_queue_is_bounded_and_keeps_the_last_retained_per_topic() -> None:
    peer = Peer(f"mqtt://127.0.0.1:{free_port()}", "alone", max_queued=3)
    peer.session.connect()
    assert [peer.session.publish("state", b"x", retain=True) for _ in range(10)] == [True] * 10
    assert [peer.session.publish("event", b"x") for _ in range(4)] == [True, True, False, False]
    assert peer.session.publish("state", b"newest", retain=True)
    await peer.session.close(drain_s=0)


async def test_reading_stops_while_too_much_waits_for_an_acknowledgement(mosquitto: RealBroker) -> None:
    async with Peer(mosquitto.url, "slow", ("a",), auto_ack=False, max_unacked=50) as slow:
        async with Peer(mosquitto.url, "speaker") as speaker:
            for _ in range(500):
                speaker.session.publish("a", b"x" * 1000)
        await until(lambda: len(slow.heard) >= 50)
        await asyncio.sleep(0.3)
        assert len(slow.heard) < 100
        done = 0
        while done < 500:
            await until(lambda done=done: len(slow.acks) > done)
            slow.acks[done]()
            slow.acks[done]()
            done += 1
        assert len(slow.heard) == 500


async def test_a_refused_client_says_so_and_does_not_spin(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    guarded = RealBroker("mosquitto", tmp_path)
    config = Path(guarded._command()[2])
    config.write_text(config.read_text().replace("allow_anonymous true", "allow_anonymous false"))
    guarded._command = lambda: ["/usr/sbin/mosquitto", "-c", str(config)]  # type: ignore[method-assign]
    guarded.start()
    try:
        peer = Peer(guarded.url, "stranger")
        peer.session.connect()
        await until(lambda: "refuses stranger" in caplog.text)
        assert peer.connected == []
        await peer.session.close()
    finally:
        guarded.stop()


async def test_a_broker_that_forgets_a_subscription_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "SUBSCRIBE_DEADLINE_S", 0.3)
    asked: list[bytes] = []

    async def forgetful(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Accepts (MQTT 3.1.1 §3.2: CONNACK 0x20), hears SUBSCRIBE (§3.8: 0x82) and confirms only the second."""
        await reader.read(4096)
        writer.write(b"\x20\x02\x00\x00")
        wish = await reader.read(4096)
        asked.append(wish)
        if len(asked) > 1:
            writer.write(b"\x90\x03" + wish[2:4] + b"\x01")
        await reader.read()

    server = await asyncio.start_server(forgetful, "127.0.0.1", 0)
    peer = Peer(f"mqtt://127.0.0.1:{server.sockets[0].getsockname()[1]}", "patient", ("news",))
    peer.session.connect()
    await until(lambda: bool(peer.connected))
    assert [wish[0] for wish in asked] == [0x82, 0x82]
    await peer.session.close()
    server.close()
