"""The real Bluetooth source with the real bleak on a real D-Bus; only bluetoothd and the radio are simulated."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from medialab_agent.bootstrap import wanted_by_drivers
from medialab_agent.discovery.ble import BleSource
from medialab_agent.runtime.shelf import Shelf
from medialab_agent.sdk.bluetooth import turns
from medialab_wire.sightings import BusFact, BusStatus, Sighting
from tests.fixtures.fake_bluez import FakeBluez, SystemBus

pytestmark = [pytest.mark.peers, pytest.mark.timeout(60)]

BOOST = "00:16:53:A1:B2:C3"
PHONE = "5E:11:22:33:44:55"
LEGO_UUID = "00001623-1212-efde-1623-785feabcd123"


class Listening:
    """The source running, with everything it says in a queue."""

    def __init__(self, wanted: Callable[[Sighting], bool] = lambda _sighting: True) -> None:
        self.source = BleSource(scan_s=0.3, pause_s=0.05, expire_s=1.5, retry_s=0.2, wanted=wanted)
        self._said: asyncio.Queue[Sighting] = asyncio.Queue()
        self._running: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def run(self) -> AsyncIterator["Listening"]:
        self._running = asyncio.create_task(self.source.run(self._said.put_nowait))
        yield self
        assert not self._running.done()
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)

    async def next(self) -> Sighting:
        return await self._said.get()

    def nothing_said(self) -> bool:
        return self._said.empty()

    async def until(self, status: BusStatus, word: str = "") -> BusFact:
        """The fact, as soon as it reads so; the test's timeout is the deadline."""
        while True:
            fact = self.source.fact()
            if fact.status is status and word in (fact.reason.en if fact.reason else ""):
                return fact
            await asyncio.sleep(0.02)


@pytest.fixture
async def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SystemBus]:
    async with SystemBus(tmp_path) as bus:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address)
        yield bus


async def test_a_device_is_seen_once_and_gone_when_silent(bus: SystemBus) -> None:
    async with FakeBluez(bus.address) as bluez, Listening().run() as listening:
        await listening.until(BusStatus.LISTENING)
        bluez.place(BOOST, "LEGO Move Hub", [LEGO_UUID], {0x0397: b"\x00\x40\x07"})
        seen = await listening.next()
        assert seen.key == BOOST.lower()
        assert seen.facts == {
            "address": BOOST.lower(), "name": "LEGO Move Hub", "service_uuids": LEGO_UUID,
            "manufacturer_ids": "0397", "manufacturer.0397": "004007",
            "path": "/org/bluez/hci0/dev_00_16_53_A1_B2_C3",
        }  # fmt: skip
        rounds = bluez.adapter.scans + 8
        while bluez.adapter.scans < rounds:
            bluez.advertise(BOOST, -60, {0x0397: bytes([bluez.adapter.scans % 256, 0x40, 0x07])})
            await asyncio.sleep(0.05)
        assert listening.nothing_said()
        bluez.silence(BOOST)
        gone = await listening.next()
        assert (gone.key, gone.present) == (BOOST.lower(), False)


async def test_peoples_own_devices_are_forgotten_at_once(bus: SystemBus, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", logger="medialab_agent")
    shelf = Shelf()
    async with FakeBluez(bus.address) as bluez, Listening(wanted_by_drivers(shelf)).run() as listening:
        await listening.until(BusStatus.LISTENING)
        bluez.place(PHONE, "Mias Telefon", [], {0x004C: b"\x10\x05\x03"})
        bluez.place(BOOST, "LEGO Move Hub", [LEGO_UUID], {0x0397: b"\x00\x40\x07"})
        assert (await listening.next()).key == BOOST.lower()
        rounds = bluez.adapter.scans + 4
        while bluez.adapter.scans < rounds:
            bluez.advertise(PHONE, -60, {0x004C: b"\x10\x05\x04"})
            await asyncio.sleep(0.05)
        assert listening.nothing_said()
        assert listening.source.fact().seen == 1
        kept = repr(vars(listening.source)).lower() + caplog.text.lower()
        assert BOOST.lower() in kept
        assert PHONE.lower() not in kept
        assert "telefon" not in kept


async def test_a_device_that_stands_still_is_not_forgotten(bus: SystemBus) -> None:
    async with FakeBluez(bus.address) as bluez, Listening().run() as listening:
        await listening.until(BusStatus.LISTENING)
        bluez.place(BOOST, "LEGO Move Hub", [], {})
        assert (await listening.next()).present
        rounds = bluez.adapter.scans + 8
        while bluez.adapter.scans < rounds:
            await asyncio.sleep(0.05)
        assert listening.nothing_said()


async def test_listening_makes_room_for_who_wants_to_connect(bus: SystemBus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("medialab_agent.discovery.ble.LEAST_S", 0.1)
    async with FakeBluez(bus.address) as bluez:
        listening = Listening()
        listening.source = BleSource(scan_s=3600, pause_s=0.05)
        async with listening.run():
            await listening.until(BusStatus.LISTENING)
            assert bluez.adapter.scanning
            with turns().wish():
                while bluez.adapter.scanning:
                    await asyncio.sleep(0.02)
                await asyncio.sleep(0.3)
                assert bluez.adapter.scans == 1
            while not bluez.adapter.scanning:
                await asyncio.sleep(0.02)
            assert bluez.adapter.scans == 2


async def test_no_bus_then_no_service_then_switched_off_then_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus = SystemBus(tmp_path)
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address)
    async with Listening().run() as listening:
        fact = await listening.until(BusStatus.ABSENT, "D-Bus")
        assert fact.remedy is not None
        async with bus:
            assert (await listening.until(BusStatus.ABSENT, "bluetoothd")).remedy is not None
            async with FakeBluez(bus.address) as bluez:
                bluez.adapter.powered = False
                assert "power on" in str((await listening.until(BusStatus.FAILED, "switched off")).remedy)
                bluez.adapter.switch(True)
                await listening.until(BusStatus.LISTENING)
                bluez.place(BOOST, "LEGO Move Hub", [], {})
                assert (await listening.next()).present
            await listening.until(BusStatus.ABSENT, "bluetoothd")
            assert not (await listening.next()).present
        await listening.until(BusStatus.ABSENT, "D-Bus")


async def test_a_pulled_dongle_is_no_bluetooth(bus: SystemBus) -> None:
    async with FakeBluez(bus.address) as bluez, Listening().run() as listening:
        await listening.until(BusStatus.LISTENING)
        bluez.remove_adapter()
        assert (await listening.until(BusStatus.ABSENT, "no Bluetooth")).remedy is not None


async def test_a_missing_permission_is_denied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with SystemBus(tmp_path, closed_to="org.bluez") as bus:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address)
        async with FakeBluez(bus.address), Listening().run() as listening:
            assert "bluetooth" in str((await listening.until(BusStatus.DENIED)).remedy)
