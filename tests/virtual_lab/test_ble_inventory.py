"""A room full of Bluetooth robots at a real bluetoothd: all are heard, those of the lab are asked and known."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from bleak import BleakScanner

from medialab_agent.sdk.peripheral import Advertisement, Peripheral, address_of
from tests.fixtures.waiting import until
from tests.virtual_lab.ble.bus import system_bus
from tests.virtual_lab.ble.ether import Ether
from tests.virtual_lab.vm import Vm

ADVERTISERS = 50
HEARD_S, KNOWN_S = 60.0, 400.0
POWERED = (
    "for n in $(seq 150); do busctl get-property org.bluez /org/bluez/hci0 org.bluez.Adapter1 Powered 2>/dev/null"
    " | grep -q true && exit 0; busctl set-property org.bluez /org/bluez/hci0 org.bluez.Adapter1 Powered b true"
    " 2>/dev/null; sleep 0.2; done; exit 1"
)


def beacons() -> list[Peripheral]:
    """Fifty that only say who they are."""
    return [Peripheral(address_of(f"beacon {n}"), Advertisement(f"Beacon {n:02}")) for n in range(ADVERTISERS)]


async def test_fifty_advertisers_are_heard_through_bluetoothd(
    vm: Vm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tell: Callable[[str], None]
) -> None:
    clock = asyncio.get_running_loop().time
    async with Ether(vm) as ether, system_bus(vm, tmp_path / "bus") as address:
        monkeypatch.setitem(os.environ, "DBUS_SYSTEM_BUS_ADDRESS", address)
        await asyncio.to_thread(vm.shell, POWERED)
        peripherals = beacons()
        ether.carry(peripherals)
        for one in peripherals:
            one.appear()
        heard: dict[str, str | None] = {}
        begun = clock()
        async with BleakScanner(lambda device, told: heard.update({device.address.lower(): told.local_name})):
            await until(lambda: len([name for name in heard.values() if name]) >= ADVERTISERS, HEARD_S)
        tell(f"fifty advertisers heard in {clock() - begun:.1f} s")
        assert heard == {one.address: one.advertisement.name for one in peripherals}
