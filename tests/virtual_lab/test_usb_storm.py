"""A hub full of devices is plugged into an agent without rights, in a storm of events: none lost, none twice."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from medialab_wire.reports import Presence
from tests.contract.link.hub import TinyHub
from tests.fixtures.waiting import until
from tests.virtual_lab import agent
from tests.virtual_lab.ordering import hub_of, latest
from tests.virtual_lab.usb.cable import Cable
from tests.virtual_lab.usb.device import Identity, UsbDevice, UsbFault
from tests.virtual_lab.vm import Vm

DEVICES = 30
ALL_THERE = (
    "for n in $(seq 600); do [ $(cat /sys/bus/usb/devices/*/idVendor | grep -c 1209) -ge 30 ] && break; sleep 0.1; done"
)
"""Until the kernel has them all: what changes before is too little for its buffers to overflow."""
RETAINED_S = 1.0
"""Seconds in which a broker hands over what it kept; by then the agent may still tell of the test before."""
FLOOD = "for n in 1 2 3; do udevadm trigger --action=change --subsystem-match=usb; done"
"""Hundreds of events of devices that did not change, in between."""


def board(number: int) -> UsbDevice:
    """A device no driver knows (pid.codes keeps this product id for tests)."""
    return UsbDevice(Identity(0x1209, 0x0001, f"{number:08}", "Lab", f"STORM{number:04}"))


@asynccontextmanager
async def all_plugged(vm: Vm) -> AsyncIterator[Callable[[], Awaitable[Counter[str]]]]:
    """Call it to plug in all; gives their names. All are pulled out at the end."""
    cables = [Cable(vm, board(number)) for number in range(1, DEVICES + 1)]

    async def plugged() -> Counter[str]:
        await asyncio.gather(*(cable.plug() for cable in cables))
        return Counter(cable.device.identity.product for cable in cables)

    try:
        yield plugged
    finally:
        for cable in cables:
            cable.unplug()


def names(hub: TinyHub) -> Counter[str]:
    """How many connections that are present now have each name."""
    present = [report for report in latest(hub).values() if report.presence is Presence.PRESENT]
    return Counter(report.name for report in present)


async def test_a_plug_is_reported_and_an_unplug(usb_bench: Vm, tell: Callable[[str], None]) -> None:
    async with hub_of(usb_bench) as hub:
        cable = Cable(usb_bench, board(0))
        begun = asyncio.get_running_loop().time()
        await cable.plug()
        report = await hub.report(lambda report: report.name == "STORM0000")
        tell(f"plug to report on MQTT {asyncio.get_running_loop().time() - begun:.2f} s")
        cable.unplug()
        await hub.report(lambda other: other.dev == report.dev and other.presence is not Presence.PRESENT)


async def test_thirty_devices_in_a_storm(usb_bench: Vm, tell: Callable[[str], None]) -> None:
    async with hub_of(usb_bench) as hub, all_plugged(usb_bench) as plugged:
        flood = asyncio.create_task(asyncio.to_thread(usb_bench.shell, FLOOD, 300))
        begun = asyncio.get_running_loop().time()
        wanted = await plugged()
        await until(lambda: names(hub) == wanted, 120)
        tell(f"thirty devices in a storm of events reported in {asyncio.get_running_loop().time() - begun:.1f} s")
        await flood
        await asyncio.sleep(2)
        assert names(hub) == wanted


async def test_thirty_devices_whose_events_the_kernel_dropped(usb_bench: Vm) -> None:
    """The socket of a user without rights takes about a hundred events; the agent sleeps while more come."""
    async with hub_of(usb_bench) as hub, all_plugged(usb_bench) as plugged:
        await asyncio.sleep(RETAINED_S)
        await until(lambda: not names(hub), 120)
        usb_bench.shell("systemctl kill -s STOP agent")
        wanted = await plugged()
        await asyncio.to_thread(usb_bench.shell, f"{ALL_THERE}; {FLOOD}; {FLOOD}; udevadm settle", 300)
        usb_bench.shell("systemctl kill -s CONT agent")
        await until(lambda: names(hub) == wanted, 120)
        assert "The kernel dropped USB events" in agent.said(usb_bench)


async def test_a_device_that_never_answers_stops_nobody_on_another_bus(usb_bench: Vm) -> None:
    """On its own bus the kernel asks it for a minute before it looks at the next port."""
    async with hub_of(usb_bench) as hub:
        mute = Cable(usb_bench, UsbDevice(board(98).identity, faults={UsbFault.SILENT}), buses=(0,))
        await mute.plug()
        other = Cable(usb_bench, board(99), buses=(1,))
        await other.plug()
        await until(lambda: names(hub) == {"STORM0099": 1}, 120)
        mute.unplug()
        other.unplug()
