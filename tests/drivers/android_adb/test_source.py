"""Sightings through the real adb server: plugging, permission, restart of the server, absence."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from medialab_agent.drivers.android_adb import source as module
from medialab_agent.drivers.android_adb.client import AdbDevice
from medialab_agent.drivers.android_adb.driver import AndroidDriver
from medialab_agent.drivers.android_adb.simulator_device import AndroidSimulator
from medialab_agent.drivers.android_adb.simulator_server import AdbServer
from medialab_agent.drivers.android_adb.source import AdbSource, sightings_of
from medialab_agent.sdk.driver import DeviceLink
from medialab_wire.reports import Access
from medialab_wire.sightings import BusStatus, Sighting
from tests.peers.adb_newer.rig import BOTH


class Seen:
    """What a running source reported, and a way to wait for more."""

    def __init__(self) -> None:
        self.all: list[Sighting] = []
        self._news = asyncio.Event()

    def take(self, sighting: Sighting) -> None:
        self.all.append(sighting)
        self._news.set()

    async def until(self, holds: Callable[[dict[str, Sighting]], bool]) -> None:
        async with asyncio.timeout(15):
            while not holds(self.now):
                self._news.clear()
                await self._news.wait()

    @property
    def now(self) -> dict[str, Sighting]:
        return {sighting.key: sighting for sighting in self.all}


@pytest.fixture
async def watched(server: AdbServer) -> AsyncIterator[tuple[AdbSource, Seen]]:
    """A running source on the test's server."""
    source, seen = AdbSource(server.settings), Seen()
    task = asyncio.create_task(source.run(seen.take))
    yield source, seen
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@BOTH
async def test_a_device_appears_and_falls_silent(server: AdbServer, watched) -> None:
    source, seen = watched
    simulator = AndroidSimulator("SN-4711")
    await server.connect([simulator])
    await seen.until(lambda now: any(s.facts["state"] == "device" for s in now.values()))
    assert source.fact().status is BusStatus.LISTENING
    await simulator.stop()
    await seen.until(
        lambda now: now[simulator.address].facts["state"] != "device" or not now[simulator.address].present
    )


@BOTH
async def test_what_a_device_only_passes_through_is_not_told(
    server: AdbServer, watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, seen = watched
    monkeypatch.setattr(module, "MOMENT_S", 60.0)
    asking, ready = AndroidSimulator("SN-4711", allow=False), AndroidSimulator("SN-4712")
    await asking.start()
    connecting = asyncio.create_task(server.client.connect(asking.address))
    await server.connect([ready])
    await seen.until(lambda now: any(s.facts["state"] == "device" for s in now.values()))
    asking.tap_allow()
    await seen.until(lambda now: len(now) == 2)
    assert {sighting.facts["state"] for sighting in seen.all} == {"device"}
    await connecting
    await asyncio.gather(asking.stop(), ready.stop())


@BOTH
async def test_permission_is_asked_for_and_noticed_by_the_poll(server: AdbServer, watched) -> None:
    _, seen = watched
    simulator = AndroidSimulator("SN-4711", allow=False)
    await simulator.start()
    connecting = asyncio.create_task(server.client.connect(simulator.address))
    await seen.until(lambda now: any(s.facts["state"] == "unauthorized" for s in now.values()))
    sighting = seen.now[simulator.address]
    driver = AndroidDriver(DeviceLink(simulator.address, (sighting,), None, server.settings))  # type: ignore[arg-type]
    probe = await driver.probe()
    assert probe.access is Access.NEEDS_PERSON
    assert probe.help is not None and "Zulassen" in probe.help.de and "Allow" in probe.help.en
    simulator.tap_allow()
    await seen.until(lambda now: now[simulator.address].facts["state"] == "device")
    await connecting
    assert (await driver.probe()).access is Access.OK
    await simulator.stop()


async def test_a_killed_server_is_stated_and_its_devices_are_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "POLL_S", 0.2)
    first = AdbServer()
    await first.start()
    simulator = AndroidSimulator("SN-4711")
    await simulator.start()
    source, seen = AdbSource(first.settings | {"adb_connect": simulator.address}), Seen()
    task = asyncio.create_task(source.run(seen.take))
    await seen.until(lambda now: any(s.facts["state"] == "device" for s in now.values()))
    before = len(seen.all)
    await first.stop()
    async with asyncio.timeout(10):
        while source.fact().status is BusStatus.LISTENING:
            await asyncio.sleep(0.05)
    assert source.fact().reason is not None
    assert all(sighting.present for sighting in seen.all)
    monkeypatch.setattr(module, "RECONNECT_S", 0.5)
    second = AdbServer(port=first.port)
    await second.start()
    await seen.until(
        lambda _: any(s.present and s.facts["state"] == "device" for s in seen.all[before:]) or len(seen.all) == before
    )
    async with asyncio.timeout(15):
        while source.fact().status is not BusStatus.LISTENING or not seen.now[simulator.address].present:
            await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await simulator.stop()
    await second.stop()


async def test_without_adb_the_absence_is_a_fact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.shutil, "which", lambda _: None)
    source = AdbSource({"adb_port": "1", "adb_host": "127.0.0.1"})
    task = asyncio.create_task(source.run(lambda _: None))
    async with asyncio.timeout(10):
        while "adb" not in (source.fact().reason.en if source.fact().reason else ""):
            await asyncio.sleep(0.02)
    fact = source.fact()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert fact.status is BusStatus.ABSENT
    assert fact.remedy is not None and "apt install adb" in fact.remedy.en


def test_equal_serials_are_told_apart_by_their_ports() -> None:
    twins = tuple(AdbDevice("0123456789ABCDEF", "device", f"usb:1-1.{port}", transport_id=str(port)) for port in (2, 3))
    strange = AdbDevice("????????????", "no permissions", "usb:1-1.4")
    found = sightings_of((*twins, strange))
    assert len({sighting.key for sighting in found}) == 3
    assert [AndroidDriver.key(sighting) for sighting in found] == ["port-1-1.2", "port-1-1.3", "port-1-1.4"]


def test_usb_and_adb_sightings_of_one_tablet_are_one_connection() -> None:
    usb = Sighting(
        source="usb",
        key="/sys/devices/x/1-1.3",
        facts={"serial": "R52X0001TAB", "devpath": "/devices/pci/usb1/1-1/1-1.3"},
    )
    adb = sightings_of((AdbDevice("R52X0001TAB", "device", "usb:1-1.3"),))[0]
    assert AndroidDriver.key(usb) == AndroidDriver.key(adb) == "R52X0001TAB"
    nameless = usb.model_copy(update={"facts": usb.facts | {"serial": "0123456789ABCDEF"}})
    assert AndroidDriver.key(nameless) == "port-1-1.3"
