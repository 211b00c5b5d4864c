"""A room full of Bluetooth robots at a real bluetoothd: all are heard, those of the lab are asked and known."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from bleak import BleakScanner

from medialab_agent.drivers.lego_lwp3 import simulator as lego_lwp3
from medialab_agent.drivers.lego_spike import simulator as lego_spike
from medialab_agent.drivers.ozobot import simulator as ozobot
from medialab_agent.drivers.sphero import simulator as sphero
from medialab_agent.sdk.ble_simulator import BleSimulator
from medialab_agent.sdk.bluetooth import MOST_CONNECTIONS
from medialab_agent.sdk.peripheral import Advertisement, Peripheral, address_of
from medialab_wire.reports import Access, Presence, Report
from tests.contract.link.hub import TinyHub
from tests.fixtures.waiting import until
from tests.virtual_lab import agent
from tests.virtual_lab.ble.bus import system_bus
from tests.virtual_lab.ble.ether import POWERED, Ether
from tests.virtual_lab.ordering import hub_of, latest
from tests.virtual_lab.vm import Vm

ADVERTISERS, ROBOTS = 50, 20
HEARD_S, KNOWN_S = 120.0, 240.0
HEARS = "Bluetooth: listening"


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


def robots() -> list[BleSimulator]:
    """Twenty of the lab's own, of every kind that has a model; the practice lab's faults left out."""
    scenes = [lego_spike.scene(), lego_lwp3.scene(), sphero.scene(), ozobot.scene()]
    mixed = [one for scene in scenes for one in scene if not one.faults]
    more = [lego_spike.SpikeSimulator(f"Room {n}") for n in range(ROBOTS - len(mixed))]
    return [*mixed, *more]


async def test_twenty_robots_are_inventoried_by_their_own_drivers(vm: Vm, tell: Callable[[str], None]) -> None:
    clock = asyncio.get_running_loop().time
    agent.deploy(vm)
    async with Ether(vm) as ether, hub_of(vm) as hub:
        await asyncio.to_thread(vm.shell, POWERED)
        fleet, crowd = robots(), beacons()
        ether.carry([*(one.peripheral for one in fleet), *crowd])
        for robot in fleet:
            await robot.start()
        for beacon in crowd:
            beacon.appear()
        await asyncio.to_thread(agent.start, vm, "ble")
        await asyncio.to_thread(agent.until_listening, vm, HEARS)
        begun, used = clock() - await asyncio.to_thread(agent.seconds_since, vm, HEARS), vm.used_s()
        try:
            await until(lambda: len(let_in(hub)) >= ROBOTS, KNOWN_S)
        except TimeoutError:
            raise AssertionError([(one.name, one.driver, one.access, one.help) for one in there(hub)]) from None
        took, asked = clock() - begun, sum(one.peripheral.connections > 0 for one in fleet)
        tell(
            f"twenty robots among seventy advertisers known {took:.1f} s after listening began; connected to {asked}, "
            f"at most {ether.most_connected} at a time; the emulated processor worked {vm.used_s() - used:.1f} s"
        )
        assert len(there(hub)) == ROBOTS, "people's own devices are nobody's business"
        assert {report.driver for report in there(hub)} == {"lego-spike", "lego-lwp3", "sphero", "ozobot"}
        assert ether.most_connected <= MOST_CONNECTIONS


def there(hub: TinyHub) -> list[Report]:
    return [report for report in latest(hub).values() if report.presence is not Presence.ABSENT and report.driver]


def let_in(hub: TinyHub) -> list[Report]:
    return [report for report in there(hub) if report.access is Access.OK]
