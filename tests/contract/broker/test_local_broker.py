"""The hub's own broker: passwords, rules, one connection a name, back after a kill. Both programs, real clients."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from medialab_hub.adapters import broker as brokers
from medialab_hub.adapters.broker import LocalBroker
from medialab_wire import topics
from medialab_wire.session import Broker, Handlers, Session


class Peer:
    """One MQTT client that remembers what it heard."""

    def __init__(self, access: Broker, *subscriptions: str) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self.session = Session(access, subscriptions, Handlers(on_message=self._take))

    def _take(self, topic: str, payload: bytes, ack: object) -> None:
        self.heard.append((topic, payload))
        ack()

    async def up(self) -> "Peer":
        self.session.connect()
        await until(lambda: self.session.is_connected)
        return self


async def until(condition, seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.fixture(params=["mosquitto", "amqtt"])
async def broker(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[LocalBroker]:
    binary = brokers.find_mosquitto() if request.param == "mosquitto" else None
    assert request.param == "amqtt" or binary, "mosquitto is not installed"
    local = LocalBroker(tmp_path, ["alpha", "beta"], binary=binary)
    await local.start()
    yield local
    await local.stop()


async def test_reports_go_up_and_work_goes_down(broker: LocalBroker) -> None:
    hub = await Peer(broker.access(), topics.ALL_UP).up()
    alpha = await Peer(broker.access("alpha"), topics.HUB, topics.all_down("alpha")).up()
    alpha.session.publish(topics.state("alpha"), b"up", retain=True)
    hub.session.publish(topics.next_work("alpha"), b"down", retain=True)
    hub.session.publish(topics.HUB, b"hub", retain=True)
    await until(lambda: hub.heard and len(alpha.heard) == 2)
    assert hub.heard == [(topics.state("alpha"), b"up")]
    assert sorted(alpha.heard) == sorted([(topics.HUB, b"hub"), (topics.next_work("alpha"), b"down")])
    await asyncio.gather(hub.session.close(), alpha.session.close())


async def test_an_agent_cannot_speak_for_another_nor_read_its_work(broker: LocalBroker) -> None:
    hub = await Peer(broker.access(), topics.ALL_UP).up()
    alpha = await Peer(broker.access("alpha"), topics.all_down("alpha")).up()
    hub.session.publish(topics.next_work("beta"), b"for beta", retain=True)
    hub.session.publish(topics.next_work("alpha"), b"for alpha", retain=True)
    for forged in (topics.state("beta"), topics.next_work("alpha"), topics.HUB):
        alpha.session.publish(forged, b"forged")
    alpha.session.publish(topics.state("alpha"), b"own")
    await until(lambda: hub.heard and alpha.heard)
    assert hub.heard == [(topics.state("alpha"), b"own")]
    assert alpha.heard == [(topics.next_work("alpha"), b"for alpha")]
    spy = Peer(broker.access("beta"), topics.all_down("alpha"))
    spy.session.connect()
    await asyncio.sleep(0.5)
    assert spy.heard == []
    await asyncio.gather(hub.session.close(), alpha.session.close(), spy.session.close())


async def test_nobody_enters_without_the_password(broker: LocalBroker) -> None:
    access = broker.access("alpha")
    strangers = [replace(access, password="wrong"), replace(access, username=None, password=None)]
    peers = [Peer(stranger) for stranger in strangers]
    for peer in peers:
        peer.session.connect()
    await asyncio.sleep(0.7)
    assert not any(peer.session.is_connected for peer in peers)
    await asyncio.gather(*(peer.session.close() for peer in peers))


async def test_an_agent_cannot_take_the_connection_of_another(broker: LocalBroker) -> None:
    alpha = await Peer(broker.access("alpha"), topics.all_down("alpha")).up()
    beta = Peer(replace(broker.access("beta"), client_id="alpha"), topics.HUB)
    beta.session.connect()
    await asyncio.sleep(0.5)
    hub = await Peer(broker.access()).up()
    hub.session.publish(topics.ask("alpha"), b"still there?")
    await until(lambda: alpha.heard)
    assert alpha.session._connection == 1, "alpha was thrown out and had to connect again"
    await asyncio.gather(alpha.session.close(), beta.session.close(), hub.session.close())


async def test_it_comes_back_on_the_same_port_after_a_kill(broker: LocalBroker) -> None:
    alpha = await Peer(broker.access("alpha")).up()
    old, address = broker.pid, broker.facts.address
    os.kill(old, signal.SIGKILL)
    await until(lambda: alpha.session._connection == 2 and alpha.session.is_connected)
    assert broker.pid != old
    assert broker.facts.address == address
    await alpha.session.close()


async def test_secrets_are_for_the_owner_only_and_never_in_clear_for_mosquitto(broker: LocalBroker) -> None:
    files = list(broker._folder.iterdir())
    assert files
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)
    if broker.facts.kind == "mosquitto":
        text = (broker._folder / "passwords").read_text()
        assert text.count("$7$") == 3
        assert broker.access("alpha").password not in text


async def test_port_and_passwords_survive_a_restart(tmp_path: Path) -> None:
    first = LocalBroker(tmp_path, ["alpha"], binary=brokers.find_mosquitto())
    await first.start()
    await first.stop()
    second = LocalBroker(tmp_path, ["alpha"], binary=brokers.find_mosquitto())
    await second.start()
    assert second.access("alpha") == first.access("alpha")
    await second.stop()


PARENT = """
import asyncio, sys
from pathlib import Path
from medialab_hub.adapters.broker import LocalBroker, find_mosquitto
async def main():
    broker = LocalBroker(Path(sys.argv[1]), [], binary=find_mosquitto() if sys.argv[2] == "mosquitto" else None)
    await broker.start()
    print(broker.pid, flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


@pytest.mark.parametrize("program", ["mosquitto", "amqtt"])
async def test_it_dies_with_a_killed_hub(tmp_path: Path, program: str) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path), program]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:  # noqa: ASYNC220
        child = int(await asyncio.to_thread(parent.stdout.readline))
        parent.kill()
        parent.wait()
    await until(lambda: not _is_running(child))


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
