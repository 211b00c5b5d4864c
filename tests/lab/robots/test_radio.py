"""The radio with the real bleak on a real D-Bus: whatever is missing is a stated trouble, never a defect or a wait."""

import asyncio
from pathlib import Path

import pytest

from medialab_agent.sdk.bluetooth_bleak import BleakRadio
from medialab_agent.sdk.trouble import DeviceTrouble
from tests.fixtures.fake_bluez import FakeBluez, SystemBus
from tests.fixtures.late_bluez import CHARACTERISTICS, LateBluez

pytestmark = [pytest.mark.peers, pytest.mark.timeout(60)]

ADDRESS = "00:16:53:a1:b2:c3"
PATH = "/org/bluez/hci0/dev_00_16_53_A1_B2_C3"


async def trouble_of(path: str) -> str:
    async with asyncio.timeout(20):
        with pytest.raises(DeviceTrouble) as caught:
            await BleakRadio().connect(ADDRESS, path)
    trouble = caught.value.trouble
    assert trouble.remedy is not None
    return trouble.code


@pytest.mark.parametrize("path", [PATH, ""])
async def test_without_a_system_bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/nobody")
    assert await trouble_of(path) in {"device-unreachable", "no-bluetooth"}


async def test_without_a_bluetooth_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with SystemBus(tmp_path) as bus:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address)
        assert await trouble_of(PATH) in {"device-unreachable", "no-bluetooth"}


async def test_a_device_bluez_has_forgotten_or_cannot_connect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with SystemBus(tmp_path) as bus, FakeBluez(bus.address) as bluez:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address)
        assert await trouble_of(PATH) == "device-unreachable"
        bluez.place(ADDRESS.upper(), "LEGO Move Hub", [], {})
        assert await trouble_of(PATH) == "device-unreachable"


async def test_a_bluetooth_service_that_answers_before_it_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with SystemBus(tmp_path) as bus, LateBluez(bus.address) as bluez:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address)
        bluez.place_late(ADDRESS.upper())
        gatt = await BleakRadio().connect(ADDRESS, PATH)
        assert all(gatt.has(uuid) for uuid in CHARACTERISTICS)
        await gatt.close()
