"""Whoever comes with a name's password takes its place; the one who had it learns of it and comes back whole."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from medialab_hub.adapters import broker as brokers
from medialab_hub.adapters.broker import LocalBroker
from medialab_wire import topics
from medialab_wire.session import Broker, Handlers, Session


@pytest.fixture(params=["mosquitto", "amqtt"])
async def broker(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[LocalBroker]:
    binary = brokers.find_mosquitto() if request.param == "mosquitto" else None
    assert request.param == "amqtt" or binary, "mosquitto is not installed"
    local = LocalBroker(tmp_path, ["alpha"], binary=binary)
    await local.start()
    yield local
    await local.stop()


async def until(condition) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


def newcomer(access: Broker, *, clean: bool) -> paho.Client:
    """A plain client under the same name."""
    host, _, port = access.url.removeprefix("mqtt://").partition(":")
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=access.client_id, clean_session=clean)
    client.username_pw_set(access.username, access.password)
    client.connect(host, int(port))
    client.loop_start()
    return client


@pytest.mark.parametrize("clean", [True, False])
async def test_the_replaced_one_is_hung_up_on_and_hears_again(broker: LocalBroker, clean: bool) -> None:
    heard: list[bytes] = []
    connected: list[bool] = []

    def take(_topic: str, payload: bytes, ack) -> None:
        heard.append(payload)
        ack()

    access = broker.access("alpha")
    alpha = Session(access, [topics.all_down("alpha")], Handlers(on_message=take, on_connected=connected.append))
    hub = Session(broker.access(), [], Handlers(on_message=lambda _t, _p, ack: ack()))
    alpha.connect()
    hub.connect()
    await until(lambda: alpha.is_connected and hub.is_connected)
    thief = await asyncio.to_thread(newcomer, access, clean=clean)
    await until(lambda: len(connected) >= 2)  # each throws out the other
    thief.disconnect()
    thief.loop_stop()
    await asyncio.sleep(0.5)
    await until(lambda: alpha.is_connected)
    hub.publish(topics.ask("alpha"), b"do you hear me?")
    await until(lambda: heard)
    await asyncio.gather(alpha.close(), hub.close())


async def test_one_who_talks_all_the_time_is_hung_up_on_too(broker: LocalBroker) -> None:
    """A word that arrives in the moment of the hanging up must not keep the connection half alive."""
    heard: list[bytes] = []

    def take(_topic: str, payload: bytes, ack) -> None:
        heard.append(payload)
        ack()

    access = broker.access("alpha")
    alpha = Session(access, [topics.all_down("alpha")], Handlers(on_message=take))
    hub = Session(broker.access(), [topics.ALL_UP], Handlers(on_message=lambda _t, _p, ack: ack()))
    alpha.connect()
    hub.connect()
    talking = asyncio.create_task(talk(alpha))
    for _ in range(8):
        await until(lambda: alpha.is_connected and hub.is_connected)
        thief = await asyncio.to_thread(newcomer, access, clean=True)
        for _ in range(50):
            thief.publish(topics.event("alpha", "t1"), b"x" * 200, 1)
        await asyncio.sleep(0.2)
        thief.disconnect()
        thief.loop_stop()
    talking.cancel()
    await asyncio.sleep(0.5)
    await until(lambda: alpha.is_connected)
    hub.publish(topics.ask("alpha"), b"do you hear me?")
    await until(lambda: b"do you hear me?" in heard)
    await asyncio.gather(alpha.close(), hub.close())


async def talk(session: Session) -> None:
    while True:
        session.publish(topics.event("alpha", "t1"), b"x" * 200)
        await asyncio.sleep(0.001)
