"""A workshop's files come onto a Prusa printer, on a Pi and on Buddy firmware, and are fetched back to be sure."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from medialab_agent.drivers.prusalink.simulator import PrusaLinkSimulator
from medialab_agent.sdk.driver import Driver
from medialab_agent.sdk.trouble import NeedsPerson
from medialab_wire.progress import CheckResult
from tests.drivers.prusalink.session import driver_for, reset_order, run
from tests.fixtures.workshop_files import FILES, Copy, Shelf, bad_orders, prove_cut, prove_staging, refused, shelf

__all__ = ["shelf"]


@pytest.fixture(params=[False, True], ids=["pi", "buddy"])
async def printer(request: pytest.FixtureRequest) -> AsyncIterator[PrusaLinkSimulator]:
    serial = "10589-3" if request.param else "CZPX0003"
    found = PrusaLinkSimulator(serial, is_buddy=request.param, settle_s=0.2, lag_s=0.05, rescan_s=0.2)
    await found.start()
    yield found
    await found.stop()


@pytest.fixture
async def driver(printer: PrusaLinkSimulator) -> AsyncIterator[Driver]:
    driver = driver_for(printer.sighting(), password=printer.password)
    yield driver
    await driver.close()


@pytest.fixture
def copy(printer: PrusaLinkSimulator) -> Copy:
    disk = printer.store.disks[printer.storage]

    async def contents() -> dict[str, bytes]:
        return {path: file.content for path, file in disk.items() if file.content is not None}

    async def put(path: str, content: bytes) -> None:
        printer.store.put(printer.storage, path, content, 1_795_400_000)
        await asyncio.sleep(printer.store.rescan_s)

    return Copy(contents, put)


async def test_files_arrive_and_are_read_back(driver: Driver, shelf: Shelf, copy: Copy) -> None:
    await prove_staging(driver, shelf, copy, ".gcode")


async def test_a_cancelled_upload_leaves_nothing_under_its_name(driver: Driver, shelf: Shelf, copy: Copy) -> None:
    assert "stage/long.gcode" not in await prove_cut(driver, shelf, copy, ".gcode")


async def test_what_may_not_be_is_refused_and_changes_nothing(driver: Driver, shelf: Shelf, copy: Copy) -> None:
    before = await copy.contents()
    for order, code in bad_orders(shelf, ".gcode"):
        assert await refused(driver, order) == code, order.params
    assert await refused(driver, shelf.order(shelf.wanted("/two", "letter.pdf"))) == "bad-file"
    assert await copy.contents() == before


@pytest.mark.parametrize("free", [1_000, 50_000_100], ids=["none", "only the reserve"])
async def test_a_full_storage_is_said_before_anything_is_sent(
    printer: PrusaLinkSimulator, driver: Driver, shelf: Shelf, copy: Copy, free: int
) -> None:
    before, printer.store.free = await copy.contents(), free
    assert await refused(driver, shelf.order(shelf.wanted("/one", "a.gcode"))) == "no-space"
    assert await copy.contents() == before


async def test_a_storage_that_fills_up_in_the_midst_is_said(
    printer: PrusaLinkSimulator, driver: Driver, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("medialab_agent.sdk.staged_files.RESERVE", -10_000_000)
    printer.store.free = 1_000
    expected = "no-space" if printer.is_buddy else "prusalink-refused"  # PrusaLink on a Pi says only 500
    assert await refused(driver, shelf.order(shelf.wanted("/one", "a.gcode"))) == expected


async def test_without_a_storage_somebody_is_asked(printer: PrusaLinkSimulator, driver: Driver, shelf: Shelf) -> None:
    printer.store.disks.clear()
    with pytest.raises(NeedsPerson) as trouble:
        await run(driver, shelf.order(shelf.wanted("/one", "a.gcode")))
    assert trouble.value.trouble.code == "no-storage"


async def test_what_nobody_can_read_back_is_sent_once_more_and_unknown(
    printer: PrusaLinkSimulator, driver: Driver, shelf: Shelf, copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older file of the same name and size must not stay."""
    await copy.put("a.gcode", FILES["/two"].replace(b"two", b"2wo"))
    monkeypatch.setattr(printer.store, "_address", lambda _storage, _path: None)
    order = shelf.order(shelf.wanted("/two", "a.gcode"))
    done = await run(driver, order)
    assert (done.changed, done.results()) == (["upload-0"], {"files": CheckResult.UNKNOWN})
    assert (await copy.contents())["a.gcode"] == FILES["/two"]
    (check,) = await driver.verify(order)
    assert check.observed is not None and "nicht nachlesbar: 1" in check.observed.de


async def test_staging_leaves_a_running_print_alone_and_a_reset_clears_it_away(
    printer: PrusaLinkSimulator, driver: Driver, shelf: Shelf, copy: Copy
) -> None:
    baseline, before = await driver.snapshot(), await copy.contents()
    printer.soil()
    await driver.probe()
    order = shelf.order(shelf.wanted("/two", "stage/b.gcode"))
    assert (await run(driver, order)).changed == ["upload-0"]
    await driver.stop()
    assert printer.machine.has_job
    assert (await run(driver, reset_order(baseline))).machine_passed()
    assert await copy.contents() == before
