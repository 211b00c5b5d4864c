"""The whole agent over real brokers, with a second speaker of the protocol in the hub's place."""

import asyncio
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

import medialab_agent.drivers
from medialab_agent.bootstrap import Agent
from medialab_agent.cli.new_driver import DriverName, scaffold
from medialab_agent.practice_lab.scenes import SceneSource
from medialab_agent.runtime.shelf import Shelf
from medialab_agent.sdk.simulator import Fault, Simulator
from medialab_agent.settings import Settings
from medialab_wire import topics
from medialab_wire.commands import AskPing, AskRebirth, Execution
from medialab_wire.presence import AgentPhase
from medialab_wire.progress import ExecutionStatus, Outcome
from medialab_wire.reports import Presence
from tests.contract.link.hub import TinyHub, settle
from tests.fixtures.brokers import RealBroker
from tests.fixtures.waiting import until


@pytest.fixture(scope="module", autouse=True)
def lamp(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A driver of its own, made from the template."""
    home = tmp_path_factory.mktemp("drivers")
    scaffold(DriverName.of("lava-lamp"), home / "drivers", home / "tests")
    medialab_agent.drivers.__path__.append(str(home / "drivers"))


def make_lamp(serial: str) -> Simulator:
    lamp: Simulator = importlib.import_module("medialab_agent.drivers.lava_lamp.simulator").LavaLampSimulator(serial)
    return lamp


@asynccontextmanager
async def agent(url: str, home: Path, *lamps: Simulator) -> AsyncIterator[SceneSource]:
    """A running agent that sees these lamps; it leaves politely."""
    source = SceneSource(lamps)
    settings = Settings("pi-1", mqtt_url=url, data_dir=home / "data")
    stop = asyncio.Event()
    running = asyncio.create_task(Agent(settings, Shelf(only="lava-lamp"), (source,)).run(stop))
    try:
        yield source
    finally:
        stop.set()
        async with asyncio.timeout(10):
            await running


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[Simulator]:
    """One lamp, switched on."""
    lamp = make_lamp("lamp-1")
    await lamp.start()
    yield lamp
    await lamp.stop()


def reset(dev: str, exec_id: str = "x-1", **more: Any) -> Execution:
    baseline = {"files": ["story.txt", "song.mp3"]}
    return Execution(exec=exec_id, job="j-1", dev=dev, action="reset", level="clean", baseline=baseline, **more)


async def test_the_road_of_one_device(broker: RealBroker, tmp_path: Path, one: Simulator) -> None:
    one.soil()
    async with TinyHub(broker.url, "pi-1") as hub:
        async with agent(broker.url, tmp_path, one):
            report = await hub.report()
            assert report.driver == "lava-lamp"
            assert report.presence is Presence.PRESENT
            hub.own(report.dev)
            hub.order(Execution(exec="x-0", job="j-0", dev=report.dev, action="record-baseline"))
            assert (await hub.ended("x-0")).snapshot is not None
            hub.order(reset(report.dev))
            await until(lambda: (x := hub.last("x-1")) is not None and x.status is ExecutionStatus.WAITING_PERSON)
            hub.answer("x-1", "wipe")
            ended = await hub.ended("x-1")
            assert ended.outcome is Outcome.CLEAN
            assert not any(one.residue().values())
            await hub.report(lambda r: r.traces == {"files": 0} and r.seq > report.seq)
            await until(lambda: any(report.dev in inventory.devices for inventory in hub.inventories))
            assert hub.inventories[-1].drivers[0].id == "lava-lamp"
        await until(lambda: hub.states[-1].phase is AgentPhase.DISCONNECTED)
    assert {state.birth for state in hub.states} == {1}


async def test_work_survives_kill_9_of_the_broker(broker: RealBroker, tmp_path: Path, one: Simulator) -> None:
    one.soil()
    one.faults.add(Fault.SLOW)
    async with TinyHub(broker.url, "pi-1") as hub, agent(broker.url, tmp_path, one):
        report = await hub.report()
        hub.own(report.dev)
        hub.order(reset(report.dev))
        await until(lambda: hub.last("x-1") is not None)
        broker.kill()
        await until(lambda: not hub.session.is_connected)
        broker.start()
        await until(lambda: hub.session.is_connected)
        hub.own(report.dev)
        hub.answer("x-1", "wipe")
        assert (await hub.ended("x-1")).outcome is Outcome.CLEAN
        assert [effect.verb for effect in one.log].count("delete") == 3
        await until(lambda: hub.states[-1].birth >= 2)


async def test_a_restarted_hub_hears_everything_again(mosquitto: RealBroker, tmp_path: Path, one: Simulator) -> None:
    async with TinyHub(mosquitto.url, "pi-1") as hub, agent(mosquitto.url, tmp_path, one):
        report = await hub.report()
        hub.own(report.dev)
        hub.order(reset(report.dev))
        await until(lambda: (x := hub.last("x-1")) is not None and x.status is ExecutionStatus.WAITING_PERSON)
        hub.restart()
        await until(lambda: bool(hub.states and hub.inventories and hub.reports and hub.executions))
        assert hub.reports[-1].dev == report.dev
        assert hub.executions[-1].status is ExecutionStatus.WAITING_PERSON


async def test_what_is_not_acknowledged_is_said_again(mosquitto: RealBroker, tmp_path: Path, one: Simulator) -> None:
    async with TinyHub(mosquitto.url, "pi-1", acks=False) as hub:
        async with agent(mosquitto.url, tmp_path, one):
            report = await hub.report()
            await until(lambda: len([r for r in hub.reports if (r.birth, r.seq) == (report.birth, report.seq)]) > 1)
            hub.own(report.dev)
            hub.order(Execution(exec="x-1", job="j-1", dev=report.dev, action="find-me"))
            first = await hub.ended("x-1")
        hub.executions.clear()
        async with agent(mosquitto.url, tmp_path, one):
            assert await hub.ended("x-1") == first
            hub.acks, hub.acked = True, {"x-1": first.ver}
            hub._work.clear()
            hub.order()
            await settle()
        hub.executions.clear()
        async with agent(mosquitto.url, tmp_path, one):
            await hub.report()
            await settle()
            assert hub.executions == []
    assert [effect.verb for effect in one.log] == ["beep"]


async def test_rubbish_from_above_is_passed_over(
    mosquitto: RealBroker, tmp_path: Path, one: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    async with TinyHub(mosquitto.url, "pi-1") as hub, agent(mosquitto.url, tmp_path, one):
        report = await hub.report()
        for topic in (topics.config("pi-1"), topics.next_work("pi-1"), topics.ask("pi-1"), topics.HUB):
            hub.session.publish(topic, b"{rubbish")
        hub.session.publish("ml/1/a/pi-1/dn/unknown", b"{}")
        await until(lambda: caplog.text.count("not understood") == 4 and "no such topic" in caplog.text)
        hub.own(report.dev)
        hub.order(Execution(exec="x-1", job="j-1", dev=report.dev, action="find-me"))
        assert (await hub.ended("x-1")).status is ExecutionStatus.SUCCEEDED


async def test_questions_are_answered(mosquitto: RealBroker, tmp_path: Path, one: Simulator) -> None:
    async with TinyHub(mosquitto.url, "pi-1") as hub, agent(mosquitto.url, tmp_path, one):
        await hub.report()
        before = len(hub.states)
        hub.ask(AskPing().encode())
        await until(lambda: len(hub.states) > before)
        hub.reports.clear()
        hub.ask(AskRebirth().encode())
        await hub.report()


async def test_orders_end_refused_or_cancelled_as_they_should(
    mosquitto: RealBroker, tmp_path: Path, one: Simulator
) -> None:
    async with TinyHub(mosquitto.url, "pi-1") as hub, agent(mosquitto.url, tmp_path, one):
        report = await hub.report()
        hub.own(report.dev)
        plain = reset(report.dev, "x-2").model_copy(update={"baseline": None})
        odd = reset(report.dev, "x-3").model_copy(update={"level": "volcanic"})
        hub.order(reset(report.dev, "x-1"), plain, odd)
        await until(lambda: (x := hub.last("x-1")) is not None and x.status is ExecutionStatus.WAITING_PERSON)
        hub.order(cancel=("x-1",))
        cancelled = await hub.ended("x-1")
        assert (cancelled.status, cancelled.outcome) == (ExecutionStatus.CANCELED, Outcome.UNVERIFIED)
        codes = [(await hub.ended(exec_id)).trouble for exec_id in ("x-2", "x-3")]
        assert [trouble and trouble.code for trouble in codes] == ["no-baseline", "unknown-level"]
        assert one.log == []


async def test_an_absent_device_is_waited_for_and_the_reason_is_told(
    mosquitto: RealBroker, tmp_path: Path, one: Simulator
) -> None:
    async with TinyHub(mosquitto.url, "pi-1") as hub, agent(mosquitto.url, tmp_path, one) as source:
        report = await hub.report()
        source.unplug(one)
        await hub.report(lambda r: r.presence is Presence.ABSENT)
        hub.own(report.dev)
        hub.order(Execution(exec="x-1", job="j-1", dev=report.dev, action="find-me"))
        await until(lambda: (x := hub.last("x-1")) is not None and x.trouble is not None)
        waiting = hub.last("x-1")
        assert waiting is not None
        assert waiting.trouble is not None
        assert (waiting.status, waiting.trouble.code) == (ExecutionStatus.QUEUED, "device-absent")
        source.plug(one)
        ended = await hub.ended("x-1")
        assert (ended.status, ended.trouble) == (ExecutionStatus.SUCCEEDED, None)
