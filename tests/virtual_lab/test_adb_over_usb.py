"""Tablets and headsets over real USB and Debian's real adb: inventoried and reset by an agent without rights."""

import asyncio
from collections.abc import Callable

from medialab_agent.drivers.android_adb.simulator_models import GALAXY, QUEST
from medialab_agent.sdk.simulator import Fault
from medialab_wire.progress import Outcome
from medialab_wire.reports import Access, Report
from tests.contract.link.hub import TinyHub
from tests.virtual_lab.ordering import hub_of, seen, work
from tests.virtual_lab.usb.android import UsbAndroid, identity
from tests.virtual_lab.vm import Vm

HEADSET, TABLET, STRANGER = "340YC10G0001Q", "R52X0001TAB", "R52X0099NEW"


def headset(vm: Vm) -> UsbAndroid:
    return UsbAndroid(HEADSET, model=QUEST, vm=vm, identity=identity(0x2833, 0x0186, HEADSET, "Oculus", "Quest 3"))


def tablet(vm: Vm, serial: str = TABLET, *, allow: bool = True) -> UsbAndroid:
    shown = identity(0x04E8, 0x6860, serial, "SAMSUNG", "SAMSUNG_Android")
    return UsbAndroid(serial, model=GALAXY, vm=vm, identity=shown, allow=allow)


async def inventoried(hub: TinyHub, serial: str, access: Access = Access.OK) -> Report:
    """The report of a device that is there; USB and adb tell of one device, not of two."""
    report = await seen(hub, lambda report: serial in report.encode().decode() and "adb" in report.sources, access)
    assert len({one.dev for one in hub.reports if serial in one.encode().decode()}) == 1
    return report


async def test_a_headset_and_a_tablet_are_inventoried_and_reset(usb_bench: Vm, tell: Callable[[str], None]) -> None:
    clock = asyncio.get_running_loop().time
    async with hub_of(usb_bench) as hub:
        begun, devices = clock(), [headset(usb_bench), tablet(usb_bench)]
        await asyncio.gather(*(device.start() for device in devices))
        reports = [await inventoried(hub, device.serial) for device in devices]
        tell(f"headset and tablet plugged in, let in by adb and inventoried in {clock() - begun:.1f} s")
        assert {report.driver for report in reports} == {"android-adb"}
        assert reports[0].kind != reports[1].kind
        hub.own(*(report.dev for report in reports))
        recorded = await asyncio.gather(*(work(hub, report.dev, "record-baseline") for report in reports))
        for device in devices:
            device.soil()
            assert any(device.residue().values())
        begun = clock()
        orders = [
            work(hub, report.dev, "reset", level="session", baseline=good.snapshot)
            for report, good in zip(reports, recorded, strict=True)
        ]
        ended = await asyncio.gather(*orders)
        tell(f"headset and tablet reset and proven in {clock() - begun:.1f} s")
        assert [one.outcome for one in ended] == [Outcome.CLEAN, Outcome.CLEAN], ended
        assert not [device.residue() for device in devices if any(device.residue().values())]
        for device in devices:
            await device.stop()


async def test_a_tablet_pulled_out_during_its_reset_is_never_clean(usb_bench: Vm) -> None:
    async with hub_of(usb_bench) as hub:
        device = tablet(usb_bench, "R52X0007DIE")
        await device.start()
        report = await inventoried(hub, device.serial)
        hub.own(report.dev)
        good = await work(hub, report.dev, "record-baseline")
        device.soil()
        device.faults.add(Fault.DIE)
        ended = await work(hub, report.dev, "reset", level="session", baseline=good.snapshot)
        assert ended.outcome in (None, Outcome.QUARANTINED)
        await device.stop()


async def test_a_tablet_nobody_has_allowed_asks_for_it(usb_bench: Vm) -> None:
    async with hub_of(usb_bench) as hub:
        device = tablet(usb_bench, STRANGER, allow=False)
        await device.start()
        report = await inventoried(hub, STRANGER, Access.NEEDS_PERSON)
        assert report.help is not None
        device.tap_allow()
        await inventoried(hub, STRANGER)
        await device.stop()
