"""The websocket tells of changes, says when there is no room, and comes back after everything."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest
from websockets.asyncio.client import connect

from medialab_agent.drivers.moonraker import push
from medialab_agent.drivers.moonraker.driver import DRIVER
from medialab_agent.drivers.moonraker.simulator import MoonrakerSimulator
from medialab_agent.drivers.moonraker.words import TOO_MANY
from medialab_agent.sdk.driver import DeviceLink, Driver
from medialab_agent.sdk.trouble import DeviceTrouble
from tests.drivers.moonraker.peers import Peer, manual
from tests.fixtures.driver_session import Memory, link

COLD = b"".join(b"G1 X%d F600\n" % (n % 90) for n in range(300))


@asynccontextmanager
async def listening(driver: Driver) -> AsyncIterator[AsyncIterator[None]]:
    news = driver.watch()
    assert isinstance(news, AsyncGenerator)
    async with aclosing(news):
        yield news


async def reading_where(driver: Driver, news: AsyncIterator[None], key: str, value: object) -> None:
    """Take a reading at each piece of news until a fact or trace has the value."""
    async with asyncio.timeout(60):
        async for _ in news:
            try:
                reading = await driver.report()
            except DeviceTrouble:
                continue
            if {**reading.facts, **reading.traces}.get(key) == value:
                return


async def test_changes_made_by_others_are_told(peer: Peer, driver: Driver) -> None:
    async with listening(driver) as news:
        await reading_where(driver, news, "state", "idle")
        before = (await driver.report()).traces["learner_files"]
        await peer.upload("push/a.gcode", COLD)
        await reading_where(driver, news, "learner_files", before + 1)
        assert await peer.post("/server/job_queue/job", filenames="push/a.gcode") == 200
        await reading_where(driver, news, "queued_jobs", 1)
        await peer.start_print("push/a.gcode")
        await reading_where(driver, news, "state", "printing")
        assert await peer.post("/printer/print/cancel") == 200
        await reading_where(driver, news, "state", "idle")
        await peer.gcode("SDCARD_RESET_FILE")
        await peer.admin.delete("/server/job_queue/job", params={"all": "true"})
        await peer.admin.delete("/server/files/directory", params={"path": "gcodes/push", "force": "true"})
        await reading_where(driver, news, "learner_files", before)


async def test_a_restart_of_klipper_is_told_and_listening_goes_on(peer: Peer, driver: Driver) -> None:
    async with listening(driver) as news:
        await reading_where(driver, news, "state", "idle")
        assert await peer.post("/printer/emergency_stop") == 200
        await reading_where(driver, news, "state", "error")
        assert await peer.post("/printer/firmware_restart") == 200
        await reading_where(driver, news, "state", "idle")
        await peer.gcode("M140 S30")
        await reading_where(driver, news, "state", "heating")
        await asyncio.sleep(1)  # what lasts shorter than Klipper's 250 ms is told to nobody
        await peer.gcode("TURN_OFF_HEATERS")
        await reading_where(driver, news, "state", "idle")


async def test_it_comes_back_after_the_simulator_was_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push, "FIRST_PAUSE_S", 0.1)
    simulator = MoonrakerSimulator("mr-push")
    await simulator.start()
    driver = DRIVER(link(simulator.sighting()))
    await driver.probe()
    async with listening(driver) as news:
        await reading_where(driver, news, "state", "idle")
        await simulator.stop()
        simulator.soil()
        await simulator.start()
        await reading_where(driver, news, "state", "printing")
    await driver.close()
    await simulator.stop()


async def full(host: str, port: int, key: str | None, sockets: int) -> None:
    """No websocket is left: that is said, readings go on, and it ends when one is given back."""
    settings = {"key_127_0_0_1": key} if key else {}
    driver = DRIVER(DeviceLink("dev-1", (manual(host, port),), Memory(), settings))
    await driver.probe()
    others = [await connect(f"ws://{host}:{port}/websocket", proxy=None) for _ in range(sockets)]
    async with listening(driver) as news:
        await anext(news)
        said = (await driver.report()).help
        assert said is not None
        assert said == TOO_MANY or (await driver.report()).facts["state"] == "offline"
        assert driver._is_full
        for other in others:
            await other.close()
        async with asyncio.timeout(20):
            while driver._is_full:
                await anext(news)
    await driver.close()


async def test_no_room_for_one_more_websocket_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push, "FIRST_PAUSE_S", 0.1)
    simulator = MoonrakerSimulator("mr-full", sockets=50)
    await simulator.start()
    await full("127.0.0.1", simulator.port, None, 50)
    await simulator.stop()


async def test_a_printer_that_does_not_let_us_in_is_not_listened_to() -> None:
    simulator = MoonrakerSimulator("mr-closed", trusts=False)
    await simulator.start()
    driver = DRIVER(link(simulator.sighting()))
    await driver.probe()
    async with listening(driver) as news:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(news), 0.3)
    await driver.close()
    await simulator.stop()


def test_noise_is_no_news() -> None:
    news = push.News()

    def update(at: float, **objects: object) -> bool:
        return news.is_news({"method": "notify_status_update", "params": [objects, at]}, at)

    assert news.is_news({"id": 2, "result": {"status": {"extruder": {"temperature": 20.0, "target": 0.0}}}}, 0)
    assert news.is_news({"id": 2, "result": {"status": {"extruder": {"temperature": 20.0}}}}, 0.5)
    assert not news.is_news({"id": 2, "error": {"code": 503}}, 0.6)
    assert not update(1, extruder={"temperature": 20.9})
    assert not update(1.5, extruder={"temperature": 23.0})  # felt, but too soon
    assert update(2.5, extruder={"temperature": 23.0})
    assert update(2.6, extruder={"target": 200.0})
    assert update(2.7, print_stats={"state": "printing"})
    assert not update(2.8, print_stats={"state": "printing", "print_duration": 3.0})
    assert not update(9, toolhead={"position": [1, 2, 3, 4]})
    assert news.is_news({"method": "notify_filelist_changed"}, 9)
    assert not news.is_news({"method": "notify_proc_stat_update", "params": [{}]}, 9)
    for rubbish in (None, [], "x", {"method": []}, {"params": 3}, {"result": {"status": 3}}, {"result": None}):
        news.is_news(rubbish, 10)
    assert not news.is_news({"method": "notify_status_update", "params": [{"extruder": 3, "fan": {"speed": []}}]}, 11)
