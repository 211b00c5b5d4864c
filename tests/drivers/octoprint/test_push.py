"""The push socket tells of changes, stays quiet otherwise, and comes back after everything."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from medialab_agent.drivers.octoprint import push
from medialab_agent.drivers.octoprint.client import Client
from medialab_agent.drivers.octoprint.driver import DRIVER
from medialab_agent.drivers.octoprint.simulator import OctoPrintSimulator
from medialab_agent.sdk.driver import Driver
from medialab_agent.sdk.trouble import DeviceTrouble, Unreachable
from tests.drivers.octoprint.peers import Peer, RealPeer
from tests.fixtures.driver_session import Memory, link
from tests.peers.octoprint.rig import OctoPrintPeer


@pytest.fixture
async def driver(peer: Peer) -> AsyncIterator[Driver]:
    driver = DRIVER(link(peer.sighting(), memory=Memory({"octoprint-key": await peer.key()})))
    await driver.probe()
    yield driver
    await driver.close()


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
    news = driver.watch()
    assert news is not None
    await reading_where(driver, news, "state", "idle")
    before = (await driver.report()).traces["learner_files"]
    await peer.upload("push/a.gcode")
    await reading_where(driver, news, "learner_files", before + 1)
    await peer.start_print("push/a.gcode")
    await reading_where(driver, news, "state", "printing")
    assert await peer.order("/api/job", command="cancel") == 204
    async with asyncio.timeout(60):
        while (await peer.admin.delete("/api/files/local/push")).status_code == 409:
            await asyncio.sleep(0.1)
    await reading_where(driver, news, "learner_files", before)


async def test_an_unpaired_printer_is_not_listened_to(peer: Peer) -> None:
    driver = DRIVER(link(peer.sighting()))
    await driver.probe()
    news = driver.watch()
    assert news is not None
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(anext(news), 0.5)
    await driver.close()


async def test_it_comes_back_after_the_simulator_was_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push, "FIRST_PAUSE_S", 0.1)
    simulator = OctoPrintSimulator("op-push")
    await simulator.start()
    memory = Memory({"octoprint-key": simulator.access.generate("MediaLab Hub")})
    driver = DRIVER(link(simulator.sighting(), memory=memory))
    await driver.probe()
    news = driver.watch()
    assert news is not None
    await reading_where(driver, news, "state", "idle")
    await simulator.stop()
    simulator.soil()
    await simulator.start()
    await reading_where(driver, news, "state", "printing")
    await driver.close()
    await simulator.stop()


@pytest.mark.peers
async def test_it_comes_back_after_octoprint_lost_its_power(octoprint: OctoPrintPeer) -> None:
    peer = RealPeer(octoprint)
    driver = DRIVER(link(peer.sighting(), memory=Memory({"octoprint-key": await peer.key()})))
    await driver.probe()
    news = driver.watch()
    assert news is not None
    await reading_where(driver, news, "state", "idle")
    octoprint.kill()
    octoprint.launch()
    with pytest.raises(DeviceTrouble):
        await driver.report()
    await asyncio.to_thread(octoprint.wait_ready)
    await reading_where(driver, news, "state", "idle")
    await driver.close()
    await peer.admin.aclose()


@pytest.mark.peers
@pytest.mark.root
async def test_it_goes_on_after_the_cable_was_out(octoprint: OctoPrintPeer, monkeypatch: pytest.MonkeyPatch) -> None:
    if octoprint.cable is None:
        pytest.skip("needs root for a cable of its own")
    monkeypatch.setattr(Client, "timeout_s", 1.0)
    peer = RealPeer(octoprint)
    driver = DRIVER(link(peer.sighting(), memory=Memory({"octoprint-key": await peer.key()})))
    assert (await driver.report()).facts["state"] == "idle"
    octoprint.cable.link(up=False)
    with pytest.raises(Unreachable):
        await driver.report()
    octoprint.cable.link(up=True)
    async with asyncio.timeout(30):
        while True:
            try:
                assert (await driver.report()).facts["state"] == "idle"
                break
            except Unreachable:
                await asyncio.sleep(0.1)
    await driver.close()
    await peer.admin.aclose()


def test_noise_is_no_news() -> None:
    news = push.News()

    def current(temperature: float, percent: float = 10.2, text: str = "Printing") -> dict[str, object]:
        temps = [{"tool0": {"actual": temperature, "target": 200.0}}]
        return {"current": {"state": {"text": text}, "progress": {"completion": percent}, "temps": temps}}

    assert news.is_news(current(20.0))
    assert not news.is_news(current(20.9))
    assert not news.is_news(current(20.0, percent=10.9))
    assert news.is_news(current(22.5))
    assert news.is_news(current(22.5, percent=11.0))
    assert news.is_news(current(22.5, percent=11.0, text="Cancelling"))
    assert news.is_news({"event": {"type": "FileAdded"}})
    assert not news.is_news({"event": {"type": "ClientOpened"}})
    for rubbish in (None, [], "x", {"current": 3}, {"current": {"temps": [3]}}, {"event": None}, {"plugin": {}}):
        news.is_news(rubbish)
