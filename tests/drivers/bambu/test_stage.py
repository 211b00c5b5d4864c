"""A workshop's files come onto a Bambu printer's card, and are fetched back to be sure."""

from collections.abc import AsyncIterator

import pytest

from medialab_agent.drivers.bambu.simulator import BambuSimulator
from medialab_agent.sdk.driver import Driver
from medialab_agent.sdk.trouble import NeedsPerson
from tests.drivers.bambu.session import driver_for, reset_order, run
from tests.fixtures.workshop_files import FILES, Copy, Shelf, bad_orders, prove_cut, prove_staging, refused, shelf

__all__ = ["shelf"]
ENDING = ".gcode.3mf"


@pytest.fixture
async def driver(printer: BambuSimulator) -> AsyncIterator[Driver]:
    driver = driver_for(printer.sighting(), **printer.settings)
    yield driver
    await driver.close()


@pytest.fixture
def copy(printer: BambuSimulator) -> Copy:
    async def contents() -> dict[str, bytes]:
        return {path[1:]: content for path, content in printer.storage.files.items() if content is not None}

    async def put(path: str, content: bytes) -> None:
        printer.storage.files[f"/{path}"] = content

    return Copy(contents, put)


async def test_files_arrive_and_are_read_back(driver: Driver, shelf: Shelf, copy: Copy) -> None:
    await prove_staging(driver, shelf, copy, ENDING)


async def test_half_a_file_is_never_believed_and_a_repeat_writes_it_anew(
    printer: BambuSimulator, driver: Driver, shelf: Shelf, copy: Copy
) -> None:
    printer.storage.write_s = 0.01
    left = await prove_cut(driver, shelf, copy, ENDING)
    assert len(left.get(f"stage/long{ENDING}", b"")) < len(FILES["/long"])


async def test_what_may_not_be_is_refused_and_changes_nothing(driver: Driver, shelf: Shelf, copy: Copy) -> None:
    before = await copy.contents()
    for order, code in bad_orders(shelf, ENDING):
        assert await refused(driver, order) == code, order.params
    for folder in ("timelapse", "upgrade", "logger", "Timelapse", "UPGRADE", "logger."):
        assert await refused(driver, shelf.order(shelf.wanted("/two", f"{folder}/a.3mf"))) == "bad-order"
    assert await copy.contents() == before


async def test_a_full_card_is_said_and_keeps_no_half_file(
    printer: BambuSimulator, driver: Driver, shelf: Shelf, copy: Copy
) -> None:
    before, printer.storage.free = await copy.contents(), 20_000
    assert await refused(driver, shelf.order(shelf.wanted("/one", "a.3mf"))) == "no-space"
    assert await copy.contents() == before


@pytest.mark.parametrize("answer", [452, 552])
async def test_a_card_that_is_full_from_the_first_byte_is_said_and_what_lies_there_stays(
    printer: BambuSimulator, driver: Driver, shelf: Shelf, copy: Copy, answer: int
) -> None:
    await copy.put("a.3mf", FILES["/two"])
    before, printer.storage.refusal = await copy.contents(), answer
    assert await refused(driver, shelf.order(shelf.wanted("/one", "a.3mf"))) == "no-space"
    assert await copy.contents() == before


async def test_without_a_card_somebody_is_asked(printer: BambuSimulator, driver: Driver, shelf: Shelf) -> None:
    printer.machine.fields["sdcard"] = False
    with pytest.raises(NeedsPerson) as trouble:
        await run(driver, shelf.order(shelf.wanted("/one", "a.3mf")))
    assert trouble.value.trouble.code == "no-storage"


async def test_staging_leaves_a_running_print_alone_and_a_reset_clears_it_away(
    printer: BambuSimulator, driver: Driver, shelf: Shelf, copy: Copy
) -> None:
    baseline, before = await driver.snapshot(), await copy.contents()
    printer.machine.fields["gcode_state"] = "RUNNING"
    assert (await run(driver, shelf.order(shelf.wanted("/two", f"stage/b{ENDING}")))).changed == ["upload-0"]
    await driver.stop()
    assert printer.machine.is_working
    assert (await run(driver, reset_order(baseline))).machine_passed()
    assert await copy.contents() == before
