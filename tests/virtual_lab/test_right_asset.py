"""Plugged in again, at another port too: the hub shows the same asset there; an equal one is never taken for it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from medialab_agent.drivers.android_adb.simulator_models import GALAXY
from medialab_agent.drivers.daplink.boards import MICROBIT_V1
from medialab_agent.drivers.daplink.simulator import PRODUCT, DapLinkSimulator
from tests.virtual_lab.asset_book import AssetBook, Row, asset_book, places
from tests.virtual_lab.usb.android import UsbAndroid, identity
from tests.virtual_lab.usb.board import UsbBoard
from tests.virtual_lab.usb.cable import Cable
from tests.virtual_lab.usb.device import Identity, UsbDevice
from tests.virtual_lab.vm import Vm

HERE, THERE = (2,), (5,)
"""Two USB controllers of the guest: a port on each."""
SERIAL = "R52X0042ONE"


@pytest.fixture
async def book(usb_bench: Vm, tmp_path: Path) -> AsyncIterator[AssetBook]:
    """The book of a hub that begins with this test."""
    async with asset_book(usb_bench, tmp_path) as book:
        yield book


def is_there(row: Row) -> bool:
    return bool(row["presence"] == "present" and row["access"] == "ok")


def is_gone(row: Row) -> bool:
    return bool(row["presence"] == "absent")


def port(before: set[str], row: Row) -> str:
    return "same port" if places(row) == before else "another port"


async def test_a_known_tablet_at_another_port(usb_bench: Vm, book: AssetBook, tell: Callable[[str], None]) -> None:
    clock = asyncio.get_running_loop().time
    shown = identity(0x04E8, 0x6860, SERIAL, "SAMSUNG", "SAMSUNG_Android")
    tablet = UsbAndroid(SERIAL, model=GALAXY, vm=usb_bench, identity=shown, buses=HERE)
    await tablet.start()
    asset = await book.take_in(lambda row: row["driver"] == "android-adb")
    before = places(asset)
    for buses in (THERE, HERE):
        await tablet.stop()
        await book.until(asset["id"], is_gone)
        tablet.buses = buses
        begun = clock()
        await tablet.start()
        row = await book.until(asset["id"], is_there)
        tell(f"known tablet, {port(before, row)}: plug to the right asset in the hub's book {clock() - begun:.2f} s")
        assert row["adopted"]
        assert (places(row) == before) is (buses == HERE)
    assert len([row for row in await book.rows() if row["driver"] == "android-adb"]) == 1
    await tablet.stop()


async def test_a_known_microbit_and_its_equals(usb_bench: Vm, book: AssetBook, tell: Callable[[str], None]) -> None:
    clock = asyncio.get_running_loop().time
    model = DapLinkSimulator("lab-1", board=MICROBIT_V1)
    await model.start()
    told = model.sighting().facts
    ids = (0x0D28, 0x0204, told["serial"], "Arm", PRODUCT[MICROBIT_V1.id])
    board = UsbBoard(usb_bench, ids, lambda: told["tty"], told["hidraw"])
    await board.plug(HERE)
    asset = await book.take_in(lambda row: row["driver"] == "daplink")
    before = places(asset)
    for buses, runs in ((THERE, "our own program"), (HERE, "our own program"), (THERE, "somebody's program")):
        board.unplug()
        await book.until(asset["id"], is_gone)
        if runs == "somebody's program":
            model.soil()
        begun = clock()
        await board.plug(buses)
        row = await book.until(asset["id"], is_there)
        took = clock() - begun
        tell(f"known micro:bit, {runs}, {port(before, row)}: plug to the right asset in the hub's book {took:.2f} s")
        assert (places(row) == before) is (buses == HERE)
    board.unplug()
    await book.until(asset["id"], is_gone)
    for serial in ("", told["serial"][:-8] + "00000000"):
        equal = Cable(usb_bench, UsbDevice(Identity(*ids[:2], serial, *ids[3:])), HERE)
        known = {row["id"] for row in await book.rows()}
        await equal.plug()
        while not (new := [row for row in await book.rows() if row["id"] not in known]):
            await asyncio.sleep(0.1)
        assert [row["adopted"] for row in new] == [False]
        assert is_gone(await book.one(asset["id"]))
        equal.unplug()
    await model.stop()
