"""A hub full of devices is plugged into an agent without rights, in a storm of events: none lost, none twice."""

import asyncio
from collections import Counter
from collections.abc import Callable

import pytest

from medialab_wire.reports import Presence
from tests.contract.link.hub import TinyHub
from tests.fixtures.waiting import until
from tests.virtual_lab import agent
from tests.virtual_lab.usb.cable import Cable
from tests.virtual_lab.usb.device import Identity, UsbDevice, UsbFault
from tests.virtual_lab.vm import Vm

DEVICES = 30
FLOOD = "for n in $(seq 60); do udevadm trigger --action=change; done"
"""Thousands of events of all devices, more than the socket of a user without rights takes."""


@pytest.fixture(scope="module")
def serving(vm: Vm) -> Vm:
    """The guest with an agent that listens to USB."""
    agent.deploy(vm)
    agent.start(vm, "usb", {"MEDIALAB_DRIVER_ANDROID_ADB_ADB_AUTOSTART": "no"})
    agent.until_listening(vm, "USB: listening")
    return vm


def board(number: int) -> UsbDevice:
    return UsbDevice(Identity(0x2341, 0x0043, f"STORM{number:04}", "Arduino (www.arduino.cc)", f"Board {number}"))


def serials(hub: TinyHub) -> Counter[str]:
    """How many connections that are present now have each serial number."""
    last = {report.dev: report for report in hub.reports}
    present = [report for report in last.values() if report.presence is Presence.PRESENT]
    return Counter(str(report.facts.get("usb_serial") or report.facts.get("serial")) for report in present)


async def test_a_plug_is_reported_and_an_unplug(serving: Vm, tell: Callable[[str], None]) -> None:
    async with TinyHub(f"mqtt://127.0.0.1:{serving.ports['broker']}", agent.AGENT) as hub:
        cable = Cable(serving, board(0))
        begun = asyncio.get_running_loop().time()
        await cable.plug()
        report = await hub.report(lambda report: "STORM0000" in report.encode().decode())
        tell(f"plug to report on MQTT {asyncio.get_running_loop().time() - begun:.2f} s")
        print(report.encode())
        cable.unplug()
        await hub.report(lambda other: other.dev == report.dev and other.presence is not Presence.PRESENT)


async def test_thirty_devices_in_a_storm(serving: Vm, tell: Callable[[str], None]) -> None:
    wanted = {f"STORM{number:04}": 1 for number in range(1, DEVICES + 1)}
    async with TinyHub(f"mqtt://127.0.0.1:{serving.ports['broker']}", agent.AGENT) as hub:
        flood = asyncio.create_task(asyncio.to_thread(serving.shell, FLOOD, 300))
        cables = [Cable(serving, board(number)) for number in range(1, DEVICES + 1)]
        begun = asyncio.get_running_loop().time()
        await asyncio.gather(*(cable.plug() for cable in cables))
        await until(lambda: dict(serials(hub)) == wanted, 120)
        tell(f"thirty devices reported in {asyncio.get_running_loop().time() - begun:.2f} s")
        await flood
        await asyncio.sleep(2)
        assert dict(serials(hub)) == wanted
        for cable in cables:
            cable.unplug()
        await until(lambda: not serials(hub), 120)


async def test_a_device_that_never_answers_stops_nobody(serving: Vm) -> None:
    async with TinyHub(f"mqtt://127.0.0.1:{serving.ports['broker']}", agent.AGENT) as hub:
        mute = Cable(serving, UsbDevice(board(98).identity, faults={UsbFault.SILENT}))
        await mute.plug()
        other = Cable(serving, board(99))
        await other.plug()
        await until(lambda: serials(hub) == {"STORM0099": 1}, 120)
        mute.unplug()
        other.unplug()
        await until(lambda: not serials(hub), 120)
