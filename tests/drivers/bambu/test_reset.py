"""A learner group leaves a printer hot, printing and full; it comes back clean, and that is read back."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from medialab_agent.drivers.bambu.simulator import BambuSimulator
from medialab_agent.sdk.driver import Driver
from medialab_agent.sdk.trouble import NeedsPerson
from medialab_wire.progress import CheckResult
from medialab_wire.reports import Access
from tests.drivers.bambu.conftest import MakePrinter
from tests.drivers.bambu.session import driver_for, reset_order, run


@pytest.fixture
async def driver(printer: BambuSimulator) -> AsyncIterator[Driver]:
    driver = driver_for(printer.sighting(), **printer.settings)
    yield driver
    await driver.close()


async def test_hot_printing_printer_with_traces_is_reset_and_read_back(printer: BambuSimulator, driver: Driver) -> None:
    assert (await driver.probe()).facts["version"] == "01.08.02.00"
    baseline = await driver.snapshot()
    printer.soil()
    while (await driver.report()).facts["state"] != "printing":
        await asyncio.sleep(0.02)
    assert (await driver.report()).traces["timelapses"] >= 1
    first = await run(driver, reset_order(baseline))
    assert first.order == ["end-job", "heaters-off", "speed", "files", "timelapses", "cool-down", "bed-clear"]
    assert first.machine_passed(), first.checks
    assert not any(printer.residue().values())
    assert "/schluesselanhaenger.gcode.3mf" in printer.storage.files
    assert {"/logger/today.log", "/timelapse/thumbnail", "/cache"} <= printer.storage.files.keys()
    assert printer.machine.homed == 0

    effects = len(printer.log)
    again = await run(driver, reset_order(baseline))
    assert again.order == ["bed-clear"] and again.machine_passed()
    assert len(printer.log) == effects
    # what a stopped print reads for ever after is no error
    assert printer.machine.fields["gcode_state"] == "FAILED"
    after = await driver.report()
    assert (after.facts["state"], after.facts["safe_to_touch"]) == ("idle", True)
    assert after.traces == {"learner_files": 0, "timelapses": 0}


async def test_the_full_state_is_asked_for_once_in_five_minutes(printer: BambuSimulator, driver: Driver) -> None:
    baseline = await driver.snapshot()
    for _ in range(3):
        await run(driver, reset_order(baseline))
    assert printer.pushalls == 1


async def test_a_big_printer_is_asked_for_its_full_state_each_time(make_printer: MakePrinter) -> None:
    printer = await make_printer("00M00A000000021")
    driver = driver_for(printer.sighting(), **printer.settings)
    await run(driver, reset_order(await driver.snapshot()))
    assert printer.pushalls >= 3
    await driver.close()


async def test_without_developer_mode_one_sentence_says_so_and_nothing_is_tried_twice(
    make_printer: MakePrinter,
) -> None:
    printer = await make_printer(developer_mode=False)
    driver = driver_for(printer.sighting(), **printer.settings)
    baseline = await driver.snapshot()
    assert (await driver.probe()).access is Access.OK
    printer.soil()
    while (await driver.report()).facts["state"] != "printing":
        await asyncio.sleep(0.02)
    with pytest.raises(NeedsPerson) as trouble:
        await run(driver, reset_order(baseline))
    assert trouble.value.trouble.code == "needs-developer-mode"
    assert trouble.value.trouble.remedy is not None and "Entwicklermodus" in trouble.value.trouble.remedy.de
    seen = await driver.report()
    assert seen.access is Access.NEEDS_PERSON
    assert seen.help is not None and "Entwicklermodus" in seen.help.de
    assert printer.machine.is_working and "/anna.gcode.3mf" in printer.storage.files
    printer.machine.developer_mode = True
    result = await run(driver, reset_order(baseline))
    assert result.machine_passed()
    assert (await driver.report()).access is Access.OK
    await driver.close()


async def test_without_a_card_its_files_are_unknown(printer: BambuSimulator, driver: Driver) -> None:
    baseline = await driver.snapshot()
    printer.machine.fields["sdcard"] = False
    printer.storage.files.clear()
    await driver.report()
    result = await run(driver, reset_order(baseline))
    assert result.results()["learner-files"] is result.results()["timelapses"] is CheckResult.UNKNOWN


async def test_it_flashes_its_lamp_and_leaves_it_as_it_was(
    printer: BambuSimulator, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("medialab_agent.drivers.bambu.driver.LIGHT_S", 0.1)
    printer.machine.fields["lights_report"] = [{"node": "chamber_light", "mode": "off"}]
    await driver.report()
    await driver.find_me()
    assert [effect.verb for effect in printer.log] == ["ledctrl", "ledctrl"]
    assert printer.machine.fields["lights_report"] == [{"node": "chamber_light", "mode": "off"}]
